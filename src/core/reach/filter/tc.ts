import type { Json, TcFilter } from '../../model/network.js';
import { bytesOf, isFree } from '../bytes.js';
import { ETH_ARP, ETH_IPV6, ICMPV6, innerType, type Frame, type Free } from '../frames.js';
import { note, wireType, type Carried } from './fields.js';
import { isObject, type Obj } from './json.js';
import { and, inNetwork, maskMac, type Truth } from './truth.js';
import type { LineFate } from './lines.js';

const PROTOCOLS: Readonly<Record<string, number>> = { arp: ETH_ARP, ip: 0x0800, ipv4: 0x0800, ipv6: ETH_IPV6, '802.1q': 0x8100, '802.1ad': 0x88a8 };
/** As tc prints them; others are numbers. */
const IP_PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, l2tp: 115, icmp: 1, icmpv6: ICMPV6 };

function protocolIs(actual: number, word: Json | undefined): Truth {
  if (typeof word === 'number') return actual === word;
  if (typeof word !== 'string') return null;
  const w = word.toLowerCase();
  if (w === 'all') return true;
  const n = PROTOCOLS[w] ?? (/^(0x)?[0-9a-f]{4}$/.test(w) ? Number.parseInt(w.replace(/^0x/, ''), 16) : undefined);
  return n === undefined ? null : actual === n;
}

function macIs(mac: string, word: string): Truth {
  const [base = '', mask] = word.toLowerCase().split('/');
  if (mask === undefined) return mac === base;
  return /^\d+$/.test(mask) ? null : maskMac(mac, mask) === maskMac(base, mask);
}

function key(name: string, value: Json, f: Frame, carried: Carried): Truth {
  const told = (field: Free, hit: Truth): Truth => note(carried, f, field, String(value).toLowerCase().split('/')[0] ?? '', hit);
  const text = String(value).toLowerCase();
  const b = f.body;
  // The dissector looks into messages of Ethernet's hardware type alone (__skb_flow_dissect_arp), and Linux believes another.
  const arp = b.kind === 'arp' && f.tags.length <= 1 && b.hardware === 1 ? b : null;
  const isIp = (b.kind === 'nd' || b.kind === 'ip') && f.tags.length <= 1;
  switch (name) {
    case 'eth_type': return protocolIs(wireType(f), value);
    case 'src_mac': return told('ether saddr', macIs(f.source, text));
    case 'dst_mac': return told('ether daddr', macIs(f.destination, text));
    case 'arp_op': return arp !== null && (text === 'request' ? arp.operation === 1 : text === 'reply' ? arp.operation === 2 : Number(text) === arp.operation);
    case 'arp_sip': return arp === null ? false : told('arp saddr ip', inNetwork(arp.senderIp, text));
    case 'arp_tip': return arp === null ? false : told('arp daddr ip', inNetwork(arp.targetIp, text));
    case 'arp_sha': return arp === null ? false : told('arp saddr ether', macIs(arp.senderMac, text));
    case 'arp_tha': return arp === null ? false : told('arp daddr ether', macIs(arp.targetMac, text));
    case 'vlan_id': return f.tags[0] === undefined ? false : note(carried, f, 'vlan id', Number(text), f.tags[0].id === Number(text));
    case 'vlan_ethtype': return f.tags[0] === undefined ? false : protocolIs(f.tags[1]?.protocol ?? innerType(f), value);
    case 'ip_proto': {
      const n = IP_PROTOCOLS[text] ?? (/^\d+$/.test(text) ? Number(text) : undefined);
      // The dissector goes past extension headers to what they carry (__skb_flow_dissect).
      if (!isIp || n === undefined) return isIp ? null : false;
      return b.kind === 'nd' ? n === ICMPV6 : note(carried, f, 'ip protocol', n, n === b.protocol);
    }
    case 'icmp_type': return !isIp ? false : b.kind === 'ip' ? null : Number(text) === b.type;
    case 'icmp_code': return !isIp ? false : b.kind === 'ip' ? null : Number(text) === 0;
    case 'src_ip': case 'ipv6_src': return isIp && told('ip saddr', inNetwork(b.source, text));
    case 'dst_ip': case 'ipv6_dst': return isIp && told('ip daddr', inNetwork(b.destination, text));
    default: return null;
  }
}

