import { known, unknown, type Reading } from '../model/reading.js';
import { PROGRAM, parseBpfNet, queueThatMayDrop, queueThatSwallows } from './net-queues.js';
import type { FdbEntry, Json, NetInterface, Neighbour, Route, TcFilter } from '../model/network.js';
import { hookedDevices, parseFdb, parseNft, parseNftDevices, parseVlans, withDevices } from './net-bridge.js';
import { jsonArray, parseAddresses, parseLinks, parseNeighbours, parsePolicyRoutes, toInterface } from './net-ip.js';
import { parseIp6tables } from './net-ip6tables.js';
import { parseArptables, parseEbtables } from './net-legacy.js';
import type { Linked } from './net-peers.js';
import { parseSysctls } from './net-proc.js';
import type { Section } from './net-sections.js';

/** One net namespace as the tools tell it. */
export interface DeepNet {
  /** Inode of the namespace that was read, to be held against the one that was meant. */
  readonly inode: Reading<number>;
  readonly links: Reading<readonly Linked[]>;
  readonly neighbours: Reading<readonly Neighbour[]>;
  readonly neighbours6: Reading<readonly Neighbour[]>;
  /** Routes in tables of their own. */
  readonly policyRoutes: Reading<readonly Route[]>;
  readonly nft: Reading<readonly Json[]>;
  readonly tc: Reading<readonly TcFilter[]>;
  readonly ebtables: Reading<readonly string[]>;
  readonly arptables: Reading<readonly string[]>;
  readonly sysctls: Reading<Readonly<Record<string, string>>>;
  readonly fdb: Reading<readonly FdbEntry[]>;
}

type Sections = ReadonlyMap<string, Section>;

/** Why a command gave nothing: a missing tool is `absent`, and not the same as a tool that found nothing. */
function failure(section: Section | undefined, source: string): Reading<never> {
  if (section === undefined) return unknown('unsupported', source);
  if (section.status === 127) return unknown('absent', source);
  return unknown(/not permitted|permission denied|must be root|right permissions/i.test(section.text) ? 'denied' : 'unsupported', source);
}

function arrayOf<T>(sections: Sections, name: string, source: string, parse: (items: readonly unknown[]) => T): Reading<T> {
  const s = sections.get(name);
  const items = s === undefined || s.status !== 0 ? null : s.text.trim() === '' ? [] : jsonArray(s.text);
  return items === null ? failure(s, source) : known(parse(items), source);
}

function readIp(sections: Sections, net: string): Pick<DeepNet, 'links' | 'neighbours' | 'neighbours6' | 'policyRoutes'> {
  const s = sections.get('ip');
  const arrays = (s?.text ?? '').split('\n').filter((l) => l.startsWith('['));
  const [linkText, addressText, neighText, routeText] = arrays.length === 3 || arrays.length === 4 ? arrays : [];
  const links = linkText === undefined ? null : jsonArray(linkText);
  const addresses = addressText === undefined ? null : jsonArray(addressText);
  const neigh = neighText === undefined ? null : jsonArray(neighText);
  if (links === null || addresses === null || neigh === null || s?.status !== 0) {
    const why = (command: string): Reading<never> => failure(s, command);
    return { links: why('ip -j -d link'), neighbours: why('ip -j neigh'), neighbours6: why('ip -j neigh'), policyRoutes: why('ip -j route') };
  }
  const routes = routeText === undefined ? null : jsonArray(routeText);
  const byName = parseAddresses(addresses);
  // In detail, where bridges filter and both tools can: with the state of the port in each VLAN.
  const detailed = arrayOf(sections, 'vlan states', 'bridge -j -d vlan show', parseVlans);
  const vlans = 'value' in detailed && detailed.value.size > 0 ? detailed : arrayOf(sections, 'vlan', 'bridge -j vlan show', parseVlans);
  const both = parseNeighbours(neigh);
  return {
    links: known(
      parseLinks(links).map((l): Linked => {
        const v = 'value' in vlans ? known(vlans.value.get(l.ifname) ?? [], vlans.source) : vlans;
        return {
          iface: toInterface(net, l, known(byName.get(l.ifname) ?? [], 'ip -j addr'), 'ip -j -d link', v) satisfies NetInterface,
          otherIndex: l.link_index ?? null,
          netnsId: l.link_netnsid ?? null,
        };
      }),
      'ip -j -d link',
    ),
    neighbours: known(both.v4, 'ip -j neigh'),
    neighbours6: known(both.v6, 'ip -j neigh'),
    policyRoutes: routes === null ? unknown('not-asked', 'ip -j route') : known(parsePolicyRoutes(routes), 'ip -j route'),
  };
}

const tablesOf = (saved: string): readonly string[] => saved.split('\n').flatMap((l) => (l.startsWith('*') ? [l.slice(1).trim()] : []));

