import type { KernelProof, Note } from '../../../core/model/snapshot.js';
import { known, unknown, valueOf, type Reading } from '../../../core/model/reading.js';
import type { Endpoint, NetInterface, NetKey, NetNamespace, Neighbour, Route, Segment } from '../../../core/model/network.js';
import { endpointsOf, kernelEndpoints, type EndpointWord, type NetSight } from '../../../core/parse/net-endpoints.js';
import { readNamespace, unreadNamespace, type DeepNet } from '../../../core/parse/net-namespace.js';
import { joinPeers, type Linked } from '../../../core/parse/net-peers.js';
import { parseArp, parseDevNames, parseIndices, parseInet6, parseLocalAddresses, parseRoutes, parseRoutes6 } from '../../../core/parse/net-proc.js';
import { segmentsOf, type NetworkWord } from '../../../core/parse/net-segments.js';
import { shallowInterfaces, type ShallowNet } from '../../../core/parse/net-shallow.js';
import { readFile } from './files.js';
import { askNet } from './script.js';

export { readTables, type TableReader } from './tables.js';

/** A net namespace to read. `pid`: a process in it; null for the one that Bulkhead itself runs in. `of`: ids of the workloads in it. */
export interface NetInput {
  readonly key: NetKey;
  readonly pid: number | null;
  readonly of: readonly string[];
  /** Inode where it is known, so that a pid that was given to another process in between is noticed. */
  readonly inode?: number | null;
}

export interface WireInput {
  /** Where /proc and /sys are mounted. */
  readonly roots: { readonly proc: string; readonly sys: string };
  /** With or without the host's (`host`), which is added where the kernel is the engine's. */
  readonly nets: readonly NetInput[];
  readonly networks: readonly NetworkWord[];
  /** What the engine says of each container's plugs. */
  readonly containers: readonly { readonly id: string; readonly name: string; readonly net: NetKey | null; readonly endpoints: readonly EndpointWord[] }[];
  readonly proof: KernelProof;
  /** Whether children may enter other namespaces: this process is root. Default: asked of the process. */
  readonly privileged?: boolean;
  /** What earlier passes read by children; the same object is given to each pass. */
  readonly cache?: WireCache;
  /**
   * Which namespaces are asked by a child (about 10 ms each): `missing` (default) those not in the cache,
   * `none`, `all`, or those missing and these keys besides.
   */
  readonly deep?: 'missing' | 'none' | 'all' | readonly NetKey[];
}

/** What children read, by net namespace, kept from pass to pass. */
export type WireCache = Map<NetKey, { readonly pid: number | null; readonly net: DeepNet }>;

export interface WireRead {
  readonly segments: readonly Segment[];
  readonly interfaces: readonly NetInterface[];
  readonly nets: readonly NetNamespace[];
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  readonly notes: readonly Note[];
}

/** Children at a time: more only wait for each other on a small machine. */
const AT_ONCE = 4;

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}

async function askAll(input: WireInput, nets: readonly NetInput[], privileged: boolean, cache: WireCache, notes: Note[]): Promise<void> {
  for (const key of cache.keys()) if (!nets.some((n) => n.key === key)) cache.delete(key);
  const deep = input.deep ?? 'missing';
  const wanted = nets.filter((n) => {
    if (deep === 'none' || (n.pid !== null && !privileged)) return false;
    const has = cache.get(n.key);
    return deep === 'all' || has === undefined || (typeof deep !== 'string' && deep.includes(n.key));
  });
  // The host first: its links are what the others are joined to, and its rules matter most.
  wanted.sort((a, b) => Number(b.pid === null) - Number(a.pid === null));
  await inTurns(wanted, async (n) => {
    const answer = await askNet(n.pid, input.roots.proc);
    if ('failed' in answer) {
      cache.set(n.key, { pid: n.pid, net: unreadNamespace(answer.failed, n.key) });
      if (n.pid === null) notes.push({ about: n.key, text: `The host's network could not be listed: ${answer.text}` });
      return;
    }
    const net = readNamespace(answer.sections, n.key);
    const inode = valueOf(net.inode);
    const other = n.inode !== undefined && n.inode !== null && inode !== undefined && inode !== n.inode;
    if (other) notes.push({ about: n.key, text: `Process ${n.pid} was in another net namespace than before when it was entered; nothing was taken from it.` });
    else cache.set(n.key, { pid: n.pid, net });
  });
}

