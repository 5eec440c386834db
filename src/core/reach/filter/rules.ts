import { valueOf } from '../../model/reading.js';
import type { Json, NetNamespace, TcFilter } from '../../model/network.js';
import { acts, compile, type Chain, type Ruleset } from './nft.js';
import { chainActs, compileLines, type LineRules } from './lines.js';

/** The filters of one net namespace, ready to be asked; null where they were not read. */
export interface Filters {
  readonly nft: Ruleset | null;
  readonly ebtables: LineRules | null;
  readonly arptables: LineRules | null;
  readonly tc: readonly TcFilter[] | null;
  /** Everything was read and nothing of it can touch a frame. */
  readonly quiet: boolean;
  /** Something that was read can touch a frame. */
  readonly touching: boolean;
  /** The same for frames below IP: rules that can tell one port of a bridge from another. */
  readonly ethernet: boolean;
}

const made = new WeakMap<NetNamespace, Filters>();

/** ebtables on nft keeps its rules in tables of these names; matches that nft cannot print (`xt`) are told by ebtables-save alone. */
function withoutEbtables(objects: readonly Json[], lines: LineRules | null): readonly Json[] {
  if (lines === null) return objects;
  const hidden = new Set<string>();
  for (const o of objects) {
    const rule = typeof o === 'object' && o !== null && 'rule' in o ? (o['rule'] as { family?: unknown; table?: unknown; expr?: unknown }) : null;
    if (rule?.family === 'bridge' && typeof rule.table === 'string' && lines.tables.has(rule.table) && JSON.stringify(rule.expr).includes('"xt"')) hidden.add(rule.table);
  }
  if (hidden.size === 0) return objects;
  return objects.filter((o) => {
    const inner = typeof o === 'object' && o !== null ? (Object.values(o)[0] as { family?: unknown; table?: unknown; name?: unknown } | undefined) : undefined;
    const table = inner?.table ?? inner?.name;
    return !(inner?.family === 'bridge' && typeof table === 'string' && hidden.has(table));
  });
}

const below = (c: Chain): boolean => c.family === 'bridge' || c.family === 'netdev' || c.family === 'arp' || c.hook === 'ingress';

/** Whether a base chain can meet a neighbour message: those of Ethernet, and of IPv6 on its way in. */
function touches(c: Chain): boolean {
  if (!acts(c)) return false;
  if (below(c)) return true;
  return (c.family === 'ip6' || c.family === 'inet') && (c.hook === 'prerouting' || c.hook === 'input' || c.hook === 'forward');
}

export function filtersOf(net: NetNamespace | undefined): Filters {
  if (net === undefined) return { nft: null, ebtables: null, arptables: null, tc: null, quiet: false, touching: false, ethernet: false };
  let f = made.get(net);
  if (f === undefined) {
    const eb = valueOf(net.ebtables);
    const arp = valueOf(net.arptables);
    const nft = valueOf(net.nft);
    const ebtables = eb === undefined ? null : compileLines('ebtables', eb);
    const arptables = arp === undefined ? null : compileLines('arptables', arp);
    const tc = valueOf(net.tc) ?? null;
    const ruleset = nft === undefined ? null : compile(withoutEbtables(nft, ebtables));
    const ethernet = ruleset?.base.some((c) => acts(c) && below(c)) === true || (ebtables?.tables.size ?? 0) > 0 || (arptables?.tables.size ?? 0) > 0 || (tc?.length ?? 0) > 0;
    const touching = ethernet || ruleset?.base.some(touches) === true;
    const quiet = !touching && ruleset !== null && ebtables !== null && arptables !== null && tc !== null;
    made.set(net, (f = { nft: ruleset, ebtables, arptables, tc, quiet, touching, ethernet }));
  }
  return f;
}

/** Base chains of some families at a hook that can do something to a frame; for ingress and egress on a device. */
export function chainsAt(ruleset: Ruleset | null, families: readonly string[], hook: string, device?: string): readonly Chain[] {
  if (ruleset === null) return [];
  return ruleset.base.filter((c) => c.hook === hook && families.includes(c.family) && acts(c) && (device === undefined || c.devices === null || c.devices.includes(device)));
}

export { chainActs };
