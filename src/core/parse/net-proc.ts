import type { Neighbour, Route } from '../model/network.js';
import { MAC } from './net-ip.js';
import { ownCopy, ownWord } from './words.js';

/** Kernel's flags of an ARP entry (include/uapi/linux/if_arp.h). */
const ATF_COM = 0x2;
const ATF_PERM = 0x4;

/** `/proc/<pid>/net/arp`: complete entries. The flags only tell PERMANENT from the rest. */
export function parseArp(text: string): readonly Neighbour[] {
  const out: Neighbour[] = [];
  let start = text.indexOf('\n') + 1;
  while (start > 0 && start < text.length) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const f = text.slice(start, end).split(/\s+/);
    start = end + 1;
    const [ip, , flagText, mac, , dev] = f;
    if (ip === undefined || flagText === undefined || mac === undefined || dev === undefined) continue;
    const flags = Number.parseInt(flagText, 16);
    if (Number.isNaN(flags) || (flags & (ATF_COM | ATF_PERM)) === 0 || !MAC.test(mac) || mac === '00:00:00:00:00:00') continue;
    out.push({ ip, mac, dev, state: (flags & ATF_PERM) !== 0 ? 'PERMANENT' : 'UNKNOWN' });
  }
  return out;
}

/** `/proc/<pid>/net/dev`: the names of the interfaces, in the kernel's order. */
export function parseDevNames(text: string): readonly string[] {
  const out: string[] = [];
  for (const line of text.split('\n').slice(2)) {
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon > 0 && name !== '' && name.length < 64) out.push(name);
  }
  return out;
}

/** `/proc/<pid>/net/igmp`: interface indices by name; the one file that anybody may read which has both. */
export function parseIndices(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const line of text.split('\n')) {
    const m = /^(\d+)\t(\S+)\s*:/.exec(line);
    if (m?.[1] !== undefined && m[2] !== undefined) out.set(m[2], Number(m[1]));
  }
  return out;
}

function v4(hex: string): string | null {
  if (!/^[0-9A-Fa-f]{8}$/.test(hex)) return null;
  return [6, 4, 2, 0].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join('.');
}

/** Bits set in a mask of 32; null where it is none. */
function bits(hex: string): number | null {
  if (!/^[0-9A-Fa-f]{8}$/.test(hex)) return null;
  let count = 0;
  for (let n = Number.parseInt(hex, 16); n !== 0; n = Math.floor(n / 2)) count += n & 1;
  return count;
}

/** A prefix or a port in hexadecimal, not above `most`; null where it is none. */
function small(hex: string | undefined, most: number): number | null {
  if (hex === undefined || !/^[0-9A-Fa-f]{1,4}$/.test(hex)) return null;
  const n = Number.parseInt(hex, 16);
  return n <= most ? n : null;
}

/** `/proc/<pid>/net/route`: IPv4 routes; `via` is '' where the destination is on the link. Host byte order is little endian. */
export function parseRoutes(text: string): readonly Route[] {
  const out: Route[] = [];
  for (const line of text.split('\n').slice(1)) {
    const f = line.split('\t').map((s) => s.trim());
    const dev = f[0];
    const to = v4(f[1] ?? '');
    const via = v4(f[2] ?? '');
    const prefix = bits(f[7] ?? '');
    if (dev === undefined || to === null || via === null || prefix === null || (Number.parseInt(f[3] ?? '0', 16) & 1) === 0) continue;
    out.push({ to: to === '0.0.0.0' && prefix === 0 ? 'default' : `${to}/${prefix}`, via: via === '0.0.0.0' ? '' : via, dev });
  }
  return out;
}

/** 32 hex digits as an IPv6 address in RFC 5952 form; null where they are none. */
export function v6(hex: string): string | null {
  if (!/^[0-9A-Fa-f]{32}$/.test(hex)) return null;
  const words = [0, 4, 8, 12, 16, 20, 24, 28].map((at) => Number.parseInt(hex.slice(at, at + 4), 16).toString(16));
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && words[j] === '0') j++;
    if (j - i > best.length) best = { at: i, length: j - i };
  }
  if (best.at < 0) return words.join(':');
  return `${words.slice(0, best.at).join(':')}::${words.slice(best.at + best.length).join(':')}`;
}

const RTF_UP = 1;
const RTF_REJECT = 0x200;
const RTF_LOCAL = 0x80000000;

