import type { Frame } from '../frames.js';
import { note, skbProtocol, type Carried, type Spot } from './fields.js';
import type { Truth } from './truth.js';

/** What a rule of ebtables or arptables can end with, besides chains and targets that do more. */
export const ENDS = new Set(['ACCEPT', 'DROP', 'CONTINUE', 'RETURN']);

const fullMac = (text: string): string => text.toLowerCase().split(':').map((x) => x.padStart(2, '0')).join(':');

/** An address that an option's word describes, in full. */
export function sample(word: string): string {
  const base = (word.split('/')[0] ?? '').toLowerCase();
  return /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/.test(base) ? fullMac(base) : base;
}

/**
 * `--among-src mac[=ip],…`: the legacy tool looks for the address in ARP messages as well (ebt_among_mt); on nft a list with
 * addresses is asked of IPv4 alone, and `!` then makes no match of the rest.
 */
export function among(word: string, source: boolean, f: Frame, carried: Carried, nft: boolean): Truth {
  const pairs = word.split(',').filter((x) => x !== '').map((x) => x.split('=') as [string, string | undefined]);
  const mac = source ? f.source : f.destination;
  const { body } = f;
  const behind = f.tags.length <= 1;
  const ip = behind && body.kind === 'ip' && !body.source.includes(':') ? (source ? body.source : body.destination) : behind && body.kind === 'arp' && !nft ? (source ? body.senderIp : body.targetIp) : '0.0.0.0';
  let found = false;
  for (const [m, at] of pairs) {
    const hit = fullMac(m) === mac && (at === undefined || at === ip);
    found ||= note(carried, f, source ? 'ether saddr' : 'ether daddr', fullMac(m), hit) === true;
  }
  return found;
}

/** Whether a list of pairs is asked of a frame at all. */
export const amongAsks = (word: string, f: Frame, nft: boolean): boolean => !nft || !word.includes('=') || skbProtocol(f) === 0x0800;

const endOf = (word: string | undefined, otherwise: string): string => (word !== undefined && ENDS.has(word) ? word : otherwise);

/** What a target that writes makes of a frame, and how its rule ends then; null for a target that is none of these. */
export function writes(target: string, said: Readonly<Record<string, string>>, f: Frame, at: Spot): { readonly frame: Frame; readonly end: string } | null {
  const b = f.body;
  switch (target) {
    // It answers questions in another's name, and lets all else go on (ebt_arpreply_tg).
    case 'arpreply': return { frame: f, end: b.kind === 'arp' && b.operation === 1 ? endOf(said['--arpreply-target'], 'DROP') : 'CONTINUE' };
    case 'redirect': return at.mine === null ? null : { frame: { ...f, destination: at.mine }, end: endOf(said['--redirect-target'], 'ACCEPT') };
    case 'dnat': {
      const to = said['--to-dst'] ?? said['--to-destination'];
      return to === undefined ? null : { frame: { ...f, destination: fullMac(to) }, end: endOf(said['--dnat-target'], 'ACCEPT') };
    }
    case 'snat': {
      const to = said['--to-src'] ?? said['--to-source'];
      if (to === undefined) return null;
      const body = said['--snat-arp'] !== undefined && b.kind === 'arp' && f.tags.length === 0 ? { ...b, senderMac: fullMac(to) } : b;
      return { frame: { ...f, source: fullMac(to), body }, end: endOf(said['--snat-target'], 'ACCEPT') };
    }
    case 'mangle': {
      if (b.kind !== 'arp') return { frame: f, end: 'CONTINUE' };
      const [mac, ip] = [said['--mangle-mac-s'], said['--mangle-ip-s']];
      return { frame: { ...f, body: { ...b, senderMac: mac === undefined ? b.senderMac : fullMac(mac), senderIp: ip ?? b.senderIp } }, end: endOf(said['--mangle-target'], 'ACCEPT') };
    }
    default: return null;
  }
}
