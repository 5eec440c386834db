import type { Reading, Unknown } from '../../model/reading.js';

/** The layers between a process and the host, in the order of the columns. The order claims no order of attack. */
export const WALLS = ['userNs', 'capabilities', 'seccomp', 'lsm', 'noNewPrivs', 'rootfs', 'mounts', 'devices'] as const;
export type WallName = (typeof WALLS)[number];

/**
 * `stands`: whole. `thinned`: there, with holes that an engine or a need leaves. `open-as-shipped`: open since nobody asked for it.
 * `open-by-choice`: open since somebody asked, or since the kernel differs from what was asked. `unknown`: could not be read; never fine.
 */
export const WALL_STATES = ['stands', 'thinned', 'unknown', 'open-as-shipped', 'open-by-choice'] as const;
export type WallState = (typeof WALL_STATES)[number];

/** What one layer does for one workload. */
export interface Wall {
  readonly name: WallName;
  readonly state: WallState;
  /** What the cell says; `''` where the mark says it all. */
  readonly short: string;
  /** The same at length, for where there is room: all capabilities by name. `''` where `short` is all there is. */
  readonly long: string;
  /** One sentence: what it is and why it matters. */
  readonly sentence: string;
  /** What was declared instead, short (`cap-drop ALL`), where the kernel contradicts it; else null. */
  readonly drift: string | null;
  /** The process that is weakest here, where it is not the workload's first; else null. */
  readonly pid: number | null;
  readonly readings: readonly Reading<unknown>[];
}

export const WALL_TITLES: Readonly<Record<Exclude<WallName, 'lsm'>, string>> = {
  userNs: 'user ns',
  capabilities: 'capabilities',
  seccomp: 'seccomp',
  noNewPrivs: 'no_new_privs',
  rootfs: 'root fs',
  mounts: 'host mounts',
  devices: 'devices',
};

/** Words for an unread fact; always with the question mark. */
export function unreadText(why: Unknown): string {
  return why === 'denied' ? '? no rights' : why === 'unsupported' ? '?' : why === 'absent' ? '? not told' : '? not read';
}

const UNREAD: Readonly<Record<Unknown, string>> = {
  denied: 'this user may not read it',
  unsupported: 'it cannot be read from here',
  absent: 'there is no such file or field',
  'not-asked': 'nobody has read it yet',
};
/** One sentence for an unread fact. */
export function unreadSentence(what: string, why: Unknown): string {
  return `Whether ${what} is unknown: ${UNREAD[why]}.`;
}

/** The answer without holes, drift or a pid of its own. */
export function wall(name: WallName, state: WallState, short: string, sentence: string, readings: readonly Reading<unknown>[], drift: string | null = null): Wall {
  return { name, state, short, long: '', sentence, drift, pid: null, readings };
}

/** How much it lets through, to find the weakest process. */
export function openness(w: Wall): number {
  return WALL_STATES.indexOf(w.state) * 2 + (w.drift ? 1 : 0);
}
