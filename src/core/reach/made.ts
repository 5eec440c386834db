import { valueOf } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import { answer, type Answer } from './answer.js';
import type { Host } from './host.js';

/** uid inside its user namespace; the reading is the host's view. */
export function uidInside(p: ProcessFacts): number | undefined {
  const uid = valueOf(p.uid);
  const map = valueOf(p.uidMap);
  if (uid === undefined) return undefined;
  const range = map?.find((m) => uid >= m.outside && uid < m.outside + m.length);
  return range === undefined ? uid : range.inside + (uid - range.outside);
}

/** The net namespace that a process is in, by its key; undefined where that was not read. */
export function netOf(p: ProcessFacts, host: Host): string | undefined {
  const inode = valueOf(p.namespaces.net);
  return inode === undefined || host.hostNet === undefined ? undefined : inode === host.hostNet ? 'host' : `net:${inode}`;
}

const isAbove = (upper: number, lower: number, host: Host): boolean | undefined => (upper === host.userNs ? true : host.isAbove(upper, lower));

/** Whether the rights of the first count over what the second holds: one user namespace, or one above. */
export function stands(p: ProcessFacts, q: ProcessFacts, host: Host): 'same' | 'above' | 'no' | 'unread' {
  const [mine, theirs] = [valueOf(p.namespaces.user), valueOf(q.namespaces.user)];
  if (mine === undefined || theirs === undefined) {
    const first = (x: ProcessFacts): boolean => valueOf(x.uidMap)?.some((m) => m.outside === 0 && m.length === 4294967295) === true;
    return first(p) ? (first(q) ? 'same' : 'above') : 'unread';
  }
  if (mine === theirs) return 'same';
  const higher = isAbove(mine, theirs, host);
  return higher === undefined ? 'unread' : higher ? 'above' : 'no';
}

/**
 * Whether a process has every capability in a user namespace below its own, whatever it holds itself: so has who made it, and
 * everybody above with that one's uid (cap_capable in security/commoncap.c). The uid is not read. An engine makes its containers'
 * as root; a user who makes one has the own uid in its map.
 */
export function rules(p: ProcessFacts, below: readonly ProcessFacts[]): Answer {
  const uid = valueOf(p.uid);
  const root = uidInside(p) === 0;
  const may = root || uid === undefined || below.some((q) => valueOf(q.uidMap)?.some((m) => m.outside === uid) === true);
  const why = 'Who made a user namespace, and whoever in the one above has the same uid, has every capability in it without holding one (user_namespaces(7)).';
  const steps: Answer['steps'] = () => [{ link: 'send', step: `${p.comm} (pid ${p.pid}) rules the user namespace below its own`, holds: may ? 'unknown' : 'no', reading: p.uid, why }];
  if (!may) return answer('shut', 'another user made that user namespace', steps);
  return answer('open', 'rules the user namespace below', steps, [`another user than ${root ? 'root' : `uid ${uid ?? '?'}`} made the user namespace below its own (not read)`]);
}

/** The same for a net namespace that belongs to a user namespace below; undefined where it does not, or nothing tells of one. */
export function rulesNet(p: ProcessFacts, net: string | null, host: Host): Answer | undefined {
  const mine = valueOf(p.namespaces.user);
  const owner = valueOf(host.ownerOf(net));
  if (net === null || net === 'host' || (owner !== undefined && (owner === mine || owner === host.userNs))) return undefined;
  const there = host.inNet.get(net)?.flatMap((w) => w.processes) ?? [];
  if (mine !== undefined && owner !== undefined) return isAbove(mine, owner, host) === true ? rules(p, there.filter((q) => valueOf(q.namespaces.user) === owner)) : undefined;
  const below = there.filter((q) => stands(p, q, host) === 'above');
  return below.length === 0 ? undefined : rules(p, below);
}