function readShallow(dir: string): ShallowNet & { readonly arp: Reading<readonly Neighbour[]>; readonly allRoutes: Reading<readonly Route[]> } {
  const routes = readFile(`${dir}/route`, parseRoutes);
  const routes6 = readFile(`${dir}/ipv6_route`, parseRoutes6);
  return {
    names: readFile(`${dir}/dev`, parseDevNames),
    indices: readFile(`${dir}/igmp`, parseIndices),
    addresses: readFile(`${dir}/fib_trie`, parseLocalAddresses),
    addresses6: readFile(`${dir}/if_inet6`, parseInet6),
    routes,
    allRoutes: 'value' in routes && 'value' in routes6 ? known([...routes.value, ...routes6.value], routes.source) : routes,
    arp: readFile(`${dir}/arp`, parseArp),
  };
}

/** States of `ip -j neigh` for entries of /proc/net/arp that still say the same; /proc is newer, but tells only PERMANENT. */
function withStates(arp: Reading<readonly Neighbour[]>, listed: Reading<readonly Neighbour[]>): Reading<readonly Neighbour[]> {
  if (!('value' in arp)) return 'value' in listed ? listed : arp;
  if (!('value' in listed)) return arp;
  const states = new Map(listed.value.map((n) => [`${n.dev} ${n.ip} ${n.mac}`, n.state]));
  return known(arp.value.map((n) => ({ ...n, state: states.get(`${n.dev} ${n.ip} ${n.mac}`) ?? n.state })), arp.source);
}

function foreign(input: WireInput, why: string): WireRead {
  const source = `kernel: ${why}`;
  const segments = segmentsOf(input.networks, []);
  const endpoints = new Map<string, readonly Endpoint[]>();
  const no = unknown('unsupported', source);
  const sight: NetSight = { key: '', interfaces: [], routes: no, why: no };
  for (const c of input.containers) endpoints.set(c.id, endpointsOf(c.endpoints, segments, sight, new Map()));
  shareEndpoints(input, endpoints);
  const nets = input.nets.map((n): NetNamespace => ({
    key: n.key, of: n.of, inode: no, ownerUserNs: no, neighbours: no, neighbours6: no, routes: no, sysctls: no, nft: no, ebtables: no, arptables: no, tc: no, fdb: no,
  }));
  return { segments, interfaces: [], nets, endpoints, notes: [] };
}

/** Who shares a net namespace is plugged in where its donor is. */
function shareEndpoints(input: WireInput, endpoints: Map<string, readonly Endpoint[]>): void {
  for (const n of input.nets) {
    if (n.key === 'host') continue;
    const all: Endpoint[] = [];
    for (const id of n.of) {
      for (const e of endpoints.get(id) ?? []) {
        if (!all.some((x) => x.segment === e.segment && valueOf(x.interface) === valueOf(e.interface) && valueOf(x.ipv4) === valueOf(e.ipv4))) all.push(e);
      }
    }
    for (const id of n.of) endpoints.set(id, all);
  }
}

/**
 * Reads everything of the network: the engine's words, each net namespace's tables under /proc (anybody may),
 * and by children what needs entering (root). Facts that stay unread are unknown with the reason; never throws.
 */