function withoutTables(objects: readonly Json[], family: string, names: ReadonlySet<string>): readonly Json[] {
  return objects.filter((o) => {
    const [kind, inner] = (typeof o === 'object' && o !== null ? Object.entries(o)[0] : undefined) as [string, { family?: unknown; table?: unknown; name?: unknown } | undefined] | [undefined, undefined];
    return inner?.family !== family || !names.has(String(kind === 'table' ? inner.name : inner.table));
  });
}

function readNft(sections: Sections): DeepNet['nft'] {
  const source = 'nft -j list ruleset';
  const s = sections.get('nft');
  const rules = s?.status === 0 ? parseNft(s.text) : null;
  const chains = sections.get('chains');
  const legacy = (['ip', 'ip6'] as const).flatMap((family) => {
    const saved = sections.get(family === 'ip' ? 'iptables' : 'ip6tables');
    return saved?.status === 0 ? parseIp6tables(saved.text, family) : [];
  });
  if (rules === null) return failure(s, source);
  // What nft cannot print of ip6tables' own tables, its own listing tells.
  const six = sections.get('ip6tables nft');
  const told = six?.status === 0 ? parseIp6tables(six.text, 'ip6', '') : [];
  const printed = told.length === 0 ? rules : withoutTables(rules, 'ip6', new Set(tablesOf(six?.text ?? '')));
  return known([...withDevices(printed, chains?.status === 0 ? parseNftDevices(chains.text) : new Map()), ...told, ...legacy], source);
}

/** A u32 filter of several words is printed with one key several times over: a list of them, so that none is lost. */
function everyMatch(text: string): string {
  return text.replace(/"match":(\{[^{}]*\}(?:,\s*"match":\{[^{}]*\})+)/g, (_, list: string) => `"match":[${list.replace(/,\s*"match":/g, ',')}]`);
}

/** What a policer does with what conforms is printed under the same key as what it does with the rest, and after it. */
const everyControl = (text: string): string => text.replace(/("control_action":\s*\{[^{}]*\}),\s*"control_action":/g, '$1,"conform_action":');

function readTc(sections: Sections): DeepNet['tc'] {
  const source = 'tc -j filter show';
  const qdiscs = sections.get('qdisc');
  if (qdiscs?.status !== 0 || jsonArray(qdiscs.text) === null) return failure(qdiscs, source);
  const out: TcFilter[] = [];
  // Where the reading was cut off, filters that were not asked for are not filters that are not there.
  const missed = hookedDevices(jsonArray(qdiscs.text) ?? []).find(({ dev }) => !sections.has(`filter ingress ${dev}`));
  if (missed !== undefined) return unknown('unsupported', `${source} dev ${missed.dev} ingress`);
  for (const [name, s] of sections) {
    const [what, hook, dev] = name.split(' ');
    if (what !== 'filter' || dev === undefined || (hook !== 'ingress' && hook !== 'egress')) continue;
    const filters = s.status === 0 ? (s.text.trim() === '' ? [] : jsonArray(everyControl(everyMatch(s.text)))) : null;
    // An ingress qdisc has no egress hook, and tc says so by failing.
    if (filters === null) {
      if (hook === 'egress') continue;
      return failure(s, `${source} dev ${dev} ${hook}`);
    }
    for (const f of filters) out.push({ dev, hook, filter: f as Json });
  }
  // A queue that loses frames is no filter, and stops what leaves all the same.
  for (const q of jsonArray(qdiscs.text) ?? []) {
    const { dev, kind, root, options } = q as { readonly dev?: unknown; readonly kind?: unknown; readonly root?: unknown; readonly options?: Json };
    if (root !== true || typeof dev !== 'string' || typeof kind !== 'string') continue;
    if (kind === 'netem') out.push({ dev, hook: 'egress', filter: { kind, options: options ?? {} } });
    else if (queueThatSwallows(kind, options)) out.push({ dev, hook: 'egress', filter: { kind: 'queue', queue: kind, swallows: true } });
    else if (queueThatMayDrop(kind, options)) out.push({ dev, hook: 'egress', filter: { kind: 'queue', queue: kind } });
  }
  const programs = sections.get('bpf');
  if (programs?.status === 0) for (const { dev, hook, name } of parseBpfNet(programs.text)) out.push({ dev, hook, filter: { ...PROGRAM, options: { bpf_name: name } } });
  return known(out, source);
}

const EBTABLES = ['filter', 'nat', 'broute'] as const;

/** Before the lines of what a tool keeps in nft. */
const IN_NFT = '# nft';
const saved = (text: string): readonly string[] => text.split('\n').map((l) => l.trim()).filter((l) => /^(\*|:|-A )/.test(l));

