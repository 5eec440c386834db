import type { Json } from '../../model/network.js';
import { isObject } from './json.js';
import type { Ruleset } from './nft.js';

/** Every object in a rule that has a field of a name. */
function* having(value: Json, name: string): Generator<{ readonly [key: string]: Json }> {
  if (Array.isArray(value)) for (const v of value) yield* having(v as Json, name);
  else if (isObject(value)) {
    if (name in value) yield value;
    for (const v of Object.values(value)) yield* having(v, name);
  }
}

const isSource = (left: Json | undefined): boolean => isObject(left) && isObject(left['payload']) && left['payload']['field'] === 'saddr' && left['payload']['protocol'] !== 'ether';
const speaksOfSources = (value: Json): boolean => [...having(value, 'payload')].some(isSource);

/** What one match compares a source with, as a network; null where it is more than one. */
function network(right: Json | undefined): string | null {
  if (typeof right === 'string') return right.startsWith('@') ? null : right;
  const prefix = isObject(right) ? right['prefix'] : undefined;
  return isObject(prefix) && typeof prefix['addr'] === 'string' ? `${prefix['addr']}/${String(prefix['len'])}` : null;
}

/**
 * Networks that rules at the forward hook of families ip, ip6 and inet compare a packet's source with; null where one does
 * so by a set, a map or a tuple. Chains that no such hook leads to (those of NAT name every published port) do not count.
 */
export function sourcesIn(ruleset: Ruleset | null): readonly string[] | null {
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
      for (const e of expr) {
        if (!speaksOfSources(e)) continue;
        const match = isObject(e) ? e['match'] : undefined;
        const told = isObject(match) && isSource(match['left']) ? network(match['right']) : null;
        if (told === null) return null;
        out.add(told);
      }
    }
  }
  return [...out];
}
