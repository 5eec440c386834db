import { known, valueOf } from '../model/reading.js';
import type { NetInterface } from '../model/network.js';

/** An interface with what the kernel says of its other end: the index there, and this namespace's number for that namespace. */
export interface Linked {
  readonly iface: NetInterface;
  /** `iflink`: the index of the other end, null where there is none. */
  readonly otherIndex: number | null;
  /** `link_netnsid`; null where the other end is in the same namespace or where it was not read. */
  readonly netnsId: number | null;
}

const pairs = (kind: NetInterface['kind']): boolean => kind === 'veth';
const stacked = (kind: NetInterface['kind']): boolean => kind === 'macvlan' || kind === 'macvtap' || kind === 'ipvlan' || kind === 'vlan';

/** Whether `b` can be the other end of `a`: the indices of a veth pair name each other; a stacked device names its lower one. */
function fits(a: Linked, b: Linked): boolean {
  if (a.iface.id === b.iface.id || a.otherIndex !== valueOf(b.iface.index)) return false;
  if (a.netnsId !== null && a.iface.net === b.iface.net) return false;
  // An end that is named is in the same namespace, and no other's index is meant.
  const named = (one: Linked, other: Linked): boolean => valueOf(one.iface.peer)?.includes('/') === true && valueOf(one.iface.peer) !== other.iface.id;
  if (named(a, b) || (pairs(a.iface.kind) && named(b, a))) return false;
  if (pairs(a.iface.kind)) return pairs(b.iface.kind) && (b.otherIndex === null || b.otherIndex === valueOf(a.iface.index));
  return stacked(a.iface.kind) && !stacked(b.iface.kind) ? true : stacked(a.iface.kind);
}

/**
 * Finds the other ends of veths and the lower devices of macvlan, ipvlan and vlan across net namespaces.
 * An index names an interface only within its namespace, so several may fit: a namespace's number for
 * another is the same for all its links, and a veth has one peer. Where that leaves several, as with two engines
 * side by side that number alike, the pair within `ours` (the host's net and those of this engine's containers) is
 * meant: a veth that this engine made has both ends there, and a stacked device its lower one, the host's of several. What stays ambiguous is left as `index:<n>`.
 */
export function joinPeers(links: readonly Linked[], ours: ReadonlySet<string> = new Set()): readonly NetInterface[] {
  const byIndex = new Map<number, Linked[]>();
  for (const l of links) {
    const index = valueOf(l.iface.index);
    if (index !== undefined) byIndex.set(index, [...(byIndex.get(index) ?? []), l]);
  }
  const open = links.filter((l) => l.otherIndex !== null && (pairs(l.iface.kind) || stacked(l.iface.kind)));
  const candidates = new Map<Linked, Linked[]>();
  for (const l of open) candidates.set(l, (byIndex.get(l.otherIndex ?? -1) ?? []).filter((other) => fits(l, other)));

  const where = new Map<string, Set<string>>();
  for (const l of open) {
    if (l.netnsId === null) continue;
    const key = `${l.iface.net}#${l.netnsId}`;
    const nets = new Set((candidates.get(l) ?? []).map((c) => c.iface.net));
    if (nets.size === 0) continue;
    const before = where.get(key);
    where.set(key, before === undefined ? nets : new Set([...before].filter((n) => nets.has(n))));
  }
  for (const l of open) {
    const nets = l.netnsId === null ? undefined : where.get(`${l.iface.net}#${l.netnsId}`);
    if (nets !== undefined && nets.size > 0) candidates.set(l, (candidates.get(l) ?? []).filter((c) => nets.has(c.iface.net)));
  }

  const found = new Map<Linked, Linked>();
  const taken = new Set<Linked>();
  const free = (l: Linked): readonly Linked[] => (candidates.get(l) ?? []).filter((c) => !pairs(l.iface.kind) || !taken.has(c));
  const settle = (): void => {
    for (let again = true; again; ) {
      again = false;
      for (const l of open) {
        if (found.has(l)) continue;
        const [only, ...more] = free(l);
        if (only === undefined || more.length > 0) continue;
        if (pairs(l.iface.kind)) {
          // Both ends must mean each other: of two that name one, neither is known to be its peer.
          if (candidates.has(only) && free(only).length !== 1) continue;
          taken.add(only);
          taken.add(l);
          found.set(only, l);
        }
        found.set(l, only);
        again = true;
      }
    }
  };
  settle();
  for (const l of open) {
    const near = (candidates.get(l) ?? []).filter((c) => ours.has(c.iface.net) && !taken.has(c));
    if (found.has(l) || !ours.has(l.iface.net)) continue;
    // What a container has on a device of another namespace was stacked on one of the host's.
    const hosts = pairs(l.iface.kind) || near.length < 2 ? near : near.filter((c) => c.iface.net === 'host');
    if (hosts.length === 1) candidates.set(l, hosts);
  }
  settle();
  return links.map((l) => {
    const other = found.get(l);
    const source = valueOf(l.iface.peer) === undefined ? l.iface.index.source : l.iface.peer.source;
    return other === undefined ? l.iface : { ...l.iface, peer: known(other.iface.id, source) };
  });
}
