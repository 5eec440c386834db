import { describe, expect, test } from 'vitest';
import { castSpec, world, type WorkloadSpec } from '../../../test/cast/cast.js';
import type { Snapshot } from '../model/index.js';
import { explain, judge, type Technique } from './index.js';

const LAN = { name: 'lan', prefix: '172.20.0', device: 'br-lan' };
const FAR = { name: 'far', prefix: '172.21.0', device: 'br-far' };
const RIGHTS = ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE', 'CAP_NET_RAW', 'CAP_NET_ADMIN'];
/** `a` is on another network, `x` and `v` are on one; one of the first two may be in the other's pid namespace. */
const host = (a: Partial<WorkloadSpec>, x: Partial<WorkloadSpec> = {}): Snapshot =>
  world({ ...castSpec(3), filters: 'none', networks: [LAN, FAR], slices: [], talks: [], workloads: [{ name: 'a', on: { far: { at: 2 } }, ...a }, { name: 'x', on: { lan: { at: 3 } }, ...x }, { name: 'v', on: { lan: { at: 4 } } }] });
const id = (s: Snapshot, name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const said = (s: Snapshot, from: string, to: string, technique: Technique = 'arp-spoof') => explain(s, id(s, from), id(s, to)).find((v) => v.technique === technique);
const grouped = (s: Snapshot, from: string, to: string) => judge(s).segments.flatMap((g) => g.attackers.filter((a) => a.id === id(s, from)).flatMap((a) => a.groups)).find((g) => g.victims.includes(id(s, to)));

describe('who is in one pid namespace with another', () => {
  test('sends from the other’s net namespace where it may enter it', () => {
    const s = host({ join: { pid: 'x' }, caps: RIGHTS });
    expect(said(s, 'a', 'v')?.verdict).toBe('possible');
    expect(said(s, 'a', 'v')?.impersonates).not.toContain(id(s, 'x'));
    expect(grouped(s, 'a', 'v')?.verdict).toBe('possible');
    // What leaves the victim's own namespace does not come back to it; its table it writes.
    expect(said(s, 'a', 'x')?.verdict).toBe('blocked');
    expect(said(s, 'a', 'x', 'table-write')?.verdict).toBe('possible');
  });
  test('does not without the rights for that, nor with pids of its own', () => {
    for (const s of [host({ join: { pid: 'x' }, caps: ['CAP_NET_RAW'] }), host({ caps: RIGHTS })]) expect(said(s, 'a', 'v')?.verdict ?? 'blocked').toBe('blocked');
  });
  test('is seen by the one whose namespace it joined', () => {
    const s = host({ join: { pid: 'x' } }, { caps: RIGHTS });
    expect(said(s, 'x', 'a', 'table-write')?.verdict).toBe('possible');
    expect(grouped(s, 'x', 'a')?.verdict).toBe('possible');
  });
});
