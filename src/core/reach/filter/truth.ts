import { MAC } from '../../parse/net-ip.js';

/** True, false, or not to be told from what was read. */
export type Truth = boolean | null;

export function and(...parts: readonly Truth[]): Truth {
  return parts.includes(false) ? false : parts.includes(null) ? null : true;
}

export function or(...parts: readonly Truth[]): Truth {
  return parts.includes(true) ? true : parts.includes(null) ? null : false;
}

export function not(part: Truth): Truth {
  return part === null ? null : !part;
}

/** What a chain, a hook or the whole way does with one frame. */
export type Fate = 'passes' | 'dropped' | 'unclear';

/** Who dropped it: a rule's place in words. */
export interface Met {
  readonly fate: Fate;
  /** Rules that dropped it, or might. */
  readonly by: string | null;
}

/** An IPv4 or IPv6 address as a number; null where it is none. */
export function toNumber(ip: string): bigint | null {
  if (!ip.includes(':')) {
    const parts = ip.split('.').map(Number);
    if (parts.length !== 4 || parts.some((p) => !Number.isInteger(p) || p < 0 || p > 255)) return null;
    return parts.reduce((sum, p) => sum * 256n + BigInt(p), 0n);
  }
  const [head = '', tail, extra] = ip.split('::');
  if (extra !== undefined) return null;
  const words = (text: string) => (text === '' ? [] : text.split(':'));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const fill = tail === undefined ? 0 : 8 - left.length - right.length;
  if (fill < 0 || (tail === undefined && left.length !== 8)) return null;
  let sum = 0n;
  for (const w of [...left, ...Array<string>(fill).fill('0'), ...right]) {
    const n = Number.parseInt(w, 16);
    if (!/^[0-9a-f]{1,4}$/i.test(w)) return null;
    sum = sum * 65536n + BigInt(n);
  }
  return sum;
}

const cache = new Map<string, bigint | null>();

/** The same, remembered: the same few are asked for again and again. */
export function numberOf(ip: string): bigint | null {
  let n = cache.get(ip);
  if (n === undefined) {
    if (cache.size > 20_000) cache.clear();
    cache.set(ip, (n = toNumber(ip)));
  }
  return n;
}

/** Whether an address lies in a network (`addr/len`, `addr/mask` or a single address); null where one cannot be read. */
export function inNetwork(ip: string, network: string): Truth {
  const slash = network.indexOf('/');
  const base = slash < 0 ? network : network.slice(0, slash);
  const a = numberOf(ip);
  const b = numberOf(base);
  if (a === null || b === null) return null;
  const six = ip.includes(':');
  if (six !== base.includes(':')) return false;
  const size = six ? 128n : 32n;
  if (slash < 0) return a === b;
  const rest = network.slice(slash + 1);
  const mask = /^\d+$/.test(rest) ? ((1n << size) - 1n) ^ ((1n << (size - BigInt(rest))) - 1n) : numberOf(rest);
  return mask === null ? null : (a & mask) === (b & mask);
}

export function inRange(ip: string, from: string, to: string): Truth {
  const [a, b, c] = [numberOf(ip), numberOf(from), numberOf(to)];
  return a === null || b === null || c === null ? null : a >= b && a <= c;
}

/** A MAC under a mask. */
export function maskMac(mac: string, mask: string): string {
  const m = mask.split(':').map((x) => Number.parseInt(x, 16));
  return mac.split(':').map((x, i) => (Number.parseInt(x, 16) & (m[i] ?? 0)).toString(16).padStart(2, '0')).join(':');
}

/** What order is kept by: a number, of an address too; null where a text is none of these. */
function rank(value: string | number): bigint | null {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return MAC.test(value) ? BigInt(`0x${value.replaceAll(':', '')}`) : numberOf(value);
}

/** Whether a value stands in an order to another of its kind: addresses are compared as numbers. */
export function inOrder(value: string | number, op: '<' | '>' | '<=' | '>=', other: string | number): Truth {
  const [a, b] = [rank(value), rank(other)];
  if (a === null || b === null || String(value).includes(':') !== String(other).includes(':')) return null;
  return op === '<' ? a < b : op === '>' ? a > b : op === '<=' ? a <= b : a >= b;
}

/** A value with the one before it and the one after, in its own kind: what is free may be chosen on the other side. */
export function around(value: string | number): readonly (string | number)[] {
  const n = rank(value);
  if (n === null) return [];
  if (typeof value === 'number') return [value, value - 1, value + 1].filter((v) => v >= 0);
  const [size, digits, by, join] = MAC.test(value) ? [12, 16, 2, ':'] : value.includes(':') ? [32, 16, 4, ':'] : [8, 16, 2, '.'];
  const text = (x: bigint): string => (x.toString(digits).padStart(size, '0').match(new RegExp(`.{${by}}`, 'g')) ?? []).map((w) => (join === '.' ? String(Number.parseInt(w, 16)) : w)).join(join);
  return [value, ...[n - 1n, n + 1n].filter((x) => x >= 0n && x.toString(16).length <= size).map(text)];
}
