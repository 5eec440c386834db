import type { Note } from '../../../core/model/snapshot.js';
import { known, unknown, valueOf, type Reading } from '../../../core/model/reading.js';
import type { Endpoint, NetInterface, NetKey, NetNamespace, Route } from '../../../core/model/network.js';
import { endpointsOf, kernelEndpoints, type NetSight } from '../../../core/parse/net-endpoints.js';
import { readNamespace, unreadNamespace, type DeepNet } from '../../../core/parse/net-namespace.js';
import { joinPeers, type Linked } from '../../../core/parse/net-peers.js';
import { parseArp, parseDevNames, parseIndices, parseInet6, parseLocalAddresses, parseRoutes, parseRoutes6 } from '../../../core/parse/net-proc.js';
import { segmentsOf } from '../../../core/parse/net-segments.js';
import { shallowInterfaces, type ShallowNet } from '../../../core/parse/net-shallow.js';
import type { NetToRead, WireInput, WireRead } from '../parts.js';
import { readFile } from './files.js';
import { heldOf, heldNet } from './held.js';
import { inTurns } from './turns.js';
import { askNet, mayEnter, type Ran } from './script.js';
import { readListed, withHolders, type Listed } from './sockets.js';

export { readTables, type TableReader, type Tables } from './tables.js';

export { readConnections } from './connections.js';

/** The host's net and those in which this engine's containers are. */
function oursOf(input: WireInput): ReadonlySet<NetKey> {
  const ids = new Set(input.containers.map((c) => c.id));
  return new Set(['host', ...input.nets.filter((n) => n.of.some((id) => ids.has(id))).map((n) => n.key)]);
}

/** What children read, by net namespace. A read remembers its own, so that the next one can take it over. */
type Cache = Map<NetKey, DeepNet>;
type Shallow = ShallowNet & { readonly dir: string; readonly brief: boolean; readonly allRoutes: Reading<readonly Route[]> };
type Sockets = ReadonlyMap<NetKey, NonNullable<NetNamespace['sockets']>>;
const remembered = new WeakMap<WireRead, { readonly deep: Cache; readonly shallow: ReadonlyMap<NetKey, Shallow>; readonly sockets: Sockets; readonly held: ReadonlyMap<NetKey, DeepNet> }>();

/** Begins to ask for the host's links, for a quick read that comes soon: meanwhile the engine is asked. */
export function askHostLinks(proc: string): Promise<Ran> {
  return askNet(null, proc, 'links');
}

const isHost = (n: NetToRead): boolean => n.key === 'host';

/**
 * Fills the cache. `full`: what was touched, what is missing and the host are asked anew. `quick`: the host's links only
 * (one child, some ms), and only where nothing is known; the rest stays not asked until a full read.
 */
async function askAll(input: WireInput, nets: readonly NetToRead[], enters: (n: NetToRead) => boolean, notes: Note[]): Promise<{ readonly cache: Cache; readonly left: readonly NetKey[]; readonly asked: ReadonlySet<NetKey> }> {
  const before = input.previous === undefined ? undefined : remembered.get(input.previous)?.deep;
  const cache: Cache = new Map();
  const quick = input.depth !== undefined && input.depth !== 'full';
  const stale = (key: NetKey): boolean => input.touched === undefined || input.touched.has(key);
  const wanted: NetToRead[] = [];
  const failed: NetToRead[] = [];
  for (const n of nets) {
    const has = before?.get(n.key);
    if (has !== undefined && (quick || !stale(n.key))) {
      cache.set(n.key, has);
      if (!quick && !isHost(n) && enters(n) && !('value' in has.inode)) failed.push(n);
    } else if (isHost(n) || (!quick && enters(n))) wanted.push(n);
  }
  // The host first: its links are what the others are joined to. What failed before is tried again where there is room.
  wanted.sort((x, y) => Number(isHost(y)) - Number(isHost(x)));
  const most = input.most ?? Number.POSITIVE_INFINITY;
  const left = wanted.slice(most).map((n) => n.key);
  for (const key of left) {
    const has = before?.get(key);
    if (has !== undefined) cache.set(key, has);
  }
  const now = [...wanted, ...failed].slice(0, most);
  await inTurns(now, async (n) => {
    const begun = n.pid === null && quick ? input.hostLinks : undefined;
    const answer = await (begun ?? askNet(n.pid, input.roots.proc, quick ? 'links' : 'all'));
    if ('failed' in answer) {
      cache.set(n.key, unreadNamespace(answer.failed, n.key));
      if (isHost(n)) notes.push({ about: n.key, text: `The host's network could not be listed: ${answer.text}` });
      return;
    }
    const net = readNamespace(answer.sections, n.key, quick);
    const inode = valueOf(net.inode);
    // The pid may have been given to another process between the kernel's pass and this one.
    if (n.key.startsWith('net:') && inode !== undefined && n.key !== `net:${inode}`) {
      cache.set(n.key, unreadNamespace('absent', n.key));
      notes.push({ about: n.key, text: `Process ${n.pid} is in another net namespace than a moment ago; nothing was taken from there.` });
    } else cache.set(n.key, net);
  });
  return { cache, left, asked: new Set(now.map((n) => n.key)) };
}