/** The words of a frame as tc sees it: its first tag is taken off, and offset 0 is the network header. */
function words(f: Frame): (at: number) => number | null {
  const bytes = bytesOf(f);
  const seen = f.tags.length === 0 ? bytes : bytes.slice(0, 24) + bytes.slice(32);
  return (at) => {
    const text = seen.slice(2 * (14 + at), 2 * (18 + at));
    return at < -14 || text.length < 8 ? null : Number.parseInt(text, 16);
  };
}

/** Words at offsets of u32(8): negative ones reach into the Ethernet header. Of a frame of no known content its EtherType alone is understood. */
function u32(options: Obj): ((f: Frame) => Truth) | null {
  const list = options['match'];
  const all = (Array.isArray(list) ? list : [list]).map((m) => (isObject(m) ? word(m) : null));
  return (f) => and(...all.map((m) => m?.(f) ?? null));
}

function word(m: Obj): ((f: Frame) => Truth) | null {
  const value = String(m['value'] ?? '');
  const mask = String(m['mask'] ?? '');
  const at = Number(m['off'] ?? m['offset'] ?? Number.NaN);
  if (mask === '0' || /^0+$/.test(mask)) return () => true;
  const [bits, want] = [Number.parseInt(mask, 16), Number.parseInt(value, 16)];
  if (Number.isNaN(at) || Number.isNaN(bits) || Number.isNaN(want) || !/^(0+)?$/.test(String(m['offmask'] ?? ''))) return null;
  return (f) => {
    if ((f.body.kind === 'ip' || f.body.kind === 'other') && at !== -4) return null;
    const actual = words(f)(at);
    if (actual === null) return false;
    // What its sender may choose is no certain match, whatever it holds now.
    const fixed = [0, 1, 2, 3].reduce((all, n) => (isFree(f, 14 + at + n, Math.max(0, f.tags.length - 1)) ? all : all | (0xff << (24 - 8 * n))), 0);
    if ((actual & bits & fixed) >>> 0 !== (want & fixed) >>> 0) return false;
    return (bits & ~fixed) === 0 ? true : null;
  };
}

/** Actions that leave the frame as it is: what is said of what comes after them counts. */
const ASIDE = new Set(['skbedit', 'sample', 'csum', 'simple', 'mirred']);

type Done = 'drop' | 'pass' | 'on' | 'unclear' | 'program' | { readonly chain: number };

/** Bytes of a size as tc prints it. */
const sizeOf = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);
/** The least that a frame counts where it is policed, and more than any that is worth sending. */
const [LEAST, ENOUGH] = [28, 128];

/** Whether a policer lets a frame by: one that fits in its bucket does, if it waits long enough; one that never fits does not; null where that is not sure. */
function conforms(a: Obj): Truth {
  const [burst, mtu] = [sizeOf(a['burst']), sizeOf(a['mtu'])];
  if (burst === null || burst === 0 || a['peakrate'] !== undefined || a['avrate'] !== undefined || a['pkts_rate'] !== undefined) return null;
  const room = Math.min(burst, mtu === null || mtu === 0 ? Number.POSITIVE_INFINITY : mtu);
  return room >= ENOUGH ? true : room < LEAST ? false : null;
}

