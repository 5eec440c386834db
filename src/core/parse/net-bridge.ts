import { z } from 'zod';
import type { BridgePort, FdbEntry, Json, TcFilter } from '../model/network.js';
import { MAC } from './net-ip.js';

type Vlan = BridgePort['vlans'] extends infer R ? (R extends { readonly value: readonly (infer V)[] } ? V : never) : never;

const fdb = z.looseObject({
  mac: z.string(),
  ifname: z.string(),
  master: z.string().optional(),
  vlan: z.number().optional(),
  state: z.string().default(''),
  flags: z.array(z.string()).default([]),
});

/** `bridge -j fdb show`: unicast entries of bridges. Entries of a port itself (`self`) and multicast are no forwarding of a bridge. */
export function parseFdb(items: readonly unknown[]): readonly FdbEntry[] {
  const out: FdbEntry[] = [];
  for (const item of items) {
    const e = fdb.safeParse(item);
    if (!e.success || e.data.master === undefined) continue;
    const mac = e.data.mac.toLowerCase();
    if (!MAC.test(mac) || (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) continue;
    const stays = e.data.state === 'permanent' || e.data.flags.includes('sticky');
    const refused = e.data.state === 'permanent' || e.data.flags.includes('locked');
    out.push({
      mac, port: e.data.ifname, bridge: e.data.master, vlan: e.data.vlan ?? null, permanent: e.data.state === 'permanent' || e.data.state === 'static',
      ...(stays ? { stays } : {}), ...(refused ? { admits: false } : {}),
    });
  }
  return out;
}

const vlans = z.looseObject({
  ifname: z.string(),
  vlans: z.array(z.looseObject({ vlan: z.number(), vlanEnd: z.number().optional(), flags: z.array(z.string()).default([]), state: z.string().optional() })).default([]),
});

/** `bridge -j vlan show`: VLANs by port; a range is spelled out. */
export function parseVlans(items: readonly unknown[]): ReadonlyMap<string, readonly Vlan[]> {
  const out = new Map<string, Vlan[]>();
  for (const item of items) {
    const p = vlans.safeParse(item);
    if (!p.success) continue;
    const list: Vlan[] = [];
    for (const v of p.data.vlans) {
      const end = Math.min(v.vlanEnd ?? v.vlan, 4095);
      const state = v.state === undefined ? {} : { state: v.state };
      for (let vid = v.vlan; vid <= end; vid++) list.push({ vid, pvid: v.flags.includes('PVID'), untagged: v.flags.includes('Egress Untagged'), ...state });
    }
    out.set(p.data.ifname, list);
  }
  return out;
}

const qdisc = z.looseObject({ kind: z.string(), dev: z.string() });

/** `tc -j qdisc show`: devices that can carry filters of `ingress` or `egress` (ingress, clsact). */
export function hookedDevices(items: readonly unknown[]): readonly { readonly dev: string; readonly hooks: readonly TcFilter['hook'][] }[] {
  const out: { dev: string; hooks: TcFilter['hook'][] }[] = [];
  for (const item of items) {
    const q = qdisc.safeParse(item);
    if (!q.success) continue;
    if (q.data.kind === 'clsact') out.push({ dev: q.data.dev, hooks: ['ingress', 'egress'] });
    if (q.data.kind === 'ingress') out.push({ dev: q.data.dev, hooks: ['ingress'] });
  }
  return out;
}

/** `nft -j list ruleset`: its objects without the tool's own line about itself; null where the text is no ruleset. */
export function parseNft(text: string): readonly Json[] | null {
  const start = text.indexOf('{');
  if (start < 0) return null;
  try {
    const parsed: unknown = JSON.parse(text.slice(start));
    if (typeof parsed !== 'object' || parsed === null || !('nftables' in parsed) || !Array.isArray(parsed.nftables)) return null;
    return parsed.nftables.filter((o: unknown) => !(typeof o === 'object' && o !== null && 'metainfo' in o)) as Json[];
  } catch {
    return null;
  }
}

/** `nft list chains`: the devices of ingress and egress chains by family, table and chain, which the JSON of nft 1.0.6 leaves out. */
export function parseNftDevices(text: string): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  let table = '';
  let chain = '';
  for (const line of text.split('\n')) {
    const t = /^table (\S+) (\S+) \{/.exec(line);
    const c = /^\s+chain (\S+) \{/.exec(line);
    if (t !== null) table = `${t[1]} ${t[2]}`;
    else if (c !== null) chain = c[1] ?? '';
    const list = /hook (?:ingress|egress) devices? (?:= )?(\{[^}]*\}|\S+)/.exec(line)?.[1];
    if (list !== undefined) out.set(`${table} ${chain}`, list.replace(/[{}"]/g, ' ').split(/[\s,]+/).filter((d) => d !== ''));
  }
  return out;
}

/** The objects of a ruleset, with the devices of their chains where the JSON does not tell them. */
export function withDevices(objects: readonly Json[], devices: ReadonlyMap<string, readonly string[]>): readonly Json[] {
  if (devices.size === 0) return objects;
  return objects.map((o) => {
    if (typeof o !== 'object' || o === null || !('chain' in o)) return o;
    const c = o['chain'] as { readonly [key: string]: Json };
    const dev = c['dev'] === undefined ? devices.get(`${String(c['family'])} ${String(c['table'])} ${String(c['name'])}`) : undefined;
    return dev === undefined ? o : { chain: { ...c, dev } };
  });
}
