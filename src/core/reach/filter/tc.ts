import type { Json, TcFilter } from '../../model/network.js';
import { ETH_ARP, ETH_IPV6, innerType, type Frame } from '../frames.js';
import { wireType } from './fields.js';
import { and, inNetwork, maskMac, type Truth } from './truth.js';
import type { LineFate } from './lines.js';

type Obj = { readonly [key: string]: Json };
const isObject = (j: Json | undefined): j is Obj => typeof j === 'object' && j !== null && !Array.isArray(j);

const PROTOCOLS: Readonly<Record<string, number>> = { arp: ETH_ARP, ip: 0x0800, ipv4: 0x0800, ipv6: ETH_IPV6, '802.1q': 0x8100, '802.1ad': 0x88a8 };

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

function key(name: string, value: Json, f: Frame): Truth {
  const text = String(value).toLowerCase();
  const b = f.body;
  const arp = b.kind === 'arp' && f.tags.length <= 1 ? b : null;
  switch (name) {
    case 'eth_type': return protocolIs(wireType(f), value);
    case 'src_mac': return macIs(f.source, text);
    case 'dst_mac': return macIs(f.destination, text);
    case 'arp_op': return arp !== null && (text === 'request' ? arp.operation === 1 : text === 'reply' ? arp.operation === 2 : Number(text) === arp.operation);
    case 'arp_sip': return arp === null ? false : inNetwork(arp.senderIp, text);
    case 'arp_tip': return arp === null ? false : inNetwork(arp.targetIp, text);
    case 'arp_sha': return arp === null ? false : macIs(arp.senderMac, text);
    case 'arp_tha': return arp === null ? false : macIs(arp.targetMac, text);
    case 'vlan_id': return f.tags[0] === undefined ? false : f.tags[0].id === Number(text);
    case 'vlan_ethtype': return f.tags[0] === undefined ? false : protocolIs(f.tags[1]?.protocol ?? innerType(f), value);
    case 'ip_proto': return b.kind === 'nd' && f.tags.length <= 1 ? (b.extension ? null : text === 'icmpv6' || text === '58') : false;
    case 'icmp_type': return b.kind === 'nd' && f.tags.length <= 1 ? (b.extension ? null : Number(text) === b.type) : false;
    case 'src_ip': case 'ipv6_src': return b.kind === 'nd' && f.tags.length <= 1 ? inNetwork(b.source, text) : false;
    case 'dst_ip': case 'ipv6_dst': return b.kind === 'nd' && f.tags.length <= 1 ? inNetwork(b.destination, text) : false;
    default: return null;
  }
}

/** Words at offsets of u32(8): negative ones reach into the Ethernet header. Only the EtherType at -2 is understood. */
function u32(options: Obj): ((f: Frame) => Truth) | null {
  const m = options['match'];
  if (!isObject(m)) return null;
  const value = String(m['value'] ?? '');
  const mask = String(m['mask'] ?? '');
  const at = Number(m['off'] ?? m['offset'] ?? Number.NaN);
  if (mask === '0' || /^0+$/.test(mask)) return () => true;
  if (at === -4 && /^0*ffff$/.test(mask)) return (f) => wireType(f) === Number.parseInt(value, 16);
  return null;
}

function action(options: Obj): 'drop' | 'pass' | 'on' | 'unclear' {
  const actions = options['actions'];
  if (!Array.isArray(actions) || actions.length === 0) return 'pass';
  for (const a of actions) {
    if (!isObject(a)) return 'unclear';
    const kind = a['kind'];
    const control = isObject(a['control_action']) ? a['control_action']['type'] : undefined;
    if (kind !== 'gact' && kind !== 'police') return 'unclear';
    if (kind === 'police') return 'unclear';
    if (control === 'drop' || control === 'shot') return 'drop';
    if (control === 'pass' || control === 'ok') return 'pass';
    if (control === 'continue' || control === 'pipe' || control === 'reclassify') continue;
    return 'unclear';
  }
  return 'on';
}

/** What the filters of one hook of a device do with a frame: in order of preference, the first that matches decides. */
export function askTc(filters: readonly TcFilter[], dev: string, hook: TcFilter['hook'], f: Frame): LineFate {
  let passes = false;
  let drops = false;
  let by: string | null = null;
  const mine = filters.filter((x) => x.dev === dev && x.hook === hook && isObject(x.filter)).map((x) => x.filter as Obj);
  for (const filter of [...mine].sort((a, b) => Number(a['pref'] ?? 0) - Number(b['pref'] ?? 0))) {
    const options = filter['options'];
    if (!isObject(options)) continue;
    const kind = String(filter['kind']);
    let truth: Truth = protocolIs(wireType(f), filter['protocol']);
    if (kind === 'flower') truth = and(truth, ...Object.entries(isObject(options['keys']) ? options['keys'] : {}).map(([k, v]) => key(k, v, f)));
    else if (kind === 'u32') {
      if (options['ht_divisor'] !== undefined && options['match'] === undefined) continue;
      truth = and(truth, u32(options)?.(f) ?? null);
    } else if (kind !== 'matchall') truth = and(truth, null);
    if (truth === false) continue;
    const what = action(options);
    const where = `tc ${kind} on ${dev} ${hook}, pref ${String(filter['pref'] ?? '?')}`;
    if (what === 'drop' || what === 'unclear') {
      drops = true;
      by ??= where;
    }
    if (what === 'pass' || what === 'unclear') passes = true;
    if (truth === true && (what === 'drop' || what === 'pass')) return { passes, drops, by };
  }
  return { passes: true, drops, by };
}

/** Whether a device has filters at a hook. */
export function tcActs(filters: readonly TcFilter[], dev: string, hook: TcFilter['hook']): boolean {
  return filters.some((x) => x.dev === dev && x.hook === hook && isObject(x.filter) && x.filter['options'] !== undefined);
}
