import type { NetInterface } from '../model/network.js';
import { valueOf } from '../model/reading.js';

/** The interfaces of a snapshot, found by what they are asked for. */
export interface Indexed {
  /** The list that this is of. */
  of: readonly NetInterface[];
  readonly interfaces: Map<string, NetInterface>;
  /** In the order of the list. */
  readonly byNet: Map<string, NetInterface[]>;
  /** What is stacked on an interface (vlan, macvlan …), by its id; in the order of the list. */
  readonly uppers: Map<string, NetInterface[]>;
}

/** A list of another length or order than this far on is looked up anew. */
const AHEAD = 8;

const lowerOf = (i: NetInterface): string | undefined => (i.kind === 'veth' ? undefined : valueOf(i.peer));

function put(map: Map<string, NetInterface[]>, key: string, i: NetInterface): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [i]);
  else list.push(i);
}

export function indexed(of: readonly NetInterface[]): Indexed {
  const index: Indexed = { of, interfaces: new Map(), byNet: new Map(), uppers: new Map() };
  for (const i of of) {
    index.interfaces.set(i.id, i);
    put(index.byNet, i.net, i);
    const lower = lowerOf(i);
    if (lower !== undefined) put(index.uppers, lower, i);
  }
  return index;
}

/** What left and what came between two lists that are nearly the same; null where they are not. */
function between(before: readonly NetInterface[], now: readonly NetInterface[]): { readonly left: readonly NetInterface[]; readonly came: readonly NetInterface[] } | null {
  const left: NetInterface[] = [];
  const came: NetInterface[] = [];
  let at = 0;
  for (let n = 0; n < now.length || at < before.length; ) {
    const [old, fresh] = [before[at], now[n]];
    if (old === fresh) {
      at += 1;
      n += 1;
      continue;
    }
    const gone = fresh === undefined ? before.length - at : before.slice(at, at + AHEAD).indexOf(fresh);
    const added = old === undefined ? now.length - n : now.slice(n, n + AHEAD).indexOf(old);
    if (gone > 0 && (added <= 0 || gone <= added)) for (const end = at + gone; at < end; at++) left.push(before[at] as NetInterface);
    else if (added > 0) for (const end = n + added; n < end; n++) came.push(now[n] as NetInterface);
    // One in the place of another.
    else if (old !== undefined && fresh !== undefined && old.id === fresh.id) {
      left.push(old);
      came.push(fresh);
      at += 1;
      n += 1;
    } else return null;
    if (left.length + came.length > 64) return null;
  }
  return { left, came };
}

/**
 * The same for the next list, made of the last one's, which is used up: of a thousand containers one came or went, and
 * looking all of them up again is what an update would cost.
 */
export function indexedNext(index: Indexed, of: readonly NetInterface[]): Indexed {
  if (index.of === of) return index;
  const change = between(index.of, of);
  if (change === null) return indexed(of);
  const { left, came } = change;
  const [nets, lowers] = [new Set<string>(), new Set<string>()];
  for (const i of left) index.interfaces.delete(i.id);
  for (const i of came) index.interfaces.set(i.id, i);
  for (const i of [...left, ...came]) {
    nets.add(i.net);
    const lower = lowerOf(i);
    if (lower !== undefined) lowers.add(lower);
  }
  for (const net of nets) index.byNet.delete(net);
  for (const lower of lowers) index.uppers.delete(lower);
  for (const i of of) {
    if (nets.has(i.net)) put(index.byNet, i.net, i);
    const lower = lowers.size === 0 ? undefined : lowerOf(i);
    if (lower !== undefined && lowers.has(lower)) put(index.uppers, lower, i);
  }
  index.of = of;
  return index;
}
