import { NS_KINDS, type NamespaceMember, type NamespaceNode, type NsKind } from '../../../core/model/index.js';
import { namespaceOfLink } from '../../../core/parse/proc.js';
import type { HostNamespaces } from './host.js';
import { kinOf, type KinCache } from './kin.js';
import type { Holding } from './mounts.js';
import type { Proc } from './types.js';

/** Who a process belongs to, as a member of namespaces. */
export type MemberOf = (proc: Proc) => NamespaceMember;

interface Making {
  readonly type: NsKind;
  readonly inode: number;
  readonly members: Map<string, NamespaceMember>;
  count: number;
  readonly heldBy: string[];
}

function ownerOf(members: readonly NamespaceMember[]): string {
  // The machine's first net namespace is the host's as well where the engine runs in another one.
  if (members.some((one) => one.kind === 'host')) return 'host';
  const [first] = members;
  if (first === undefined) return 'held';
  if (members.length > 1) return 'shared';
  return first.kind === 'container' ? `container:${first.id}` : first.id;
}

/**
 * Every namespace that a process is in, or that a bind mount or an open file holds.
 * `holding`: those bind mounts. `owners`: by `kind:inode`, whose own it is: `container:<id>` or a group's id. Else `host`, `shared`, `pid:<n>`, or
 * `held` where no process is in it.
 */
export function namespaceNodes(
  procs: Iterable<Proc>,
  memberOf: MemberOf,
  owners: ReadonlyMap<string, string>,
  host: HostNamespaces,
  holding: readonly Holding[],
  kin: KinCache,
): readonly NamespaceNode[] {
  const all = new Map<NsKind, Map<number, Making>>(NS_KINDS.map((kind) => [kind, new Map()]));
  const at = (type: NsKind, inode: number): Making => {
    const those = all.get(type);
    let one = those?.get(inode);
    if (one === undefined) {
      one = { type, inode, members: new Map(), count: 0, heldBy: [] };
      those?.set(inode, one);
    }
    return one;
  };
  for (const proc of procs) {
    const member = memberOf(proc);
    const key = `${member.kind}:${member.id}`;
    for (const kind of NS_KINDS) {
      const inode = proc.namespaces[kind];
      if (!('value' in inode)) continue;
      const one = at(kind, inode.value);
      if (proc.threadOf === undefined) one.count += 1;
      const before = one.members.get(key);
      if (before === undefined || (before.pid ?? 0) > proc.pid) one.members.set(key, before === undefined || member.kind === 'host' ? { ...member, pid: proc.pid } : before);
    }
  }
  for (const mount of holding) {
    const space = namespaceOfLink(mount.root);
    if (space !== undefined) at(space.kind, space.inode).heldBy.push(mount.point);
  }
  for (const [key, paths] of kin.files) {
    const kind = NS_KINDS.find((name) => key.startsWith(`${name}:`));
    if (kind !== undefined) at(kind, Number(key.slice(kind.length + 1))).heldBy.push(...paths);
  }
  const nodeOf = (one: Making): NamespaceNode => {
    const reference = host[one.type];
    const relatives = kinOf(kin, one.type, one.inode);
    const members = [...one.members.values()];
    const owner =
      'value' in reference && reference.value === one.inode ? 'host' : (owners.get(`${one.type}:${one.inode}`) ?? ownerOf(members));
    return { type: one.type, inode: one.inode, owner, ownerUserNs: relatives.owner, parent: relatives.parent, members, processCount: one.count, heldBy: one.heldBy };
  };
  return [...all.values()].flatMap((those) => [...those.values()].sort((a, b) => a.inode - b.inode).map(nodeOf));
}
