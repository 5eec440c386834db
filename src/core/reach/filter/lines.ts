import { innerType, type Frame, type Free } from '../frames.js';
import { note, packetType, wireType, type Carried, type Spot } from './fields.js';
import { among, amongAsks, ENDS, sample, writes } from './targets.js';
import { and, inNetwork, maskMac, not, type Truth } from './truth.js';

/** Rules of ebtables or arptables, as `-save` prints them. */
interface Line {
  readonly where: string;
  readonly words: readonly string[];
  /** The mark that it sets; null where it sets none, or one that depends on another. */
  readonly sets: number | null;
}

interface Table {
  readonly chains: Map<string, { policy: string; readonly lines: Line[] }>;
  /** Kept in nft: its rules see a tag as it is; those of the legacy tool's tables know 802.1Q alone (ebt_basic_match). */
  readonly nft: boolean;
}

/** A line that stands before what a tool keeps in nft. */
export const IN_NFT = '# nft';
/** The second of two tables of one name: the legacy tool's comes first. */
export const second = (table: string): string => `${table}+`;

export interface LineRules {
  readonly tool: 'ebtables' | 'arptables';
  readonly tables: ReadonlyMap<string, Table>;
}

/** `inNft`: whether all of them are, where no line says so. */
export function compileLines(tool: LineRules['tool'], lines: readonly string[], inNft = false): LineRules {
  const tables = new Map<string, Table>();
  let table: Table | null = null;
  let nft = inNft;
  for (const line of lines) {
    if (line === IN_NFT) nft = true;
    else if (line.startsWith('*')) {
      const name = line.slice(1).trim();
      tables.set(tables.has(name) ? second(name) : name, (table = { chains: new Map(), nft }));
    } else if (line.startsWith(':')) {
      const [name = '', policy = 'ACCEPT'] = line.slice(1).trim().split(/\s+/);
      table?.chains.set(name, { policy, lines: [] });
    } else if (line.startsWith('-A ')) {
      // A prefix for the log is one word, whatever stands in it.
      const words = line.match(/"[^"]*"|\S+/g) ?? [];
      const chain = table?.chains.get(words[1] ?? '');
      chain?.lines.push({ where: `${tool} ${words[1] ?? ''}: ${words.slice(2).join(' ')}`, words: words.slice(2), sets: markSet(words) });
    }
  }
  return { tool, tables };
}

/** Whether a chain of a table can do anything. */
export function chainActs(rules: LineRules, table: string, chain: string): boolean {
  const c = rules.tables.get(table)?.chains.get(chain);
  return c !== undefined && (c.lines.length > 0 || c.policy === 'DROP');
}

const PROTOCOLS: Readonly<Record<string, number>> = { arp: 0x0806, ipv4: 0x0800, ip: 0x0800, ipv6: 0x86dd, '802_1q': 0x8100, '802.1q': 0x8100, '802_1ad': 0x88a8, 's-tag': 0x88a8 };
const OPERATIONS: Readonly<Record<string, number>> = { request: 1, reply: 2, request_reverse: 3, reply_reverse: 4 };

/** `--mark-set 0x7`, as it is listed: one number for all. */
function markSet(words: readonly string[]): number | null {
  const at = words.findIndex((w) => w === '--mark-set' || w === '--set-mark');
  const n = at < 0 ? Number.NaN : Number(words[at + 1]);
  return Number.isNaN(n) ? null : n;
}

/** `7`, `0x7` or `0x7/0xff`; `/0xff`: any of these bits (EBT_MARK_OR). */
function markIs(mark: number | null, word: string): Truth {
  if (word.startsWith('/')) return mark === null || Number.isNaN(Number(word.slice(1))) ? null : (mark & Number(word.slice(1))) !== 0;
  const [value = Number.NaN, mask = 0xffffffff] = word.split('/').map(Number);
  return mark === null || Number.isNaN(value) || Number.isNaN(mask) ? null : (mark & mask) >>> 0 === value >>> 0;
}

