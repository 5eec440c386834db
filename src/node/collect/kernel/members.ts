import { pathOfId } from '../../../core/parse/cgroup.js';
import type { Place } from './cgroup-files.js';
import { isOf } from './host.js';
import { sameNamespace } from './processes.js';
import type { KnownContainer, Proc } from './types.js';

const ID = /[0-9a-f]{64}/g;

/** The processes of each container, by the id in the path of their cgroup. */
export function byContainer(procs: ReadonlyMap<number, Proc>, containers: readonly KnownContainer[]): ReadonlyMap<string, readonly Proc[]> {
  const members = new Map<string, Proc[]>(containers.map((one) => [one.id, []]));
  for (const proc of procs.values()) {
    if (proc.cgroup === '/' || proc.cgroup.includes('conmon-')) continue;
    for (const [id] of proc.cgroup.matchAll(ID)) {
      // An engine within a container nests its own below: the outermost that is known is the one.
      const list = members.get(id);
      if (list === undefined) continue;
      list.push(proc);
      break;
    }
  }
  for (const container of containers) {
    const main = container.pid === null ? undefined : procs.get(container.pid);
    const list = members.get(container.id);
    if (main !== undefined && list?.length === 0 && isOf(main, container.id)) list.push(...withoutCgroup(main, procs));
  }
  return members;
}

/** Members of a container that was given no cgroup of its own: those in its pid namespace, where that is not its starter's. */
function withoutCgroup(main: Proc, procs: ReadonlyMap<number, Proc>): readonly Proc[] {
  const starter = procs.get(main.status.parent);
  if (starter === undefined || sameNamespace(starter, main, 'pid') !== false) return [main];
  return [...procs.values()].filter((one) => one === main || sameNamespace(one, main, 'pid') === true);
}

/** The cgroup of a workload in each hierarchy, from where its first process is: `cut` takes away what the workload made below. */
export function placeOf(main: Proc, cut: (path: string) => string): Place {
  const path = cut(main.cgroup);
  let elsewhere: Map<string, string> | undefined;
  for (const [controller, one] of main.cgroups) {
    const here = cut(one);
    if (here !== path) (elsewhere ??= new Map()).set(controller, here);
  }
  return { path, source: `${main.path}/cgroup`, elsewhere };
}

/** Cuts after the component that carries the id. */
export const cutAtId = (id: string) => (path: string): string => pathOfId(path, id) ?? path;

/** Cuts what lies below a group's own cgroup. */
export const cutAt = (own: string | undefined) => (path: string): string => (own !== undefined && path.startsWith(`${own}/`) ? own : path);
