import { MAC } from '../parse/net-ip.js';
import { ETH_ARP, ETH_IPV4, ETH_IPV6, innerType, NOBODY, type Frame, type Free } from './frames.js';
import { toNumber } from './filter/truth.js';

/** The least that stands behind an Ethernet header. */
const SHORT = 46;
/** Of a group that anybody hears; those that a bridge keeps for itself are none. */
const isGroup = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
const LOCAL = '01:80:c2:00:00:0';

/** The value of a free field; undefined where the frame has none. */
export function freeField(f: Frame, field: Free): string | number | undefined {
  const b = f.body;
  switch (field) {
    case 'ether saddr': return f.source;
    case 'ether daddr': return f.destination;
    case 'ether type': return b.kind === 'other' ? innerType(f) : undefined;
    case 'arp saddr ether': return b.kind === 'arp' ? b.senderMac : undefined;
    case 'arp saddr ip': return b.kind === 'arp' ? b.senderIp : undefined;
    case 'arp daddr ether': return b.kind === 'arp' ? b.targetMac : undefined;
    case 'arp daddr ip': return b.kind === 'arp' ? b.targetIp : undefined;
    case 'ip saddr': return b.kind === 'ip' || b.kind === 'nd' ? b.source : undefined;
    case 'ip daddr': return b.kind === 'ip' ? b.destination : undefined;
    case 'ip protocol': return b.kind === 'ip' ? b.protocol : undefined;
    case 'vlan id': return f.tags[0]?.id;
    case 'length': return f.length ?? SHORT;
  }
}

/** The same frame with one of its free fields set; null where it has no such field, or the value would be none for it. */
export function withFree(f: Frame, field: Free, value: string | number): Frame | null {
  const old = freeField(f, field);
  if (f.free?.includes(field) !== true || old === undefined || typeof old !== typeof value || old === value) return null;
  const out = { ...f, chosen: true as const };
  const b = f.body;
  const [outer, ...inner] = f.tags;
  if (typeof value === 'number') {
    if (field === 'ether type') return value > 0x5ff && ![ETH_ARP, ETH_IPV4, ETH_IPV6, 0x8100, 0x88a8].includes(value) ? { ...out, type: value } : null;
    if (field === 'vlan id') return outer !== undefined && value < 4095 ? { ...out, tags: [{ ...outer, id: value }, ...inner] } : null;
    if (field === 'length') return value >= SHORT && value <= 1500 ? { ...out, length: value } : null;
    return b.kind === 'ip' ? { ...out, body: { ...b, protocol: value } } : null;
  }
  if (field.startsWith('ether') || field.endsWith('ether')) {
    if (!MAC.test(value)) return null;
    if (field === 'ether saddr') return (Number.parseInt(value.slice(0, 2), 16) & 1) === 1 || value === NOBODY ? null : { ...out, source: value };
    if (field === 'ether daddr') return value.startsWith(LOCAL) || ((b.kind === 'arp' || b.kind === 'nd') && !isGroup(value)) ? null : { ...out, destination: value };
    if (field === 'arp saddr ether' && (isGroup(value) || value === NOBODY)) return null;
    return b.kind === 'arp' ? { ...out, body: field === 'arp saddr ether' ? { ...b, senderMac: value } : { ...b, targetMac: value } } : null;
  }
  if (toNumber(value) === null || value.includes(':') !== String(old).includes(':')) return null;
  if (b.kind === 'arp') return { ...out, body: field === 'arp saddr ip' ? { ...b, senderIp: value } : { ...b, targetIp: value } };
  if (b.kind === 'nd') return /^ff|^::$/.test(value) ? null : { ...out, body: { ...b, source: value } };
  return b.kind === 'ip' ? { ...out, body: field === 'ip saddr' ? { ...b, source: value } : { ...b, destination: value } } : null;
}

/** A value of a free field's kind that no rule names. */
export function freshValue(old: string | number, field?: Free): string | number {
  if (field === 'ether daddr') return '03:bd:00:be:ef:77';
  return typeof old === 'number' ? (old > 255 ? 0x88b6 : 253) : MAC.test(old) ? '02:bd:00:be:ef:77' : old.includes(':') ? 'fe80::bd:77' : '192.0.2.177';
}
