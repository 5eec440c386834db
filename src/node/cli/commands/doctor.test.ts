import { expect, test } from 'vitest';
import { cast } from '../../../../test/cast/cast.js';
import { unknown, type Snapshot } from '../../../core/model/index.js';
import { doctorLines } from './doctor.js';

const host = cast(14);
const line = (s: Snapshot, what: string, saved = false) => doctorLines(s, saved).find((l) => l.what === what);

test('a file’s kernel is not said to be this machine’s, and root helps where it was taken', () => {
  expect(line(host, 'Kernel')?.text).toContain('this machine’s');
  expect(line(host, 'Kernel', true)?.text).toContain('of the host it was taken on');
  const denied = { ...host, nets: host.nets.map((n) => ({ ...n, neighbours: unknown('denied', 'x') })) };
  expect(line(denied, 'Tables')?.help).toMatch(/^needs root/u);
  expect(line(denied, 'Tables', true)?.help).toContain('on its host');
});

test('of an engine that is elsewhere only what helps is advised: its name over ssh shows no kernel', () => {
  const far = { ...host, host: { ...host.host, proof: { kind: 'foreign', why: 'the engine is elsewhere' } as const } };
  expect(line(far, 'Kernel')).toMatchObject({ state: 'foreign', help: expect.stringContaining('bulkhead snapshot -o FILE') as string });
  expect(line(far, 'Kernel')?.help).not.toContain('ssh://');
});

test('each reading that decides a verdict has a line that tells where it is missing', () => {
  const nothing = unknown('denied', 'x');
  const known = { value: [], source: 'x' };
  const all = { nft: known, ebtables: known, arptables: known, tc: known, fdb: known, sockets: known, neighbours: known };
  const nets = (what: string, without: Partial<Snapshot['nets'][number]>): void => {
    expect(line({ ...host, nets: host.nets.map((n) => ({ ...n, ...all })) }, what)?.state, what).toBe('read');
    expect(['denied', 'in part'], what).toContain(line({ ...host, nets: host.nets.map((n) => ({ ...n, ...all, ...without })) }, what)?.state);
  };
  nets('Filters', { arptables: nothing });
  nets('Forwarding', { fdb: nothing });
  nets('Sockets', { sockets: nothing });
  nets('Tables', { neighbours: nothing });
  const searched = (reading: Snapshot['containers'][number]['privilegedPrograms']) => line({ ...host, containers: host.containers.map((c) => ({ ...c, privilegedPrograms: reading })) }, 'Programs');
  expect(searched({ value: [], source: 'x' })).toMatchObject({ state: 'read', help: '' });
  expect(searched(unknown('not-asked', 'x'))).toMatchObject({ state: 'unread', help: expect.stringContaining('setuid') as string });
});