/**
 * Open sockets by which one can send: with a full reading all of them (of a limited one those that are asked now), else what
 * was known; without rights, where no child is started, what is new or was touched as well.
 */
function readSockets(input: WireInput, shallow: ReadonlyMap<NetKey, Shallow>, asked: ReadonlySet<NetKey>): Sockets {
  const before = input.previous === undefined ? undefined : remembered.get(input.previous)?.sockets;
  const full = input.depth === undefined || input.depth === 'full';
  const anew = (key: NetKey, has: boolean): boolean => (full ? !has || input.most === undefined || asked.has(key) : process.getuid?.() !== 0 && (!has || input.touched?.has(key) === true));
  const listed = new Map<NetKey, Listed>();
  const out = new Map<NetKey, NonNullable<NetNamespace['sockets']>>();
  for (const [key, { dir }] of shallow) {
    const has = before?.get(key);
    const known_ = has !== undefined && ('value' in has || has.unknown !== 'not-asked');
    if (anew(key, known_)) listed.set(key, readListed(dir));
    else out.set(key, has ?? unknown('not-asked', `${dir}/protocols`));
  }
  const lived = new Set(input.nets.filter((n) => n.of.some((id) => id !== 'host')).map((n) => n.key));
  const open = [...listed.values()].some((l) => 'value' in l && l.value.length > 0);
  for (const [key, sockets] of withHolders(input.roots.proc, listed, open ? input.people?.() : undefined, (key) => lived.has(key))) out.set(key, sockets);
  return out;
}

/** `brief`: only what tells the plugs apart; children will tell the rest. */
function readShallow(dir: string, brief: boolean): Shallow {
  const indices = readFile(`${dir}/igmp`, parseIndices);
  if (brief) {
    const later = unknown('not-asked', `${dir}/route`);
    const names = 'value' in indices ? known([...indices.value.keys()], indices.source) : indices;
    return { dir, brief, names, indices, addresses: later, addresses6: later, routes: later, allRoutes: later };
  }
  const routes = readFile(`${dir}/route`, parseRoutes);
  const routes6 = readFile(`${dir}/ipv6_route`, parseRoutes6);
  return {
    dir,
    brief,
    names: readFile(`${dir}/dev`, parseDevNames),
    indices,
    addresses: readFile(`${dir}/fib_trie`, parseLocalAddresses),
    addresses6: readFile(`${dir}/if_inet6`, parseInet6),
    routes,
    allRoutes: 'value' in routes && 'value' in routes6 ? known([...routes.value, ...routes6.value], routes.source) : routes,
  };
}