/** Legacy rules, and those that ebtables keeps in nft with matches which nft cannot print. */
function readEbtables(sections: Sections): DeepNet['ebtables'] {
  const legacy = readLegacyEbtables(sections);
  const nft = sections.get('ebtables nft');
  if (nft === undefined || !('value' in legacy)) return legacy;
  if (nft.status !== 0) return failure(nft, 'ebtables-save');
  const lines = saved(nft.text);
  return known([...legacy.value, IN_NFT, ...lines], 'ebtables-save');
}

function readLegacyEbtables(sections: Sections): DeepNet['ebtables'] {
  if (sections.has('ebtables modules')) return known([], '/proc/modules');
  const tool = sections.get('ebtables tool');
  if (tool !== undefined) return failure(tool, 'ebtables-legacy');
  // Bridges alone carry these tables; the script does not ask where there is none.
  if (!sections.has('ebtables filter')) return sections.has('ip') ? known([], 'ip -j -d link') : unknown('unsupported', 'ebtables-legacy -L');
  const out: string[] = [];
  for (const table of EBTABLES) {
    const s = sections.get(`ebtables ${table}`);
    if (s === undefined) return unknown('unsupported', `ebtables-legacy -t ${table} -L`);
    const t = parseEbtables(s.text);
    if ('failed' in t) return failure(s, `ebtables-legacy -t ${table} -L`);
    if ('rules' in t) out.push(...t.rules);
  }
  return known(out, 'ebtables-legacy -L');
}

function readArptables(sections: Sections): DeepNet['arptables'] {
  const legacy = readLegacyArptables(sections);
  const nft = sections.get('arptables nft');
  if (nft === undefined || !('value' in legacy)) return legacy;
  if (nft.status !== 0) return failure(nft, 'arptables-nft-save');
  return known([...legacy.value, IN_NFT, ...saved(nft.text)], 'arptables-nft-save');
}

function readLegacyArptables(sections: Sections): DeepNet['arptables'] {
  const names = sections.get('arpnames');
  const file = '/proc/net/arp_tables_names';
  // Without that file the kernel has no legacy ARP tables at all.
  if (names === undefined) return sections.has('ip') ? known([], file) : unknown('unsupported', file);
  if (names.status !== 0) return failure(names, file);
  if (!/^filter$/m.test(names.text)) return known([], file);
  const source = 'arptables-legacy -t filter -L -n -v';
  const s = sections.get('arptables');
  const t = s?.status === 0 ? parseArptables(s.text) : { failed: '' };
  if ('failed' in t) return failure(s, source);
  return known('rules' in t ? t.rules : [], source);
}

function inodeOf(sections: Sections): Reading<number> {
  const inode = /^net:\[(\d+)\]/.exec(sections.get('inode')?.text ?? '');
  return inode?.[1] === undefined ? unknown('unsupported', '/proc/self/ns/net') : known(Number(inode[1]), '/proc/self/ns/net');
}

/** Everything that the reading script said of one net namespace; `net` is its key. `linksOnly`: the rest was not asked. */
export function readNamespace(sections: Sections, net: string, linksOnly = false): DeepNet {
  const sysctl = sections.get('sysctl');
  const values = sysctl === undefined ? {} : parseSysctls(sysctl.text);
  const ip = readIp(sections, net);
  if (linksOnly) return { ...unreadNamespace('not-asked', net), inode: inodeOf(sections), ...ip };
  const bridges = 'value' in ip.links && ip.links.value.some((l) => l.iface.kind === 'bridge' || l.iface.port !== null);
  return {
    inode: inodeOf(sections),
    ...ip,
    nft: readNft(sections),
    tc: readTc(sections),
    ebtables: readEbtables(sections),
    arptables: readArptables(sections),
    sysctls: Object.keys(values).length === 0 ? unknown('unsupported', '/proc/sys/net') : known(values, '/proc/sys/net'),
    fdb: bridges || !('value' in ip.links) ? arrayOf(sections, 'fdb', 'bridge -j fdb show', parseFdb) : known([], ip.links.source),
  };
}

/** A namespace that could not be entered: each fact is unknown for the same reason. */
export function unreadNamespace(why: 'denied' | 'absent' | 'unsupported' | 'not-asked', net: string): DeepNet {
  const no = (source: string): Reading<never> => unknown(why, `${source} in ${net}`);
  return {
    inode: no('/proc/self/ns/net'), links: no('ip -j -d link'), neighbours: no('ip -j neigh'), neighbours6: no('ip -6 -j neigh'), policyRoutes: no('ip -j route'),
    nft: no('nft -j list ruleset'), tc: no('tc -j filter show'), ebtables: no('ebtables-legacy -L'), arptables: no('arptables-legacy -L'),
    sysctls: no('/proc/sys/net'), fdb: no('bridge -j fdb show'),
  };
}
