import { valueOf } from '../../model/reading.js';
import type { Json, NetNamespace, TcFilter } from '../../model/network.js';
import { acts, compile, type Chain, type Ruleset } from './nft.js';
import { chainActs, compileLines, IN_NFT, type LineRules } from './lines.js';

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

interface Kept {
  readonly objects: readonly Json[];
  readonly lines: LineRules | null;
}

/**
 * ebtables and arptables on nft keep their rules in tables of these names. Where nft cannot print all of one (`xt`) its lines
 * tell what it does; of the others nft does.
 */
function toldOnce(objects: readonly Json[], lines: LineRules | null, family: 'bridge' | 'arp'): Kept {
  if (lines === null) return { objects, lines };
  const inNft = [...lines.tables].filter(([, t]) => t.nft);
  if (inNft.length === 0) return { objects, lines };
  const names = new Set(inNft.map(([name]) => name.replace(/\+$/, '')));
  const hidden = new Set<string>();
  for (const o of objects) {
    const rule = typeof o === 'object' && o !== null && 'rule' in o ? (o['rule'] as { family?: unknown; table?: unknown; expr?: unknown }) : null;
    if (rule?.family === family && typeof rule.table === 'string' && names.has(rule.table) && JSON.stringify(rule.expr).includes('"xt"')) hidden.add(rule.table);
  }
  const left = objects.filter((o) => {
    const [kind, inner] = (typeof o === 'object' && o !== null ? Object.entries(o)[0] : undefined) as [string, { family?: unknown; table?: unknown; name?: unknown } | undefined] | [undefined, undefined];
    const table = kind === 'table' ? inner?.name : inner?.table;
    return !(inner?.family === family && typeof table === 'string' && hidden.has(table));
  });
  const printed = (name: string): boolean => objects.some((o) => {
    const chain = typeof o === 'object' && o !== null && 'chain' in o ? (o['chain'] as { family?: unknown; table?: unknown }) : null;
    return chain?.family === family && chain.table === name;
  });
  const tables = new Map([...lines.tables].filter(([key, t]) => {
    const name = key.replace(/\+$/, '');
    return !t.nft || hidden.has(name) || !printed(name);
  }));
  return { objects: left, lines: { ...lines, tables } };
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
    // Lines that an older reading took from nft alone say so by their source.
    const bridged = toldOnce(nft ?? [], eb === undefined ? null : compileLines('ebtables', eb, net.ebtables.source === 'ebtables-save' && !eb.includes(IN_NFT)), 'bridge');
    const all = toldOnce(bridged.objects, arp === undefined ? null : compileLines('arptables', arp), 'arp');
    const [ebtables, arptables] = [bridged.lines, all.lines];
    const tc = valueOf(net.tc) ?? null;
    const ruleset = nft === undefined ? null : compile(all.objects);
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