/** `mark`: what its actions set it to on the way. */
function action(options: Obj, marks: (mark: number | null) => void = () => undefined): Done {
  const actions = options['actions'];
  if (!Array.isArray(actions) || actions.length === 0) return 'pass';
  for (const a of actions) {
    if (!isObject(a)) return 'unclear';
    const kind = a['kind'];
    const control = isObject(a['control_action']) ? a['control_action'] : undefined;
    if (kind === 'bpf') return 'program';
    if (kind === 'mirred' && a['mirred_action'] === 'redirect') return 'drop';
    if (kind === 'skbedit' && a['mark'] !== undefined) marks(typeof a['mark'] === 'number' && a['mask'] === undefined ? a['mark'] : null);
    // What kind it is decides whether a host takes it, and where rules ask for that.
    if (kind === 'skbedit' && a['ptype'] !== undefined) return 'unclear';
    if (kind === 'police') {
      const by = conforms(a);
      const told = by === true ? (a['conform_action'] ?? { type: 'pass' }) : control;
      const end = isObject(told) ? told['type'] : undefined;
      if (by === true && end === 'pipe') continue;
      if (by === true && (end === 'pass' || end === 'ok')) return 'pass';
      if (by === false && (end === 'drop' || end === 'shot')) return 'drop';
      return 'unclear';
    }
    if (kind !== 'gact' && !ASIDE.has(String(kind))) return 'unclear';
    // A chance of another end (`random`) makes it no certain one.
    if (isObject(a['prob']) && a['prob']['random_type'] !== 'none') return 'unclear';
    const type = control?.['type'];
    if (type === 'drop' || type === 'shot') return 'drop';
    if (type === 'pass' || type === 'ok' || type === 'stolen' || type === 'trap') return type === 'pass' || type === 'ok' ? 'pass' : 'unclear';
    if (type === 'goto') return typeof control?.['chain'] === 'number' ? { chain: control['chain'] } : 'unclear';
    if (type === 'continue') return 'on';
    if (type === 'pipe') continue;
    return 'unclear';
  }
  // What the last one pipes on is let through (tcf_action_exec in net/sched/act_api.c).
  return 'pass';
}

const MOST_GOTOS = 16;
/** What a queue itself does, told among filters. */
const QUEUES = new Set(['netem', 'queue']);

/** What the filters of one hook of a device do with a frame: in order of preference, the first that matches decides. Chain 0 first; others only where an action goes to them. */
export function askTc(filters: readonly TcFilter[], dev: string, hook: TcFilter['hook'], f: Frame, carried: Carried = { mark: null }): LineFate {
  const mine = filters.filter((x) => x.dev === dev && x.hook === hook && isObject(x.filter) && !QUEUES.has(String(x.filter['kind']))).map((x) => x.filter as Obj);
  return askChain([...mine].sort((a, b) => Number(a['pref'] ?? 0) - Number(b['pref'] ?? 0)), 0, { at: `on ${dev} ${hook}`, from: hook === 'ingress' ? dev : null }, f, carried, 0);
}

/** `from`: the device by which the frame came into this net namespace (`indev`); null where that is not known here. */
function matches(filter: Obj, options: Obj, f: Frame, carried: Carried, from: string | null): Truth {
  const kind = String(filter['kind']);
  // One for hardware alone (skip_sw) sees nothing that goes from port to port in software.
  const truth = and(options['skip_sw'] === true ? null : protocolIs(wireType(f), filter['protocol']), options['indev'] === undefined || options['indev'] === from ? true : from === null ? null : false);
  if (kind === 'flower') return and(truth, ...Object.entries(isObject(options['keys']) ? options['keys'] : {}).map(([k, v]) => key(k, v, f, carried)));
  // A filter of another table than the roots (800 and up) meets what is sent there by a link.
  if (kind === 'u32') return and(truth, typeof options['key_ht'] === 'string' && Number.parseInt(options['key_ht'], 16) < 0x800 ? null : true, u32(options)?.(f) ?? null);
  // Without a match of its own it is for all of its protocol.
  if (kind === 'basic') return and(truth, 'ematch' in options ? null : true);
  return kind === 'matchall' ? truth : and(truth, null);
}

