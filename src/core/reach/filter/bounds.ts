import { valueOf } from '../../model/reading.js';
import type { Json, NetNamespace } from '../../model/network.js';
import { isObject } from './json.js';
import { numberOf, toNumber } from './truth.js';

/** What rules compare addresses with: those whom nothing of it tells apart fare alike. */
interface Bounds {
  /** Single addresses. */
  readonly singles: ReadonlySet<string>;
  /** First ones of stretches, and first ones behind them: of IPv4, of IPv6. */
  readonly edges: readonly [four: readonly bigint[], six: readonly bigint[]];
  /** Whether something is compared in a way that is not followed: bits, bytes, part of a MAC. */
  readonly odd: boolean;
}

const ODD = /"base":|"kind":"u32"|"&"/;
const ORDER = /"op":"[<>]/;
const FOUR = /\b\d+\.\d+\.\d+\.\d+(\/[\d.]+)?/g;
/** MACs as well; bounded, since the text may be anybody's. */
const SIX = /[0-9a-f]{0,4}:[0-9a-f:]{1,45}(\/[0-9a-f:]{1,45})?/gi;
const MAC = /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i;

/** Bits of a mask in front; null where it has holes. */
function bitsOf(mask: string, size: number): number | null {
  if (/^\d+$/.test(mask)) return Number(mask) <= size ? Number(mask) : null;
  const text = toNumber(mask)?.toString(2).padStart(size, '0');
  return text !== undefined && /^1*0*$/.test(text) ? text.indexOf('0') === -1 ? size : text.indexOf('0') : null;
}

class Collecting {
  readonly singles = new Set<string>();
  readonly edges: readonly [Set<bigint>, Set<bigint>] = [new Set(), new Set()];
  odd = false;

  stretch(first: bigint, last: bigint, six: boolean): void {
    this.edges[six ? 1 : 0].add(first).add(last + 1n);
  }

  network(base: string, mask: string): void {
    const six = base.includes(':');
    const size = six ? 128 : 32;
    const bits = bitsOf(mask, size);
    const n = toNumber(base);
    if (n === null || bits === null) {
      this.odd = true;
      return;
    }
    const length = 1n << BigInt(size - bits);
    const first = n - (n % length);
    this.stretch(first, first + length - 1n, six);
  }

  one(word: string): void {
    const [base = '', mask] = word.split('/');
    if (MAC.test(base)) {
      if (mask !== undefined) this.odd = true;
      this.singles.add(base.split(':').map((x) => x.padStart(2, '0')).join(':').toLowerCase());
    } else if (toNumber(base) !== null) {
      if (mask !== undefined) this.network(base, mask);
      else this.singles.add(base.toLowerCase());
    }
  }

  /** Prefixes and ranges of nft. */
  walk(value: Json): void {
    if (Array.isArray(value)) for (const v of value) this.walk(v as Json);
    else if (isObject(value)) {
      const { prefix, range } = value;
      if (isObject(prefix) && typeof prefix['addr'] === 'string') this.network(prefix['addr'], String(prefix['len']));
      const [first, last] = Array.isArray(range) ? range.map((x) => (typeof x === 'string' ? (toNumber(x) ?? null) : null)) : [];
      if (Array.isArray(range) && range.some((x) => typeof x === 'string' && MAC.test(x))) this.odd = true;
      if (first != null && last != null) this.stretch(first, last, String((range as readonly Json[])[0]).includes(':'));
      for (const v of Object.values(value)) this.walk(v);
    }
  }
}

const familyOf = (o: Json): Json | undefined => {
  const inner = isObject(o) ? Object.values(o)[0] : undefined;
  return isObject(inner) ? inner['family'] : undefined;
};

const made = new WeakMap<NetNamespace, Bounds>();

/** What the rules of a net namespace that a neighbour message can meet compare addresses with. */
function boundsOf(net: NetNamespace): Bounds {
  let bounds = made.get(net);
  if (bounds === undefined) {
    const c = new Collecting();
    // Family ip meets none of them.
    const nft = valueOf(net.nft)?.filter((o) => familyOf(o) !== 'ip') ?? [];
    for (const o of nft) c.walk(o);
    const text = JSON.stringify([nft, valueOf(net.ebtables), valueOf(net.arptables), valueOf(net.tc)]);
    for (const pattern of [FOUR, SIX]) for (const [word] of text.matchAll(pattern)) c.one(word);
    if (ORDER.test(text)) {
      for (const s of c.singles) {
        const n = toNumber(s);
        if (n === null) c.odd = true;
        else c.stretch(n, n, s.includes(':'));
      }
    }
    const sorted = (set: ReadonlySet<bigint>): readonly bigint[] => [...set].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    made.set(net, (bounds = { singles: c.singles, edges: [sorted(c.edges[0]), sorted(c.edges[1])], odd: c.odd || ODD.test(text) }));
  }
  return bounds;
}

/** How many of some edges are not above a number. */
function below(edges: readonly bigint[], n: bigint): number {
  let [from, to] = [0, edges.length];
  while (from < to) {
    const mid = (from + to) >> 1;
    if ((edges[mid] ?? 0n) <= n) from = mid + 1;
    else to = mid;
  }
  return from;
}

function place(bounds: Bounds, word: string): string {
  if (bounds.odd || bounds.singles.has(word)) return word;
  const edges = bounds.edges[word.includes(':') ? 1 : 0];
  const n = edges.length === 0 ? null : numberOf(word);
  return n === null ? '' : String(below(edges, n));
}

/** Where an end stands among all that the rules of some net namespaces name: ends with the same key are told apart by none. */
export function standing(end: { readonly mac: string | undefined; readonly ipv4: readonly string[]; readonly ipv6: readonly string[] }, nets: readonly NetNamespace[]): string {
  const words = [end.mac ?? '', ...end.ipv4, ...end.ipv6];
  return nets.map((net) => {
    const bounds = boundsOf(net);
    return bounds.odd || bounds.singles.size > 0 || bounds.edges.some((e) => e.length > 0) ? words.map((w) => place(bounds, w)).join(' ') : '';
  }).join('|');
}