export async function readWire(input: WireInput): Promise<WireRead> {
  if (input.proof.kind !== 'proved') return foreign(input, input.proof.why);
  const privileged = input.privileged ?? process.getuid?.() === 0;
  const notes: Note[] = [];
  const cache: WireCache = input.cache ?? new Map();
  const nets = input.nets.some((n) => n.key === 'host') ? input.nets : [{ key: 'host', pid: null, of: ['host'] }, ...input.nets];
  const own = nets.map((n) => (n.key === 'host' ? { ...n, pid: null } : n));
  await askAll(input, own, privileged, cache, notes);

  const hostLinks = linksOf(cache.get('host')?.net);
  const links: Linked[] = [...hostLinks];
  const shallow = new Map<NetKey, ReturnType<typeof readShallow>>();
  for (const n of own) {
    const s = readShallow(n.pid === null ? `${input.roots.proc}/self/net` : `${input.roots.proc}/${n.pid}/net`);
    shallow.set(n.key, s);
    if (n.key === 'host') continue;
    const entered = cache.get(n.key)?.net;
    links.push(...(entered !== undefined && 'value' in entered.links ? entered.links.value : shallowInterfaces(n.key, s, hostLinks, privileged ? 'not-asked' : 'denied')));
  }
  const interfaces = joinPeers(links);
  const byId = new Map(interfaces.map((i) => [i.id, i]));
  const segments = segmentsOf(input.networks, interfaces);
  const byNet = groupByNet(interfaces);

  const endpoints = new Map<string, readonly Endpoint[]>();
  const spoken = new Map(input.containers.map((c) => [c.id, c]));
  for (const n of own) {
    const s = shallow.get(n.key);
    const sight: NetSight = {
      key: n.key,
      interfaces: byNet.get(n.key) ?? [],
      routes: s?.routes ?? unknown('absent', '/proc'),
      why: privileged ? unknown('absent', 'ip -j -d link') : unknown('denied', `/proc/${n.pid ?? 'self'}/ns/net`),
    };
    if (n.key === 'host') continue;
    const named = new Set<string>();
    for (const id of n.of) {
      const list = endpointsOf(spoken.get(id)?.endpoints ?? [], segments, sight, byId);
      for (const e of list) named.add(valueOf(e.interface) ?? '');
      endpoints.set(id, list);
    }
    const more = kernelEndpoints(segments, sight, byId, named);
    const first = n.of[0];
    if (first !== undefined && more.length > 0) endpoints.set(first, [...(endpoints.get(first) ?? []), ...more]);
  }
  for (const c of input.containers) {
    if (endpoints.has(c.id) || c.net === 'host') continue;
    const stopped = unknown('absent', 'no process runs');
    endpoints.set(c.id, endpointsOf(c.endpoints, segments, { key: '', interfaces: [], routes: stopped, why: stopped }, byId));
  }
  shareEndpoints(input, endpoints);

  const read = own.map((n): NetNamespace => {
    const s = shallow.get(n.key);
    const d = cache.get(n.key)?.net ?? unreadNamespace(privileged || n.pid === null ? 'not-asked' : 'denied', n.key);
    const arp = s?.arp ?? unknown('absent', '/proc');
    return {
      key: n.key, of: n.of,
      inode: n.inode !== undefined && n.inode !== null ? known(n.inode, `/proc/${n.pid ?? 'self'}/ns/net`) : d.inode,
      ownerUserNs: unknown('not-asked', `ns_get_userns of ${n.key}`),
      neighbours: withStates(arp, d.neighbours), neighbours6: d.neighbours6,
      routes: s?.allRoutes ?? unknown('absent', '/proc'), sysctls: d.sysctls, nft: d.nft, ebtables: d.ebtables, arptables: d.arptables, tc: d.tc, fdb: d.fdb,
    };
  });
  return { segments, interfaces, nets: read, endpoints, notes };
}

const linksOf = (net: DeepNet | undefined): readonly Linked[] => (net !== undefined && 'value' in net.links ? net.links.value : []);

function groupByNet(interfaces: readonly NetInterface[]): Map<string, NetInterface[]> {
  const out = new Map<string, NetInterface[]>();
  for (const i of interfaces) {
    const list = out.get(i.net);
    if (list === undefined) out.set(i.net, [i]);
    else list.push(i);
  }
  return out;
}
