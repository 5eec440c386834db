import { valueOf, type Intruder, type NsKind } from '../../../core/model/index.js';
import { apart, groupId, spaceKey, type Found, type HostInodes } from './groups.js';
import type { Running } from './owners.js';
import { asIntruder } from './rights.js';
import type { Proc } from './types.js';

/** Processes that are in a namespace which is a workload's own, without being of it, nor of one that shares it by right. */
export function findIntruders(
  procs: ReadonlyMap<number, Proc>,
  inodes: HostInodes,
  owners: ReadonlyMap<string, string>,
  workloadOf: ReadonlyMap<number, string>,
  running: readonly Running[],
  found: readonly Found[],
): ReadonlyMap<string, readonly Intruder[]> {
  const mains = new Map<string, Proc>(running.map((one) => [one.container.id, one.main]));
  for (const one of found) mains.set(groupId(one), one.main);
  // Where the members were told by the namespaces that they share, nobody can be in one without being a member.
  const loose = new Set(found.filter((one) => one.path === undefined).map(groupId));
  const intruders = new Map<string, Intruder[]>();
  for (const proc of procs.values()) {
    if (proc.status.kernelThread) continue;
    const mine = workloadOf.get(proc.pid);
    const main = mine === undefined ? undefined : mains.get(mine);
    const entered = new Map<string, NsKind[]>();
    for (const kind of apart(proc, inodes)) {
      const inode = valueOf(proc.namespaces[kind]);
      const owner = owners.get(spaceKey(kind, inode ?? 0));
      const workload = owner?.startsWith('container:') === true ? owner.slice('container:'.length) : owner;
      if (workload === undefined || workload === mine || loose.has(workload)) continue;
      // Its workload as a whole shares this namespace: declared, not entered.
      if (main !== undefined && main !== proc && valueOf(main.namespaces[kind]) === inode) continue;
      if (main === proc) continue;
      entered.set(workload, [...(entered.get(workload) ?? []), kind]);
    }
    for (const [workload, kinds] of entered) intruders.set(workload, [...(intruders.get(workload) ?? []), asIntruder(proc, kinds)]);
  }
  return intruders;
}
