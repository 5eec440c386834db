import type { Judgement, ReachGroup, SegmentReach, Verdict } from '../../reach/types.js';

/** Whom one attacker reaches on one segment with one verdict: by frames on the wire, or by writing the victim's table. */
export interface Reach {
  readonly segment: string;
  readonly verdict: Verdict;
  readonly by: 'wire' | 'table';
  readonly victims: readonly string[];
  /** The gateway, which on a bridge is the host's own address there. */
  readonly gateway: boolean;
  readonly host: boolean;
  readonly reason: string;
}

const WORST: readonly Verdict[] = ['possible', 'latent', 'unknown', 'blocked'];

function byTable(g: ReachGroup): boolean {
  return g.techniques.length > 0 && g.techniques.every((t) => t === 'table-write');
}

/** Whom a forged frame possibly reaches. Whose table is written by one who need not be on the wire is not hatched. */
export function onTheWire(s: SegmentReach): ReadonlySet<string> {
  const reached = new Set<string>();
  for (const a of s.attackers) {
    for (const g of a.groups) {
      if (g.verdict !== 'possible' || byTable(g)) continue;
      for (const v of g.victims) reached.add(v);
    }
  }
  if (reached.has('host')) for (const o of s.others) reached.add(o);
  return reached;
}

type Entries = readonly { readonly of: SegmentReach; readonly gateway: boolean; readonly groups: readonly ReachGroup[] }[];
/** A judgement never changes, so what each one can do is looked up once for all cards. */
const indexed = new WeakMap<Judgement, ReadonlyMap<string, Entries>>();

function entriesOf(judgement: Judgement): ReadonlyMap<string, Entries> {
  const before = indexed.get(judgement);
  if (before) return before;
  const made = new Map<string, { of: SegmentReach; gateway: boolean; groups: readonly ReachGroup[] }[]>();
  for (const s of judgement.segments) {
    const gateway = s.others.some((o) => o.startsWith('gateway:'));
    for (const a of s.attackers) {
      const entry = { of: s, gateway, groups: a.groups };
      const known = made.get(a.id);
      if (known) known.push(entry);
      else made.set(a.id, [entry]);
    }
  }
  indexed.set(judgement, made);
  return made;
}

/** All that one workload can do, worst first; groups with the same answer on the same segment in one. */
export function reachesOf(judgement: Judgement, id: string): Reach[] {
  const found = new Map<string, Reach>();
  for (const { of: s, gateway, groups } of entriesOf(judgement).get(id) ?? []) {
    for (const g of groups) {
      const by = byTable(g) ? 'table' : 'wire';
      const key = `${s.segment} ${g.verdict} ${by}`;
      const before = found.get(key);
      const host = g.victims.includes('host') || (before?.host ?? false);
      found.set(key, {
        segment: s.segment,
        verdict: g.verdict,
        by,
        victims: [...(before?.victims ?? []), ...g.victims.filter((v) => v !== 'host' && !v.startsWith('gateway:'))],
        gateway: (before?.gateway ?? false) || g.victims.some((v) => v.startsWith('gateway:')) || (host && gateway),
        host,
        reason: before?.reason ?? g.reason,
      });
    }
  }
  return [...found.values()].sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict) || (a.by < b.by ? 1 : -1));
}

/** Those who can possibly impersonate somebody to this one. */
export function attackersOf(judgement: Judgement, id: string): string[] {
  const ids = judgement.segments.flatMap((s) => s.attackers.filter((a) => a.id !== id && a.groups.some((g) => g.verdict === 'possible' && g.victims.includes(id))).map((a) => a.id));
  return [...new Set(ids)];
}

/** Those who can write the tables of others than their own net namespace's, without being on their wire. */
export function tableWriters(judgement: Judgement): string[] {
  const ids = judgement.segments.flatMap((s) => s.attackers.filter((a) => !s.members.includes(a.id) && a.groups.some((g) => g.verdict === 'possible' && byTable(g))).map((a) => a.id));
  return [...new Set(ids)];
}

/** Those who can send to others from where they are not plugged in: by another's process, or from its net namespace. */
export function outsiders(judgement: Judgement): string[] {
  const ids = judgement.segments.flatMap((s) => s.attackers.filter((a) => !s.members.includes(a.id) && a.groups.some((g) => g.verdict === 'possible' && !byTable(g))).map((a) => a.id));
  return [...new Set(ids)];
}
