import { expect, it } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { known, workloads, type Workload } from '../model/index.js';
import { byStanding, standing } from './standing.js';

const s = cast(14);
const named = (name: string): Workload => workloads(s).find((w) => w.name === name)!;
const of = (name: string) => standing(named(name), s);

it.each([
  ['jenkins', 'owns the host', 'risk'], ['worker', 'all caps in an exec', 'risk'], ['web-tap', 'owns web’s wire', 'risk'], ['mailer', 'one wall fell', 'mind'], ['db', 'one wall fell', 'mind'],
  ['scratch', 'default', 'mind'], ['cache', 'not root, no caps', 'mind'], ['debian-build', 'own user namespace', 'mind'], ['cart', 'hardened', 'fine'], ['proxy', 'hardened', 'fine'],
])('%s: %s', (name, words, state) => expect(of(name)).toMatchObject({ words, state }));

it('finds three contradictions in the cast', () => expect(workloads(s).filter((w) => standing(w, s).drift > 0).map((w) => w.name).sort()).toEqual(['db', 'mailer', 'worker']));
it('orders the worst first, then by walls open, then by name', () => {
  const order = workloads(s).map((w) => ({ name: w.name, standing: standing(w, s) })).sort(byStanding).map((x) => x.name);
  expect(order.slice(0, 4).sort()).toEqual(['jenkins', 'node-exporter', 'web-tap', 'worker']);
  expect(order.slice(-3)).toEqual(['cart', 'api', 'proxy']);
});
it('says of one that rests that it does not run, not that it is safe', () => {
  const c = s.containers[0]!;
  expect(standing({ ...c, state: 'exited', process: null, processes: [] }, s)).toMatchObject({ kind: 'not-running', state: 'none', words: 'exited' });
});
it('lets nobody look hardened by what could not be read', () => {
  const cart = named('cart');
  expect(standing({ ...cart, devices: { unknown: 'denied', source: '/proc/1/root/dev' } }, s).state).not.toBe('fine');
  expect(standing({ ...cart, processes: [], process: null }, s)).toMatchObject({ kind: 'unknown', state: 'unknown' });
});
it('takes the rights of a user namespace of its own for none on the host', () => {
  const jenkins = named('debian-build');
  expect(standing({ ...jenkins, mounts: known([{ destination: '/x', root: '/', host: '/etc', fstype: 'ext4', device: '', writable: true, propagation: 'private', declared: true }], '') }, s).kind).not.toBe('owns-host');
});