function interfaceIs(name: string, pattern: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function macIs(mac: string, pattern: string): Truth {
  const p = pattern.toLowerCase();
  if (p === 'broadcast') return mac === 'ff:ff:ff:ff:ff:ff';
  if (p === 'multicast' || p === 'unicast') return ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) === (p === 'multicast');
  if (p === 'bga') return mac === '01:80:c2:00:00:00';
  const [base = '', mask] = p.split('/');
  const full = (m: string) => m.split(':').map((x) => x.padStart(2, '0')).join(':');
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/.test(base)) return null;
  return mask === undefined ? mac === full(base) : maskMac(mac, full(mask)) === maskMac(full(base), full(mask));
}

function numberIs(actual: number, word: string, names: Readonly<Record<string, number>>): Truth {
  const w = word.toLowerCase();
  const named = names[w];
  if (named !== undefined) return actual === named;
  const [from, to] = w.split(':').map((x) => (/^0x/.test(x) ? Number.parseInt(x, 16) : /^\d+$/.test(x) ? Number(x) : Number.NaN));
  if (from === undefined || Number.isNaN(from)) return null;
  return to === undefined ? actual === from : actual >= from && actual <= to;
}

const IP6_PROTOCOLS: Readonly<Record<string, number>> = { 'ipv6-icmp': 58, icmpv6: 58, tcp: 6, udp: 17 };

/** One option of a rule; null where it is not known to this code. False where the frame has no such field. */
function option(name: string, word: string, f: Frame, at: Spot, tool: LineRules['tool'], carried: Carried, nft: boolean): Truth {
  const told = (field: Free, hit: Truth): Truth => note(carried, f, field, sample(word), hit);
  const arp = f.body.kind === 'arp' && (tool === 'arptables' || wireType(f) === 0x0806) ? f.body : null;
  const six = (f.body.kind === 'nd' || f.body.kind === 'ip') && wireType(f) === 0x86dd ? f.body : null;
  const ip = f.body.kind === 'ip' && wireType(f) === 0x0800 ? f.body : null;
  switch (name) {
    case '-p': case '--protocol': case '--proto': {
      const type = nft || f.tags.length === 0 ? wireType(f) : 0x8100;
      return word.toLowerCase() === 'length' ? type < 0x600 : numberIs(type, word, PROTOCOLS);
    }
    case '--among-src': case '--among-dst': return among(word, name === '--among-src', f, carried, nft);
    case '-i': case '--in-interface': return interfaceIs(at.iif, word);
    case '-o': case '--out-interface': return at.oif !== null && interfaceIs(at.oif, word);
    case '--logical-in': case '--logical-out': return interfaceIs(at.bridge, word);
    case '-s': case '--source': case '--src': return tool === 'ebtables' ? told('ether saddr', macIs(f.source, word)) : arp === null ? false : inNetwork(arp.senderIp, word);
    case '-d': case '--destination': case '--dst': return tool === 'ebtables' ? told('ether daddr', macIs(f.destination, word)) : arp === null ? false : told('arp daddr ip', inNetwork(arp.targetIp, word));
    case '--arp-op': case '--arp-opcode': case '--opcode': return arp === null ? false : numberIs(arp.operation, word, OPERATIONS);
    case '--arp-htype': case '--h-type': return arp === null ? false : numberIs(arp.hardware, word, { ethernet: 1 });
    case '--arp-ptype': case '--proto-type': return arp === null ? false : numberIs(0x0800, word, PROTOCOLS);
    case '--h-length': case '--hlen': return arp === null ? false : numberIs(6, word, {});
    case '--arp-ip-src': return arp === null ? false : told('arp saddr ip', inNetwork(arp.senderIp, word));
    case '--arp-ip-dst': return arp === null ? false : told('arp daddr ip', inNetwork(arp.targetIp, word));
    case '--arp-mac-src': case '--source-mac': case '--src-mac': return arp === null || !fieldThere(name, f, tool) ? false : told('arp saddr ether', macIs(arp.senderMac, word));
    case '--arp-mac-dst': case '--destination-mac': case '--dst-mac': return arp === null || !fieldThere(name, f, tool) ? false : told('arp daddr ether', macIs(arp.targetMac, word));
    case '--vlan-id': return f.tags[0] === undefined ? false : note(carried, f, 'vlan id', Number(word), numberIs(f.tags[0].id, word, {}));
    case '--vlan-encap': return f.tags[0] === undefined ? false : numberIs(f.tags[1]?.protocol ?? innerType(f), word, PROTOCOLS);
    case '--pkttype-type': return word.replace(/^otherhost$/, 'other') === packetType(f, at);
    case '--ip6-src': case '--ip6-source': return six === null ? false : told('ip saddr', inNetwork(six.source, word));
    case '--ip6-dst': case '--ip6-destination': return six === null ? false : told('ip daddr', inNetwork(six.destination, word));
    case '--ip6-proto': case '--ip6-protocol': {
      const hit = six === null ? false : numberIs(six.kind === 'nd' ? 58 : six.protocol, word, IP6_PROTOCOLS);
      const wanted = IP6_PROTOCOLS[word.toLowerCase()] ?? Number(word);
      return Number.isInteger(wanted) ? note(carried, f, 'ip protocol', wanted, hit) : hit;
    }
    case '--ip6-icmp-type': return six === null ? false : six.kind === 'ip' ? null : numberIs(six.type, word.split('/')[0] ?? '', { 'neighbour-solicitation': 135, 'neighbor-solicitation': 135, 'neighbour-advertisement': 136, 'neighbor-advertisement': 136, 'router-solicitation': 133, 'router-advertisement': 134, redirect: 137 });
    case '--ip-src': case '--ip-source': return ip === null ? false : told('ip saddr', inNetwork(ip.source, word));
    case '--ip-dst': case '--ip-destination': return ip === null ? false : told('ip daddr', inNetwork(ip.destination, word));
    case '--ip-proto': case '--ip-protocol': return ip === null ? false : numberIs(ip.protocol, word, { tcp: 6, udp: 17, icmp: 1 });
    case '--mark': return markIs(carried.mark, word);
    default: return (name.startsWith('--ip-') && ip === null) || (name.startsWith('--ip6-') && six === null) ? false : null;
  }
}

