import { isKnown, valueOf } from '../../model/reading.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Workload } from '../../model/workload.js';
import { byNature, calledName } from '../../facts/names.js';
import { RESOURCES, cgroupName, hostSize, useOf, type Resource, type Use } from '../../facts/uses.js';
import type { Placement } from '../../scene/scene.js';
import type { Contradictions } from '../contradictions.js';
import type { View } from '../view.js';

/** One container or group: its use, the limit that holds, and who imposes it. */
export interface Band {
  readonly w: Workload;
  readonly name: string;
  readonly use: Use;
  /** The number that holds on the way up, the host's size where nobody else limits it; null where it is unread or there is none. */
  readonly holds: number | null;
  /** Who imposes it: `own`, the name of an ancestor, `host`; `declared` where only the engine's word is known. */
  readonly by: { readonly kind: 'own' | 'ancestor' | 'host' | 'declared' | 'unknown' | 'none'; readonly name: string };
  /** The own limit, where an ancestor is tighter: what is declared and out of reach. */
  readonly beyond: number | null;
  readonly others: readonly Use[];
  readonly throttled: boolean;
  /** Whether the kernel enforces another limit than was declared, by the rules. */
  readonly drift: boolean;
  readonly trail: readonly number[];
}

/** A cgroup that holds workloads or carries limits above some, or a project within one that holds very many. */
export interface Slice {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  /** `in kubepods.slice` for what lies deeper without a limit between, `''` else. */
  readonly within: string;
  /** 1 for those beside the host, 2 for those within one of them, and so on. */
  readonly level: number;
  readonly limit: number | null;
  /** `none`: no limit; `unread`; `project`: it is no cgroup, so there is none to ask. */
  readonly bound: 'limit' | 'none' | 'unread' | 'project';
  readonly use: number | null;
  /** PSI some avg10 of the cgroup itself; null where it was not read or there is no cgroup. */
  readonly pressure: number | null;
  /** The other resources of the cgroup itself; empty where there is none. */
  readonly others: readonly Use[];
  readonly unread: boolean;
  /** What its children may take beyond its limit; 0 for none. */
  readonly promised: number;
  /** The most that all in it may take by limits, its own included; what nobody limits counts nothing. */
  readonly claim: number;
  readonly slices: readonly Slice[];
  /** Those that hang on it directly. */
  readonly bands: readonly Band[];
  /** Those that hang on it or on a slice within it. */
  readonly all: readonly Band[];
  readonly closed: boolean;
  /** Groups of other runtimes alone, beside containers of the engine's own: they take no more room than they need. */
  readonly aside: boolean;
}

export interface Tree {
  readonly resource: Resource;
  readonly name: string;
  readonly size: number | null;
  readonly use: number | null;
  /** Promised by slices and containers in all, beyond the host's size; and what of it is promised to nobody. */
  readonly promised: number;
  readonly unpromised: number;
  /** Who has no limit anywhere. */
  readonly free: readonly string[];
  readonly slices: readonly Slice[];
  /** Levels of slices between the host and the containers. */
  readonly depth: number;
  readonly asleep: readonly Workload[];
  readonly hidden: number;
  readonly order: Placement['order'];
}

export const number = (l: number | 'max' | undefined): number | null => (typeof l === 'number' ? l : null);

export function bandOf(w: Workload, s: Snapshot, resource: Resource, view: View, drift: Contradictions): Band {
  const rate = view.rates?.get(w.id);
  const use = useOf(w.cgroup, resource, rate);
  const own = number(valueOf(use.own));
  const effective = valueOf(use.effective);
  const path = valueOf(w.cgroup.path);
  const by = valueOf(use.by);
  const host = number(valueOf(hostSize(s, resource)));
  const ownIsIt = own !== null && effective === own && (by === undefined || by === path || by === '');
  const throttled = rate && isKnown(rate.throttled) ? rate.throttled.value > 0.01 : !view.rates && (valueOf(w.cgroup.cpu.throttledPeriods) ?? 0) > 0;
  const base = { w, name: calledName(w), use, others: RESOURCES.filter((r) => r !== resource).map((r) => useOf(w.cgroup, r, rate)), throttled, drift: drift.get(w.id)?.has(`drift-${resource}`) ?? false, trail: rate?.pressure ?? [] };
  if (effective === undefined) {
    const told = own ?? number(valueOf(use.declared));
    return { ...base, holds: told, by: { kind: told === null ? 'unknown' : 'declared', name: '' }, beyond: null };
  }
  if (effective === 'max') return { ...base, holds: host, by: host === null ? { kind: 'none', name: '' } : { kind: 'host', name: 'host' }, beyond: null };
  if (host !== null && host < effective) return { ...base, holds: host, by: { kind: 'host', name: 'host' }, beyond: own !== null && own > host ? own : null };
  if (ownIsIt || by === path) return { ...base, holds: effective, by: { kind: 'own', name: '' }, beyond: null };
  return { ...base, holds: effective, by: { kind: 'ancestor', name: by === undefined ? 'an ancestor' : cgroupName(by, s) }, beyond: own !== null && own > effective ? own : null };
}

/** Use by the limit, for the order: the worst first; without a limit last. */
export function fullness(b: Band): number {
  return b.use.share ?? -1;
}

export function byFullness(a: Band, b: Band): number {
  const unread = (x: Band): number => (isKnown(x.use.use) || isKnown(x.use.effective) ? 0 : 1);
  return unread(a) - unread(b) || fullness(b) - fullness(a) || byNature(a.name, b.name);
}

/** The worst of a slice's children by use of their limit; null where none has one. */
export function nearest(slice: Slice): Band | null {
  return slice.all.reduce<Band | null>((worst, b) => (b.use.share !== null && b.use.share > (worst?.use.share ?? -1) ? b : worst), null);
}
