import type { Json } from '../../model/network.js';
import { MAC } from '../../parse/net-ip.js';
import type { Frame } from '../frames.js';
import { isObject, type Obj } from './json.js';
import { chooses, see, type Ask } from './match.js';
import type { Chain } from './nft.js';
import { toNumber, type Truth } from './truth.js';

/** Settings of a packet that no rule on its way asks for. */
const QUIET = new Set(['nftrace', 'priority', 'secmark']);

interface Place {
  /** Whether the rule's conditions are met so far. */
  readonly truth: Truth;
  readonly inTag: boolean;
  readonly where: string;
}

/** A number that a statement sets a mark to: one for all, by a map, or bits of the mark that is there; null where it cannot be told. */
function numberOf(value: Json, ask: Ask, chain: Chain, inTag: boolean): number | null {
  if (typeof value === 'number') return value;
  if (!isObject(value)) return null;
  if (isObject(value['meta'])) return value['meta']['key'] === 'mark' ? ask.carried.mark : null;
  if (isObject(value['map'])) {
    const chosen = chooses(value['map'], ask, chain, inTag);
    return typeof chosen === 'number' ? chosen : null;
  }
  const op = ['|', '&', '^'].find((name) => Array.isArray(value[name]));
  const parts = op === undefined ? [] : (value[op] as readonly Json[]).map((part) => numberOf(part, ask, chain, inTag));
  const [a, b] = parts;
  if (a == null || b == null || parts.length !== 2) return null;
  return (op === '|' ? a | b : op === '&' ? a & b : a ^ b) >>> 0;
}

/** The frame with another address in a place that nft writes to; null where that is none of these. */
function withAddress(f: Frame, protocol: Json | undefined, field: Json | undefined, value: string): Frame | null {
  const mac = value.toLowerCase();
  if (protocol === 'ether' && MAC.test(mac)) return field === 'daddr' ? { ...f, destination: mac } : field === 'saddr' ? { ...f, source: mac } : null;
  if (protocol !== 'arp' || f.body.kind !== 'arp') return null;
  if (field === 'saddr ether' && MAC.test(mac)) return { ...f, body: { ...f.body, senderMac: mac } };
  return field === 'saddr ip' && toNumber(value) !== null ? { ...f, body: { ...f.body, senderIp: value } } : null;
}

/** Does what a `mangle` statement says, to the mark or to the frame; false where what it does cannot be told. */
export function written(m: Obj, ask: Ask, chain: Chain, { truth, inTag, where }: Place): boolean {
  const key = isObject(m['key']) ? m['key'] : {};
  const meta = isObject(key['meta']) ? String(key['meta']['key']) : '';
  if (QUIET.has(meta)) return true;
  const value = m['value'] ?? null;
  if (meta === 'mark') {
    // In family inet and the like a map's key that is not there ends the rule, which leaves the mark as it was.
    const entry = isObject(value) && isObject(value['map']) ? chooses(value['map'], ask, chain, inTag) : null;
    if (entry !== 'none') ask.carried.mark = truth === true ? numberOf(value, ask, chain, inTag) : null;
    return true;
  }
  const payload = isObject(key['payload']) ? key['payload'] : null;
  if (payload === null || truth !== true || typeof value !== 'string') return false;
  const [seen] = see(key, ask, inTag);
  if (seen === 'none') return true;
  const frame = withAddress(ask.frame, payload['protocol'], payload['field'], value);
  if (frame === null) return false;
  ask.frame = frame;
  ask.carried.written = { frame, by: where };
  return true;
}

/** Whether a statement adds to a set for certain, so that its rule goes on: of what a sender may choose it can fill the set, and then the rule ends there. */
export function addsFor(s: Obj, ask: Ask, inTag: boolean): boolean {
  if (s['stmt'] !== undefined) return false;
  const elem = s['elem'] ?? null;
  const key = isObject(elem) && isObject(elem['elem']) ? (elem['elem']['val'] ?? null) : elem;
  return see(key, ask, inTag).every((seen) => typeof seen === 'object' && seen.free === undefined && !/"(arp|ip6?|ether|icmpv6|vlan)"/.test(JSON.stringify(key)));
}
