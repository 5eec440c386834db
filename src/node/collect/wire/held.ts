import { statSync } from 'node:fs';
import { unknown, valueOf } from '../../../core/model/reading.js';
import type { NetInterface, NetKey, NetNamespace } from '../../../core/model/network.js';
import { readNamespace, type DeepNet } from '../../../core/parse/net-namespace.js';
import type { Linked } from '../../../core/parse/net-peers.js';
import type { WireInput } from '../parts.js';
import { askNet } from './script.js';
import { inTurns } from './turns.js';

/** Of net namespaces that only a file holds, more are not entered. */
const MOST_HELD = 16;

const inodeOf = (path: string): number | undefined => {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
};

/** Where a file is that holds a namespace: as it was told, or, of a mount that this process's own mount namespace lacks, in that of kthreadd or the first process. */
function reached(path: string, inode: number, proc: string): string | undefined {
  return [path, `${proc}/2/root${path}`, `${proc}/1/root${path}`].find((one) => inodeOf(one) === inode);
}

/**
 * What is in net namespaces that no process is in (`ip netns add`), where a veth of those that were read leads to one that was
 * not: a bridge there may join two of the host's, or be where a container is plugged in. Asked with the host (root); else `before`.
 */
export async function heldOf(input: WireInput, links: readonly Linked[], joined: readonly NetInterface[], asked: ReadonlySet<NetKey>, before: ReadonlyMap<NetKey, DeepNet> | undefined): Promise<ReadonlyMap<NetKey, DeepNet>> {
  if (!asked.has('host') || (input.depth !== undefined && input.depth !== 'full')) return before ?? new Map();
  const out = new Map<NetKey, DeepNet>();
  const leads = links.some((l, i) => l.iface.kind === 'veth' && l.netnsId !== null && valueOf(joined[i]?.peer ?? l.iface.peer)?.includes('/') !== true);
  if (!leads || process.getuid?.() !== 0) return out;
  const read = new Set(input.nets.map((n) => n.key));
  const all = [...(input.held?.() ?? [])].filter(([key]) => !read.has(key)).slice(0, MOST_HELD);
  await inTurns(all, async ([key, path]) => {
    const inode = Number(key.slice('net:'.length));
    const file = reached(path, inode, input.roots.proc);
    const answer = file === undefined ? null : await askNet(file, input.roots.proc);
    const net = answer === null || 'failed' in answer ? null : readNamespace(answer.sections, key, false);
    if (net !== null && valueOf(net.inode) === inode) out.set(key, net);
  });
  return out;
}

/** The same as an entry of the snapshot: nobody is in it. */
export function heldNet(key: NetKey, d: DeepNet): NetNamespace {
  const none = unknown('not-asked', '/proc');
  return {
    key, of: [], inode: d.inode, ownerUserNs: none, neighbours: d.neighbours, neighbours6: d.neighbours6, routes: none, sysctls: d.sysctls,
    nft: d.nft, ebtables: d.ebtables, arptables: d.arptables, tc: d.tc, fdb: d.fdb, sockets: none,
  };
}
