import type { Json } from '../../model/network.js';
import type { Frame, Free } from '../frames.js';
import { constant, look, note, type Carried, type Seen, type Spot, type Value } from './fields.js';
import { isObject, isPlain, type Obj } from './json.js';
import type { Chain, Ruleset } from './nft.js';
import { example, same } from './same.js';
import { and, around, inOrder, maskMac, not, or, type Truth } from './truth.js';

export const idOf = (family: Json | undefined, table: Json | undefined, name: Json | undefined): string => `${String(family)} ${String(table)} ${String(name)}`;
const id = idOf;
const EVERYBODY = '*';

export interface Ask {
  readonly ruleset: Ruleset;
  /** As rules before have written it. */
  frame: Frame;
  readonly at: Spot;
  readonly carried: Carried;
}

function compared(seen: Value, right: Json, ask: Ask): Truth {
  const hit = same(seen, right);
  if (seen.free === undefined || ask.carried.compared === undefined) return hit;
  const told = example(right);
  const value = typeof seen.value === 'number' && told !== undefined ? constant(told, seen) : told;
  return typeof value === 'string' || typeof value === 'number' ? note(ask.carried, ask.frame, seen.free, value, hit) : hit;
}

/** Whether a value, or a tuple of values, is what the right side says. */
function matches(seen: readonly Seen[], right: Json, ask: Ask, chain: Chain): Truth {
  // An element for all that no other is for.
  if (right === EVERYBODY) return true;
  if (typeof right === 'string' && right.startsWith('@')) {
    const elements = ask.ruleset.sets.get(id(chain.family, chain.table, right.slice(1)));
    if (elements === undefined) return null;
    return or(grows(right, ask, chain) ? null : false, ...elements.map((e) => matches(seen, e, ask, chain)));
  }
  if (isObject(right) && isObject(right['elem'])) return matches(seen, right['elem']['val'] ?? null, ask, chain);
  if (isObject(right) && Array.isArray(right['set'])) return or(false, ...right['set'].map((e) => matches(seen, e, ask, chain)));
  if (Array.isArray(right)) return or(false, ...right.map((e) => matches(seen, e, ask, chain)));
  const parts = isObject(right) && Array.isArray(right['concat']) ? right['concat'] : [right];
  if (parts.length !== seen.length) return null;
  return and(...parts.map((p, i) => {
    const s = seen[i] as Seen;
    return typeof s === 'object' ? compared(s, p, ask) : null;
  }));
}

/** What one side of a match or the key of a map sees. */
export function see(left: Json, ask: Ask, inTag: boolean): readonly Seen[] {
  if (isObject(left) && Array.isArray(left['concat'])) return left['concat'].map((l) => look(l, ask.frame, ask.at, inTag, ask.carried));
  if (isObject(left) && Array.isArray(left['&'])) {
    const [inner, mask] = left['&'];
    const seen = look(inner ?? null, ask.frame, ask.at, inTag, ask.carried);
    if (typeof seen !== 'object') return [seen];
    if (typeof seen.value === 'string' && typeof mask === 'string' && mask.length === 17 && seen.value.length === 17) return [seen.free === undefined ? { value: maskMac(seen.value, mask) } : { value: maskMac(seen.value, mask), free: seen.free }];
    if (typeof seen.value === 'number' && typeof mask === 'number') return [{ value: seen.value & mask }];
    return ['unknown'];
  }
  return [look(left, ask.frame, ask.at, inTag, ask.carried)];
}

/** Whether a match of nft is met. */
export function match(m: Obj, ask: Ask, chain: Chain, inTag: boolean): Truth {
  const seen = see(m['left'] ?? null, ask, inTag);
  // A field that is not there ends the rule, whatever the operator.
  if (seen.includes('none')) return false;
  if (seen.includes('unknown')) return null;
  const right = m['right'] ?? null;
  const first = seen[0] as Value;
  switch (m['op']) {
    case '==': case 'in': return matches(seen, right, ask, chain);
    case '!=': return not(matches(seen, right, ask, chain));
    case '<': case '>': case '<=': case '>=': {
      const c = isPlain(right) ? constant(right, first) : null;
      if (c === null || typeof c === 'boolean' || typeof first.value === 'boolean' || typeof c !== typeof first.value) return null;
      for (const value of first.free === undefined ? [] : around(c)) note(ask.carried, ask.frame, first.free as Free, value, false);
      return inOrder(first.value, m['op'], c);
    }
    default: return null;
  }
}

/** Whether a match names a VLAN tag: later fields of the rule are then looked for behind it. */
export function namesTag(m: Obj): boolean {
  const left = m['left'];
  const p = isObject(left) ? left['payload'] : undefined;
  if (!isObject(p)) return false;
  return p['protocol'] === 'vlan' || (p['protocol'] === 'ether' && p['field'] === 'type' && m['op'] === '==' && (m['right'] === '8021q' || m['right'] === 'vlan' || m['right'] === 0x8100));
}

const grows = (name: string, ask: Ask, chain: Chain): boolean => ask.ruleset.growing.has(id(chain.family, chain.table, name.slice(1)));
const isEverybody = (key: Json): boolean => key === EVERYBODY || (isObject(key) && isObject(key['elem']) && key['elem']['val'] === EVERYBODY);

/** What a map of nft gives for what its key sees: an entry for everybody else comes last, wherever it is listed. */
export function chooses(v: Obj, ask: Ask, chain: Chain, inTag: boolean): Json | 'none' | 'unknown' {
  const seen = see(v['key'] ?? null, ask, inTag);
  if (seen.includes('none')) return 'none';
  const data = v['data'] ?? null;
  const named = typeof data === 'string' && data.startsWith('@') ? data : null;
  const entries = named !== null ? ask.ruleset.sets.get(id(chain.family, chain.table, named.slice(1))) : isObject(data) && Array.isArray(data['set']) ? data['set'] : undefined;
  if (entries === undefined || seen.includes('unknown')) return 'unknown';
  let rest: Json | 'none' = 'none';
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2) return 'unknown';
    const [key, value] = entry as [Json, Json];
    if (isEverybody(key)) {
      rest = value;
      continue;
    }
    const hit = matches(seen, key, ask, chain);
    if (hit === null) return 'unknown';
    if (hit) return value;
  }
  return named !== null && grows(named, ask, chain) ? 'unknown' : rest;
}
