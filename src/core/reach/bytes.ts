import { innerType, type Frame, type Free } from './frames.js';
import { toNumber } from './filter/truth.js';

const hex = (n: number, bytes: number): string => n.toString(16).padStart(bytes * 2, '0');
const mac = (text: string): string => text.replaceAll(':', '');
const ip = (text: string): string => (toNumber(text) ?? 0n).toString(16).padStart(text.includes(':') ? 32 : 8, '0');

/** RFC 1071 over hex digits. */
function checksum(text: string): string {
  let sum = 0;
  const even = text.length % 4 === 0 ? text : `${text}00`;
  for (let i = 0; i < even.length; i += 4) sum += Number.parseInt(even.slice(i, i + 4), 16);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return hex(~sum & 0xffff, 2);
}

function neighbour(b: Extract<Frame['body'], { kind: 'nd' }>): string {
  const flags = b.type === 136 ? (b.solicited ? 0x60000000 : 0x20000000) : 0;
  const option = `${b.type === 136 ? '02' : '01'}01${mac(b.mac)}`;
  const message = (sum: string) => b.type === 133 ? `8500${sum}${hex(0, 4)}0101${mac(b.mac)}` : b.type === 134 ? `8600${sum}${hex(0, 12)}0101${mac(b.mac)}` : `${hex(b.type, 1)}00${sum}${hex(flags, 4)}${ip(b.target)}${option}`;
  const length = message('0000').length / 2;
  const pseudo = `${ip(b.source)}${ip(b.destination)}${hex(length, 4)}0000003a`;
  const body = message(checksum(pseudo + message('0000')));
  // A header of 8 bytes: options that hold nothing but padding, or a route with no stage left.
  const extension = b.extension === null ? '' : b.extension === 43 ? '3a00000000000000' : '3a00010400000000';
  return `60000000${hex(length + extension.length / 2, 2)}${hex(b.extension ?? 58, 1)}ff${ip(b.source)}${ip(b.destination)}${extension}${body}`;
}

function body(f: Frame): string {
  const b = f.body;
  if (b.kind === 'arp') return `${hex(b.hardware, 2)}08000604${hex(b.operation, 2)}${mac(b.senderMac)}${ip(b.senderIp)}${mac(b.targetMac)}${ip(b.targetIp)}`;
  if (b.kind === 'nd') return neighbour(b);
  if (b.kind === 'other') return hex(0, 46);
  const udp = `0009000900080000`;
  if (b.source.includes(':')) return `60000000${hex(udp.length / 2, 2)}${hex(b.protocol, 1)}40${ip(b.source)}${ip(b.destination)}${udp}`;
  const header = (sum: string) => `4500001c0000000040${hex(b.protocol, 1)}${sum}${ip(b.source)}${ip(b.destination)}`;
  return header(checksum(header('0000'))) + udp;
}

/** The bytes of a frame in hex, padded to Ethernet's least length, or to its own. */
export function bytesOf(f: Frame): string {
  const type = innerType(f);
  const tags = f.tags.map((t) => `${hex(t.protocol, 2)}${hex(t.id, 2)}`).join('');
  return (mac(f.destination) + mac(f.source) + tags + hex(type, 2) + body(f)).padEnd(f.length === undefined ? 120 : 2 * (14 + f.length), '0');
}

/** Where a free field of an ARP message lies in an untagged frame: first byte and length, the Ethernet header counted. */
const PLACES: Partial<Record<Free, readonly [number, number]>> = {
  'ether daddr': [0, 6], 'ether saddr': [6, 6], 'ether type': [12, 2], 'arp saddr ether': [22, 6], 'arp saddr ip': [28, 4], 'arp daddr ether': [32, 6], 'arp daddr ip': [38, 4],
};

/** Whether a byte, counted from the Ethernet header, is its sender's to choose; `tags`: how many of them stand before the content, counted as well. */
export function isFree(f: Frame, at: number, tags = 0): boolean {
  const plain = at < 12 ? at : at - 4 * tags;
  // A tag itself is not: which ones are sent is tried.
  if (at >= 12 && plain < 12) return false;
  return f.free?.some((field) => {
    // Whose MAC a forged message names, and to whom it goes, is tried with a few of each.
    if ((field === 'arp saddr ether' || field === 'ether daddr') && f.free?.includes('arp saddr ip') !== true) return false;
    const place = field === 'ether type' ? (f.body.kind === 'other' ? PLACES[field] : undefined) : f.body.kind === 'arp' || field.startsWith('ether') ? PLACES[field] : undefined;
    return place !== undefined && plain >= place[0] && plain < place[0] + place[1];
  }) === true;
}