function askChain(mine: readonly Obj[], chain: number, place: { readonly at: string; readonly from: string | null }, f: Frame, carried: Carried, depth: number): LineFate {
  let passes = false;
  let drops = false;
  let opaque = false;
  let by: string | null = null;
  for (const filter of mine) {
    const options = filter['options'];
    if (Number(filter['chain'] ?? 0) !== chain || !isObject(options)) continue;
    const kind = String(filter['kind']);
    if (kind === 'u32' && ((options['ht_divisor'] !== undefined && options['match'] === undefined) || options['link'] !== undefined)) continue;
    const truth = matches(filter, options, f, carried, place.from);
    if (truth === false) continue;
    const where = `tc ${kind} ${place.at}, pref ${String(filter['pref'] ?? '?')}`;
    const program = kind === 'bpf' || kind === 'cgroup';
    const what = program ? 'program' : action(options, (mark) => (carried.mark = truth === true ? mark : null));
    for (const to of mirrors(options)) carried.sent?.push({ to: to.dev, sure: to.out && truth === true && !passes && !drops });
    if (typeof what === 'object') {
      const inner = depth >= MOST_GOTOS ? { passes: true, drops: true, by: where } : askChain(mine, what.chain, place, f, carried, depth + 1);
      passes ||= inner.passes;
      drops ||= inner.drops;
      opaque ||= inner.opaque === true;
      if (inner.drops) by ??= inner.by;
      if (truth === true) return { passes, drops, by, opaque };
      continue;
    }
    if (what === 'drop' || what === 'unclear' || what === 'program') {
      drops = true;
      by ??= what === 'program' ? `the BPF program of ${where}` : where;
    }
    if (what === 'pass' || what === 'unclear' || what === 'program') passes = true;
    opaque ||= what === 'program';
    if (truth === true && (what === 'drop' || what === 'pass')) return { passes, drops, by, opaque };
  }
  return { passes: true, drops, by, opaque };
}

/** Whether a device's queue loses whatever leaves: told among its filters, under the queue's kind. */
export function losesAll(filters: readonly TcFilter[], dev: string): boolean {
  return filters.some((x) => {
    if (x.dev !== dev || x.hook !== 'egress' || !isObject(x.filter)) return false;
    if (x.filter['swallows'] === true) return true;
    const options = x.filter['kind'] === 'netem' ? x.filter['options'] : undefined;
    const loss = isObject(options) ? options['loss-random'] : undefined;
    return isObject(loss) && loss['loss'] === 1;
  });
}

/** The kind of a device's queue where classes, filters or limits of its own may drop what leaves; null for a plain one. */
export function mayLose(filters: readonly TcFilter[], dev: string): string | null {
  const found = filters.find((x) => x.dev === dev && x.hook === 'egress' && isObject(x.filter) && x.filter['kind'] === 'queue' && x.filter['swallows'] !== true);
  return found === undefined || !isObject(found.filter) ? null : String(found.filter['queue']);
}

/** Where actions send the frames that come in at a device: out at another (`egress`), or as if they had come in there. */
export interface Redirection {
  readonly from: string;
  readonly to: string;
  readonly out: boolean;
}

export function redirections(filters: readonly TcFilter[]): readonly Redirection[] {
  return filters.flatMap((x): readonly Redirection[] => {
    const options = isObject(x.filter) ? x.filter['options'] : undefined;
    const actions = x.hook === 'ingress' && isObject(options) ? options['actions'] : undefined;
    if (!Array.isArray(actions)) return [];
    return actions.flatMap((a) => (isObject(a) && a['kind'] === 'mirred' && typeof a['to_dev'] === 'string' ? [{ from: x.dev, to: a['to_dev'], out: a['direction'] === 'egress' }] : []));
  });
}

/** Where the actions of one filter send or copy what it matches. */
function mirrors(options: Obj): readonly { readonly dev: string; readonly out: boolean }[] {
  const actions = options['actions'];
  if (!Array.isArray(actions)) return [];
  return actions.flatMap((a, n) => (isObject(a) && a['kind'] === 'mirred' && typeof a['to_dev'] === 'string' ? [{ dev: a['to_dev'], out: n === 0 && a['direction'] === 'egress' }] : []));
}

/** Whether a program among the filters takes a device's frames. */
export function takenByProgram(filters: readonly TcFilter[], dev: string): boolean {
  return filters.some((x) => x.dev === dev && x.hook === 'ingress' && /"kind":"bpf"/.test(JSON.stringify(x.filter)));
}

/** Whether a device has filters at a hook. */
export function tcActs(filters: readonly TcFilter[], dev: string, hook: TcFilter['hook']): boolean {
  return filters.some((x) => x.dev === dev && x.hook === hook && isObject(x.filter) && x.filter['options'] !== undefined && !QUEUES.has(String(x.filter['kind'])));
}