/** What files tell of each namespace; of those that nothing touched, what they told before. */
function readAllShallow(input: WireInput, nets: readonly NetToRead[], brief: boolean): ReadonlyMap<NetKey, Shallow> {
  const before = input.previous === undefined || input.touched === undefined ? undefined : remembered.get(input.previous)?.shallow;
  return new Map(
    nets.map((n) => {
      const dir = n.pid === null ? `${input.roots.proc}/self/net` : `${input.roots.proc}/${n.pid}/net`;
      const has = before?.get(n.key);
      // The host's own, long where many are plugged in, are read again with the depth that follows.
      const untouched = isHost(n) ? input.depth === 'touched' : input.touched?.has(n.key) === false;
      const holds = has !== undefined && has.dir === dir && untouched && (brief || !has.brief);
      return [n.key, holds ? has : readShallow(dir, brief && !isHost(n))];
    }),
  );
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
    key: n.key, of: n.of, inode: no, ownerUserNs: no, neighbours: no, neighbours6: no, routes: no, sysctls: no, nft: no, ebtables: no, arptables: no, tc: no, fdb: no, sockets: no,
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
  const privileged = process.getuid?.() === 0;
  const notes: Note[] = [];
  const nets = input.nets.some((n) => n.key === 'host') ? input.nets : [{ key: 'host', pid: null, of: ['host'] }, ...input.nets];
  const entered = new Map<NetKey, boolean>();
  const enters = (n: NetToRead): boolean => {
    let may = entered.get(n.key);
    if (may === undefined) entered.set(n.key, (may = n.pid === null || mayEnter(n.pid, input.roots.proc)));
    return may;
  };
  const { cache, left, asked } = await askAll(input, nets, enters, notes);

  const hostLinks = linksOf(cache.get('host'));
  const links: Linked[] = [...hostLinks];
  const shallow = readAllShallow(input, nets, privileged && input.depth !== undefined && input.depth !== 'full');
  for (const n of nets) {
    const s = shallow.get(n.key);
    if (n.key === 'host' || s === undefined) continue;
    const deep = cache.get(n.key);
    links.push(...(deep !== undefined && 'value' in deep.links ? deep.links.value : shallowInterfaces(n.key, s, hostLinks, enters(n) ? 'not-asked' : 'denied')));
  }
  const sockets = readSockets(input, shallow, asked);
  const near = joinPeers(links, oursOf(input));
  const held = await heldOf(input, links, near, asked, input.previous === undefined ? undefined : remembered.get(input.previous)?.held);
  for (const deep of held.values()) links.push(...linksOf(deep));
  const interfaces = held.size === 0 ? near : joinPeers(links, oursOf(input));
  const byId = new Map(interfaces.map((i) => [i.id, i]));
  const segments = segmentsOf(input.networks, interfaces);
  const byNet = groupByNet(interfaces);

  const endpoints = new Map<string, readonly Endpoint[]>();
  const spoken = new Map(input.containers.map((c) => [c.id, c]));
  for (const n of nets) {
    const s = shallow.get(n.key);
    const sight: NetSight = {
      key: n.key,
      interfaces: byNet.get(n.key) ?? [],
      routes: s?.routes ?? unknown('absent', '/proc'),
      why: enters(n) ? unknown('absent', 'ip -j -d link') : unknown('denied', `/proc/${n.pid ?? 'self'}/ns/net`),
    };
    if (n.key === 'host') {
      for (const id of n.of) if (id !== 'host') endpoints.set(id, []);
      continue;
    }
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
    if (endpoints.has(c.id)) continue;
    const stopped = unknown('absent', 'no process runs');
    endpoints.set(c.id, endpointsOf(c.endpoints, segments, { key: '', interfaces: [], routes: stopped, why: stopped }, byId));
  }
  shareEndpoints(input, endpoints);

  const read = nets.map((n): NetNamespace => {
    const s = shallow.get(n.key);
    const d = cache.get(n.key) ?? unreadNamespace(isHost(n) || enters(n) ? 'not-asked' : 'denied', n.key);
    const arp = input.neighbours?.get(n.key) ?? readFile(`${s?.dir ?? input.roots.proc}/arp`, parseArp);
    return {
      key: n.key, of: n.of,
      inode: d.inode,
      ownerUserNs: unknown('not-asked', `ns_get_userns of ${n.key}`),
      neighbours: 'value' in arp ? withNoArp(arp, d.neighbours) : d.neighbours, neighbours6: d.neighbours6,
      routes: withPolicy(s?.allRoutes ?? unknown('absent', '/proc'), d.policyRoutes), sysctls: d.sysctls, nft: d.nft, ebtables: d.ebtables, arptables: d.arptables, tc: d.tc, fdb: d.fdb,
      sockets: sockets.get(n.key) ?? unknown('absent', '/proc'),
    };
  });
  for (const [key, deep] of held) read.push(heldNet(key, deep));
  const out: WireRead = { segments, interfaces, nets: read, endpoints, notes, left };
  remembered.set(out, { deep: cache, shallow, sockets, held });
  return out;
}

/** /proc/net/route has the main table alone. */
function withPolicy(routes: NetNamespace['routes'], policy: DeepNet['policyRoutes']): NetNamespace['routes'] {
  const more = valueOf(policy) ?? [];
  return more.length === 0 || !('value' in routes) ? routes : known([...routes.value, ...more], routes.source);
}

/** /proc/net/arp leaves NOARP entries out, which no frame changes: they are taken from what was read in depth. */
function withNoArp(arp: NetNamespace['neighbours'], deep: NetNamespace['neighbours']): NetNamespace['neighbours'] {
  const fixed = valueOf(deep)?.filter((e) => e.state === 'NOARP') ?? [];
  if (fixed.length === 0 || !('value' in arp)) return arp;
  return known([...arp.value.filter((e) => !fixed.some((x) => x.ip === e.ip && x.dev === e.dev)), ...fixed], arp.source);
}

/** The host's numbers for other net namespaces (`link_netnsid`), by what hangs at the other end of its links. */
export function numbersOf(read: WireRead): ReadonlyMap<number, NetKey> {
  const peers = new Map(read.interfaces.filter((i) => i.net === 'host').map((i) => [i.id, valueOf(i.peer)]));
  const out = new Map<number, NetKey>();
  for (const { iface, netnsId } of linksOf(remembered.get(read)?.deep.get('host'))) {
    const peer = peers.get(iface.id);
    if (netnsId !== null && peer !== undefined && peer.includes('/')) out.set(netnsId, peer.slice(0, peer.lastIndexOf('/')));
  }
  return out;
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