const NO_VALUE = new Set(['--log', '--log-arp', '--log-ip', '--log-ip6', '--snat-arp']);
const TARGET_OPTIONS = /^--(log-|nflog|ulog-|to-|arpreply-|mark-(set|or|and|xor|target)|set-mark|snat-|dnat-|redirect-target|set-|mangle-)/;

/** Whether a rule matches, and what it does. */
function judge(line: Line, f: Frame, at: Spot, tool: LineRules['tool'], carried: Carried, nft: boolean): { readonly truth: Truth; readonly target: string; readonly said: Readonly<Record<string, string>> } {
  // On nft arptables asks for Ethernet's hardware type where a rule names none.
  let truth: Truth = !nft || tool === 'ebtables' || line.words.includes('--h-type') || (f.body.kind === 'arp' && f.body.hardware === 1);
  let target = 'CONTINUE';
  const said: Record<string, string> = {};
  let negate = false;
  const w = line.words;
  for (let i = 0; i < w.length; i++) {
    const word = w[i] as string;
    if (word === '!') {
      negate = true;
      continue;
    }
    if (word === '-j' || word === '--jump') {
      target = w[++i] ?? '';
      continue;
    }
    if (word === '-m' || word === '-c' || word === '--set-counters') {
      i += word === '-m' ? 1 : 2;
      continue;
    }
    if (NO_VALUE.has(word)) {
      said[word] = '';
      continue;
    }
    // Who sends on meets it, and fails to meet it: what drops so lets some through, and what accepts so accepts some.
    if (word === '--limit' || word === '--limit-burst') {
      truth = and(truth, f.free === undefined ? null : w.includes('DROP') ? false : w.includes('ACCEPT') ? true : null);
      i++;
      continue;
    }
    if (TARGET_OPTIONS.test(word)) {
      said[word] = w[++i] ?? '';
      continue;
    }
    if (word === '--arp-gratuitous') {
      const b = f.body;
      const g = b.kind === 'arp' && wireType(f) === 0x0806 && b.senderIp === b.targetIp;
      truth = and(truth, negate ? !g : g);
      negate = false;
      continue;
    }
    let value = w[++i] ?? '';
    let no = negate;
    if (value === '!') {
      no = !no;
      value = w[++i] ?? '';
    }
    negate = false;
    const seen = option(word, value, f, at, tool, carried, nft);
    const absent = seen === false && (word.startsWith('--among-') ? !amongAsks(value, f, nft) : !fieldThere(word, f, tool));
    truth = and(truth, absent ? false : no ? not(seen) : seen);
  }
  return { truth, target, said };
}