/** `/proc/<pid>/net/ipv6_route`: IPv6 routes that are up and neither local nor multicast. */
export function parseRoutes6(text: string): readonly Route[] {
  const out: Route[] = [];
  for (const line of text.split('\n')) {
    const f = line.trim().split(/\s+/);
    const flags = Number.parseInt(f[8] ?? '', 16);
    // Most are local or multicast: three for each interface.
    if (Number.isNaN(flags) || (flags & RTF_UP) === 0 || (flags & RTF_REJECT) !== 0 || flags >= RTF_LOCAL || /^ff/i.test(f[0] ?? '')) continue;
    const to = v6(f[0] ?? '');
    const via = v6(f[4] ?? '');
    const dev = f[9];
    const prefix = small(f[1], 128);
    if (to === null || via === null || dev === undefined || prefix === null) continue;
    out.push({ to: to === '::' && prefix === 0 ? 'default' : `${to}/${prefix}`, via: via === '::' ? '' : via, dev });
  }
  return out;
}

/** `/proc/<pid>/net/if_inet6`: IPv6 addresses in CIDR form by interface name. */
export function parseInet6(text: string): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const f = line.trim().split(/\s+/);
    const ip = v6(f[0] ?? '');
    const dev = f[5];
    const prefix = small(f[2], 128);
    if (ip === null || dev === undefined || prefix === null) continue;
    const list = out.get(dev) ?? [];
    list.push(`${ip}/${prefix}`);
    out.set(dev, list);
  }
  return out;
}

/** One socket of `/proc/<pid>/net/{tcp,tcp6,udp}`; addresses as text, IPv4 in IPv6 as IPv4. */
export interface Socket {
  readonly localIp: string;
  readonly localPort: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly state: number;
}
export const ESTABLISHED = 1;
export const LISTEN = 10;

function socketAddress(text: string): { ip: string; port: number } | null {
  const [hex, port] = text.split(':');
  if (hex === undefined || port === undefined) return null;
  let ip: string | null;
  if (hex.length === 8) ip = v4(hex);
  else {
    // Four words, each in host byte order.
    const swapped = [...hex.matchAll(/(..)(..)(..)(..)/g)].map((m) => `${m[4]}${m[3]}${m[2]}${m[1]}`).join('');
    ip = v6(swapped);
    const mapped = /^00000000000000000000ffff(.{8})$/i.exec(swapped);
    if (mapped?.[1] !== undefined) ip = [0, 2, 4, 6].map((i) => Number.parseInt((mapped[1] as string).slice(i, i + 2), 16)).join('.');
  }
  const number = small(port, 65_535);
  return ip === null || number === null ? null : { ip, port: number };
}

/** `/proc/<pid>/net/tcp` and its like. */
export function parseSockets(text: string): readonly Socket[] {
  const out: Socket[] = [];
  for (const line of text.split('\n').slice(1)) {
    const f = line.trim().split(/\s+/);
    const local = socketAddress(f[1] ?? '');
    const remote = socketAddress(f[2] ?? '');
    const state = Number.parseInt(f[3] ?? '', 16);
    if (local === null || remote === null || Number.isNaN(state)) continue;
    out.push({ localIp: local.ip, localPort: local.port, remoteIp: remote.ip, remotePort: remote.port, state });
  }
  return out;
}

const recent: { readonly text: string; readonly sysctls: Readonly<Record<string, string>> }[] = [];
const RECENT = 8;

/**
 * Lines `ipv4/conf/eth0/arp_accept:0` (grep's, in /proc/sys/net) as sysctls by full name. Equal texts may give the very
 * same sysctls: most containers have one interface and what the kernel gives to all.
 */
export function parseSysctls(text: string): Readonly<Record<string, string>> {
  for (const one of recent) if (one.text === text) return one.sysctls;
  const sysctls = sysctlsIn(text);
  recent.unshift({ text: ownCopy(text), sysctls });
  if (recent.length > RECENT) recent.pop();
  return sysctls;
}

function sysctlsIn(text: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    const path = line.slice(0, colon);
    if (colon > 0 && /^(ipv4|ipv6|bridge)\/[^\s:]+$/.test(path)) out[`net.${path.replaceAll('/', '.')}`] = ownWord(line.slice(colon + 1).trim());
  }
  return out;
}

/** `/proc/<pid>/net/fib_trie`: the namespace's own IPv4 addresses, without loopback's. */
export function parseLocalAddresses(text: string): readonly string[] {
  const out = new Set<string>();
  let last = '';
  for (const line of text.split('\n')) {
    const leaf = /\|-- (\d+\.\d+\.\d+\.\d+)/.exec(line);
    if (leaf?.[1] !== undefined) last = leaf[1];
    else if (/\/32 host LOCAL/.test(line) && last !== '' && !last.startsWith('127.')) out.add(last);
  }
  return [...out];
}
