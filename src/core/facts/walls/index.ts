import { isKnown, unknown, valueOf } from '../../model/reading.js';
import type { ProcessFacts } from '../../model/process.js';
import type { Host } from '../../model/snapshot.js';
import type { Workload } from '../../model/workload.js';
import { capabilitiesWall, lsmWall, noNewPrivsWall, seccompWall, userNsWall } from './process.js';
import { devicesWall, mountsWall, rootfsWall } from './things.js';
import { WALL_TITLES, openness, type Wall, type WallName } from './wall.js';

export * from './wall.js';
export { rawDevices } from './things.js';
export { ownUserNs } from './process.js';

const nothing = unknown('unsupported', '/proc');
/** Stands for the processes of a workload whose kernel could not be read: every answer is unknown, what was declared still counts. */
const UNREAD: ProcessFacts = {
  pid: 0,
  count: 1,
  comm: '',
  role: 'main',
  uid: nothing,
  uidMap: nothing,
  capabilities: { effective: nothing, permitted: nothing, bounding: nothing, ambient: nothing, inheritable: nothing },
  noNewPrivs: nothing,
  seccomp: nothing,
  seccompFilters: nothing,
  lsm: nothing,
  root: nothing,
  namespaces: { net: nothing, mnt: nothing, pid: nothing, ipc: nothing, uts: nothing, user: nothing, cgroup: nothing, time: nothing },
};

/** Every set of alike processes of a workload; one unread one where the kernel could not be read. */
export function processesOf(w: Workload): readonly ProcessFacts[] {
  if (w.processes.length > 0) return w.processes;
  return [w.process ?? UNREAD];
}

/** Whether there is a process to be held at all. */
export function isRunning(w: Workload): boolean {
  return w.kind === 'group' || w.state === 'running' || w.state === 'paused' || w.state === 'restarting';
}

/** The weakest process's answer, with its pid where it is not the first one. */
function weakest(w: Workload, ask: (p: ProcessFacts) => Wall, more: (p: ProcessFacts) => number = () => 0): Wall {
  let worst: Wall | null = null;
  let worstSize = -1;
  for (const p of processesOf(w)) {
    const answer = ask(p);
    const size = openness(answer) * 100 + more(p);
    if (size <= worstSize) continue;
    worst = p.role === 'exec' && answer.short !== '' ? { ...answer, pid: p.pid } : answer;
    worstSize = size;
  }
  return worst ?? ask(UNREAD);
}

/** The eight walls of a workload, in the order of WALLS. A container shows its weakest process in each. */
export function walls(w: Workload, host: Host): readonly Wall[] {
  return [
    weakest(w, (p) => userNsWall(p, w, host)),
    weakest(w, (p) => capabilitiesWall(p, w), (p) => (valueOf(p.capabilities.effective) ?? []).length),
    weakest(w, (p) => seccompWall(p, w)),
    weakest(w, (p) => lsmWall(p, w, host)),
    weakest(w, (p) => noNewPrivsWall(p, w)),
    rootfsWall(w),
    mountsWall(w, host),
    devicesWall(w),
  ];
}

/** The security module by name, as found. */
export function lsmTitle(host: Host): string {
  const found = isKnown(host.lsms) ? host.lsms.value : [];
  return found.includes('selinux') ? 'SELinux' : found.includes('apparmor') ? 'AppArmor' : 'LSM';
}

export function wallTitle(name: WallName, host: Host): string {
  return name === 'lsm' ? lsmTitle(host) : WALL_TITLES[name];
}
