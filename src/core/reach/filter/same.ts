import type { Json } from '../../model/network.js';
import { MAC } from '../../parse/net-ip.js';
import { UNSEEN_BY_CT, constant, type Value } from './fields.js';
import { isObject, isPlain } from './json.js';
import { inNetwork, inRange, type Truth } from './truth.js';

/** An IPv6 address may be as long as a MAC. */
const isMac = (text: string): boolean => MAC.test(text);

/** Whether the first bits of two MACs are the same. */
function startsLike(mac: string, other: string, bits: number): Truth {
  const number = (text: string): bigint => BigInt(`0x${text.replaceAll(':', '')}`) >> BigInt(48 - bits);
  return isMac(other) && bits >= 0 && bits <= 48 ? number(mac) === number(other) : null;
}

/** Whether a value is what one right side of an nft match says: a constant, a prefix, a range, an element. */
export function same(seen: Value, right: Json): Truth {
  const { value } = seen;
  if (value === UNSEEN_BY_CT) return isPlain(right) ? (right === 'untracked' || right === 'invalid' ? null : false) : null;
  if (isPlain(right)) {
    const c = constant(right, seen);
    if (c === null) return null;
    if (typeof value === 'string' && typeof c === 'string' && c.endsWith('*') && !value.includes(':')) return value.startsWith(c.slice(0, -1));
    if (typeof value === 'string' && typeof c === 'string' && value.includes(':') && !isMac(value)) return inNetwork(value, c);
    return value === c;
  }
  if (!isObject(right)) return null;
  if (isObject(right['elem'])) return same(seen, right['elem']['val'] ?? null);
  const prefix = right['prefix'];
  if (isObject(prefix) && typeof value === 'string' && isMac(value)) return startsLike(value, String(prefix['addr']).toLowerCase(), Number(prefix['len']));
  if (isObject(prefix) && typeof value === 'string') return inNetwork(value, `${String(prefix['addr'])}/${String(prefix['len'])}`);
  const range = right['range'];
  if (Array.isArray(range) && range.length === 2) {
    if (typeof value === 'string' && !isMac(value)) return inRange(value, String(range[0]), String(range[1]));
    const [from, to] = range.map((x) => (isPlain(x) ? constant(x, seen) : null));
    return from == null || to == null ? null : value >= from && value <= to;
  }
  return null;
}

/** A value that a right side describes; undefined where it is none that can be told. */
export function example(right: Json): string | number | undefined {
  if (typeof right === 'string' || typeof right === 'number') return right;
  if (!isObject(right)) return undefined;
  if (isObject(right['elem'])) return example(right['elem']['val'] ?? null);
  if (isObject(right['prefix'])) return example(right['prefix']['addr'] ?? null);
  return Array.isArray(right['range']) ? example(right['range'][0] ?? null) : undefined;
}
