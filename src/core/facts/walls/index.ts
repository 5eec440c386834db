import { isKnown, unknown, valueOf } from '../../model/reading.js';
import type { ProcessFacts } from '../../model/process.js';
import type { Host, Snapshot } from '../../model/snapshot.js';
import type { Workload } from '../../model/workload.js';
import { capabilitiesWall, lsmWall, noNewPrivsWall, ownUserNs, seccompWall, userNsWall } from './process.js';
import { devicesWall, mountsWall, rootfsWall } from './things.js';
import { WALL_TITLES, openness, type Wall, type WallName } from './wall.js';

export * from './wall.js';
export { readFrom, remedyOf } from './remedies.js';
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

/**
 * Whether the engine gives no container a seccomp filter (daemon.json, or a kernel without it): then its lack is as shipped, not a choice.
 * Told by at least two containers that asked for the default, none of which has one.
 */
export function engineLacksSeccomp(s: Snapshot): boolean {
  const asked = s.containers.filter((c) => isRunning(c) && !c.declared.privileged && c.declared.seccomp.kind === 'default');
  const modes = asked.flatMap((c) => c.processes.filter((p) => p.role === 'main').map((p) => valueOf(p.seccomp)).filter((m) => m !== undefined));
  return asked.length > 1 && modes.length > 1 && modes.every((m) => m === 'disabled');
}

/** Only of one that runs settled can the kernel be held against the declaration: one that starts or stops is on its way. */
function settled(w: Workload): boolean {
  return w.kind === 'group' || w.state === 'running' || w.state === 'paused';
}

/** The eight walls of a workload, in the order of WALLS. A container shows its weakest process in each. `engineHasNone`: see engineLacksSeccomp. */
export function walls(w: Workload, host: Host, engineHasNone = false): readonly Wall[] {
  const all = answers(w, host, engineHasNone);
  return settled(w) ? all : all.map((x) => (x.drift === null ? x : { ...x, drift: null }));
}

function answers(w: Workload, host: Host, engineHasNone: boolean): readonly Wall[] {
  return [
    weakest(w, (p) => userNsWall(p, w, host)),
    weakest(w, (p) => capabilitiesWall(p, w), (p) => (ownUserNs(p, w) === true ? 0 : (valueOf(p.capabilities.effective) ?? []).length)),
    weakest(w, (p) => seccompWall(p, w, engineHasNone)),
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