/** Whether a frame has the field of an option at all: where it has not, `!` does not make the rule match. */
function fieldThere(name: string, f: Frame, tool: LineRules['tool']): boolean {
  // ebt_arp looks for MACs in messages of Ethernet's hardware type alone, and Linux believes another.
  if (name.startsWith('--arp-') && tool === 'ebtables') return f.body.kind === 'arp' && wireType(f) === 0x0806 && (!name.startsWith('--arp-mac-') || f.body.hardware === 1);
  if (name.startsWith('--ip6-')) return (f.body.kind === 'nd' || f.body.kind === 'ip') && wireType(f) === 0x86dd;
  if (name.startsWith('--ip-')) return f.body.kind === 'ip' && wireType(f) === 0x0800;
  if (name.startsWith('--vlan-')) return f.tags.length > 0;
  return true;
}

export interface LineFate {
  readonly passes: boolean;
  readonly drops: boolean;
  readonly by: string | null;
  /** A program decides, whose content nobody can judge. */
  readonly opaque?: boolean;
}

/** What a chain of a table does with a frame. */
export function askLines(rules: LineRules, table: string, chain: string, f: Frame, at: Spot, carried: Carried = { mark: null }, depth = 0): LineFate & { readonly goesOn: boolean } {
  const inTable = rules.tables.get(table);
  const chained = inTable?.chains.get(chain);
  const c = chained === undefined ? undefined : { ...chained, nft: inTable?.nft === true };
  let now = f;
  let passes = false;
  let drops = false;
  let by: string | null = null;
  const base = depth === 0;
  let returned = false;
  const policy = `${rules.tool} ${chain}, policy DROP`;
  if (c === undefined || depth > 16) return { passes: base, drops: depth > 16, by: null, goesOn: true };
  for (const line of c.lines) {
    const { truth, target: named, said } = judge(line, now, at, rules.tool, carried, c.nft);
    if (truth === false) continue;
    let ends = true;
    // A mark is set, and then done what its own target says: accepted where it says nothing.
    if (named === 'mark') carried.mark = truth === true && line.sets !== null ? line.sets : null;
    const wrote = named === 'mark' ? null : writes(named, said, now, at);
    const end = said['--mark-target'] ?? '';
    const target = named === 'mark' ? (ENDS.has(end) ? end : 'ACCEPT') : truth === true && wrote !== null ? wrote.end : named;
    if (truth === true && wrote !== null && wrote.frame !== now) carried.written = { frame: (now = wrote.frame), by: line.where };
    if (target === 'DROP') {
      drops = true;
      by ??= line.where;
    } else if (target === 'ACCEPT') passes = true;
    else if (target === 'RETURN') {
      // In a chain of the kernel's own the policy decides then.
      if (base && c.policy === 'DROP') drops = true;
      else if (base) passes = true;
      else returned = true;
      if (base && drops) by ??= policy;
      if (truth === true) return { passes, drops, by, goesOn: !base };
      ends = false;
    } else if (target === 'CONTINUE' || target === 'log' || target === 'nflog') ends = false;
    else if (rules.tables.get(table)?.chains.has(target) === true) {
      const inner = askLines(rules, table, target, now, at, carried, depth + 1);
      now = carried.written?.frame ?? now;
      passes ||= inner.passes;
      drops ||= inner.drops;
      by ??= inner.by;
      ends = !inner.goesOn;
    } else {
      drops = true;
      passes = true;
      by ??= line.where;
      ends = false;
    }
    if (truth === true && ends) return { passes, drops, by, goesOn: returned };
  }
  // ebtables' own chains have a policy of their own; those of arptables return.
  if (!base && (rules.tool === 'arptables' || c.policy === 'RETURN')) return { passes, drops, by, goesOn: true };
  if (c.policy === 'DROP') return { passes, drops: true, by: by ?? policy, goesOn: returned };
  return { passes: true, drops, by, goesOn: returned };
}
