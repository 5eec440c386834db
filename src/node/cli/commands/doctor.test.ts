import { expect, test } from 'vitest';
import { cast } from '../../../../test/cast/cast.js';
import { unknown, type Snapshot } from '../../../core/model/index.js';
import { doctorLines } from './doctor.js';

const host = cast(14);
const line = (s: Snapshot, what: string, saved = false) => doctorLines(s, saved).find((l) => l.what === what);

test('a file’s kernel is not said to be this machine’s, and root helps where it was taken', () => {
  expect(line(host, 'Kernel')?.text).toContain('this machine’s');
  expect(line(host, 'Kernel', true)?.text).toContain('the host’s it was taken on');
  const denied = { ...host, nets: host.nets.map((n) => ({ ...n, neighbours: unknown('denied', 'x') })) };
  expect(line(denied, 'Tables')?.help).toMatch(/^needs root/u);
  expect(line(denied, 'Tables', true)?.help).toContain('on its host');
});

test('of an engine that is elsewhere only what helps is advised: its name over ssh shows no kernel', () => {
  const far = { ...host, host: { ...host.host, proof: { kind: 'foreign', why: 'the engine is elsewhere' } as const } };
  expect(line(far, 'Kernel')).toMatchObject({ state: 'foreign', help: expect.stringContaining('bulkhead snapshot -o FILE') as string });
  expect(line(far, 'Kernel')?.help).not.toContain('ssh://');
});
