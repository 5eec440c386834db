import type { Json, NetNamespace } from '../../model/network.js';
import { isObject } from './json.js';
import type { Ruleset } from './nft.js';
import { filtersOf } from './rules.js';
import { inNetwork } from './truth.js';

/** Every object in a rule that has a field of a name. */
function* having(value: Json, name: string): Generator<{ readonly [key: string]: Json }> {
  if (Array.isArray(value)) for (const v of value) yield* having(v as Json, name);
  else if (isObject(value)) {
    if (name in value) yield value;
    for (const v of Object.values(value)) yield* having(v, name);
  }
}

const isEnd = (left: Json | undefined): boolean => isObject(left) && isObject(left['payload']) && (left['payload']['field'] === 'saddr' || left['payload']['field'] === 'daddr') && left['payload']['protocol'] !== 'ether';
const speaksOfEnds = (value: Json): boolean => [...having(value, 'payload')].some(isEnd);

/** Whether a rule is for what comes to a device from elsewhere, as the engine's for published ports: no packet between ports of one bridge meets it. */
function isForComers(expr: readonly Json[]): boolean {
  const told = (key: string, op: string): readonly Json[] => expr.flatMap((e) => {
    const match = isObject(e) ? e['match'] : undefined;
    const left = isObject(match) ? match['left'] : undefined;
    const meta = isObject(left) ? left['meta'] : undefined;
    return isObject(match) && match['op'] === op && isObject(meta) && meta['key'] === key && typeof match['right'] === 'string' ? [match['right']] : [];
  });
  const into = told('oifname', '==');
  return told('iifname', '!=').some((name) => into.includes(name));
}

/** What one match compares an end with, as a network; null where it is more than one. */
function network(right: Json | undefined): string | null {
  if (typeof right === 'string') return right.startsWith('@') ? null : right;
  const prefix = isObject(right) ? right['prefix'] : undefined;
  return isObject(prefix) && typeof prefix['addr'] === 'string' ? `${prefix['addr']}/${String(prefix['len'])}` : null;
}

/**
 * Networks that rules at the forward hook of families ip, ip6 and inet compare a packet's source or destination with, between ports of a bridge; null where one does
 * so by a set, a map or a tuple. Chains that no such hook leads to (those of NAT name every published port) do not count.
 */
function endsIn(ruleset: Ruleset | null): readonly string[] | null {
  if (ruleset === null) return [];
  const out = new Set<string>();
  const queue = ruleset.base.filter((c) => c.hook === 'forward' && (c.family === 'ip' || c.family === 'ip6' || c.family === 'inet'));
  const seen = new Set(queue);
  for (let chain = queue.shift(); chain !== undefined; chain = queue.shift()) {
    const { family, table } = chain;
    for (const { expr } of chain.rules) {
      for (const { target } of having(expr, 'target')) {
        const next = ruleset.chains.get(`${family} ${table} ${String(target)}`);
        if (next === undefined || seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
      if (isForComers(expr)) continue;
      for (const e of expr) {
        if (!speaksOfEnds(e)) continue;
        const match = isObject(e) ? e['match'] : undefined;
        const told = isObject(match) && isEnd(match['left']) ? network(match['right']) : null;
        if (told === null) return null;
        out.add(told);
      }
    }
  }
  return [...out];
}

const networks = new WeakMap<NetNamespace, readonly string[] | null>();

/** Where an end stands among those networks of a net namespace: packets of, or to, ends with the same key fare alike; null where that is not followed. */
export function amongEnds(ips: readonly string[], net: NetNamespace): string | null {
  let list = networks.get(net);
  if (list === undefined) networks.set(net, (list = endsIn(filtersOf(net).nft)));
  return list === null ? null : list.map((n) => (ips.some((ip) => inNetwork(ip, n) !== false) ? '1' : '0')).join('');
}
