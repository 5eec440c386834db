import { isKnown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import { byNature } from './names.js';
import { DANGEROUS, isEvery } from './capabilities.js';
import { boundOf, hostPaths } from './mounts.js';
import { plural } from './units.js';
import { WALLS, engineLacksSeccomp, isRunning, ownUserNs, processesOf, rawDevices, walls, type Wall, type WallName } from './walls/index.js';

/** From worst to best; the order of the Enforcement lens. */
export const STANDINGS = ['owns-host', 'every-capability', 'reads-host', 'owns-neighbour', 'wall-fell', 'unknown', 'default', 'not-root', 'hardened', 'not-running'] as const;
export type StandingKind = (typeof STANDINGS)[number];

/** All that stands between a workload and the host, in one word and eight walls. */
export interface Standing {
  readonly kind: StandingKind;
  /** `owns the host`, `owns web’s wire`, `2 walls fell`. */
  readonly words: string;
  readonly state: 'risk' | 'mind' | 'fine' | 'unknown' | 'none';
  readonly walls: readonly Wall[];
  /** Number of walls that are open. */
  readonly open: number;
  readonly drift: number;
}

const isOpen = (w: Wall): boolean => w.state === 'open-as-shipped' || w.state === 'open-by-choice';

interface Rights {
  readonly caps: ReadonlySet<string>;
  /** Whether the process that holds them is not the first one. */
  readonly byExec: boolean;
}

/** The rights that count for the host: those of processes without a user namespace of their own. */
function rights(w: Workload): Rights {
  let most: readonly string[] = [];
  let byExec = false;
  for (const p of processesOf(w)) {
    if (!isKnown(p.capabilities.effective) || ownUserNs(p, w) === true) continue;
    if (p.capabilities.effective.value.length <= most.length) continue;
    most = p.capabilities.effective.value;
    byExec = p.role === 'exec';
  }
  return { caps: new Set(most), byExec };
}

/** Who else is in its net namespace, where it is not the host's. */
function netMates(w: Workload, s: Snapshot): readonly string[] {
  const net = w.net;
  if (net === null || net === 'host') return [];
  return [...s.containers, ...s.groups].filter((o) => o.id !== w.id && o.net === net).map((o) => o.name);
}

function judge(w: Workload, s: Snapshot, eight: readonly Wall[]): Pick<Standing, 'kind' | 'words' | 'state'> {
  const of = (name: WallName): Wall => eight[WALLS.indexOf(name)] as Wall;
  if (!isRunning(w)) return { kind: 'not-running', words: w.kind === 'container' ? w.state : 'not running', state: 'none' };
  const { caps, byExec } = rights(w);
  const privileged = w.kind === 'container' && w.declared.privileged;
  const paths = hostPaths(boundOf(w), s.host);
  const hostPid = isKnown(w.namespaces.pid.owner) && w.namespaces.pid.owner.value === 'host';
  const confined = of('lsm').state === 'stands';
  const devices = isKnown(w.devices) ? w.devices.value : [];
  if (privileged && !(w.process && ownUserNs(w.process, w) === true)) return { kind: 'owns-host', words: 'owns the host', state: 'risk' };
  if (paths.some((p) => p.grade === 'socket' || (p.grade === 'writes' && of('userNs').state !== 'stands'))) return { kind: 'owns-host', words: 'owns the host', state: 'risk' };
  if (rawDevices(devices).length > 0 && caps.size > 0) return { kind: 'owns-host', words: 'owns the host', state: 'risk' };
  if (isEvery([...caps])) return { kind: 'every-capability', words: byExec ? 'all caps in an exec' : 'every capability', state: 'risk' };
  if (caps.has('CAP_SYS_MODULE') || caps.has('CAP_SYS_RAWIO') || (caps.has('CAP_SYS_ADMIN') && !confined)) return { kind: 'owns-host', words: 'owns the host', state: 'risk' };
  if (hostPid && caps.has('CAP_SYS_PTRACE')) return { kind: 'owns-host', words: confined ? 'reads the host' : 'owns the host', state: 'risk' };
  if (paths.some((p) => p.grade === 'reads' || p.grade === 'writes') || caps.has('CAP_DAC_READ_SEARCH') || caps.has('CAP_PERFMON')) return { kind: 'reads-host', words: 'reads the host', state: 'risk' };
  const mates = netMates(w, s);
  const beyond = of('capabilities').state === 'open-by-choice';
  if (mates.length > 0 && beyond && (caps.has('CAP_NET_ADMIN') || caps.has('CAP_NET_RAW'))) {
    const donor = isKnown(w.namespaces.net.owner) ? s.containers.find((c) => w.namespaces.net.owner && isKnown(w.namespaces.net.owner) && w.namespaces.net.owner.value === `container:${c.id}`) : undefined;
    return { kind: 'owns-neighbour', words: `owns ${donor?.name ?? mates[0] ?? ''}’s wire`, state: 'risk' };
  }
  const worstCap = [...caps].some((c) => DANGEROUS[c]?.grade === 'host');
  const fell = eight.filter((x) => x.state === 'open-by-choice');
  if (fell.length > 0) return { kind: 'wall-fell', words: fell.length === 1 ? 'one wall fell' : `${plural(fell.length, 'wall')} fell`, state: worstCap ? 'risk' : 'mind' };
  if (['unknown'].includes(of('capabilities').state) || eight.filter((x) => x.state === 'unknown').length >= 3) return { kind: 'unknown', words: 'not read', state: 'unknown' };
  const bare = of('capabilities').state === 'stands';
  const held = eight.every((x) => x.name === 'userNs' || !isOpen(x)) && eight.every((x) => x.state !== 'unknown');
  if (held && (bare || of('userNs').state === 'stands')) return { kind: 'hardened', words: 'hardened', state: 'fine' };
  if (of('userNs').state === 'stands') return { kind: 'not-root', words: 'own user namespace', state: 'mind' };
  if (bare) return { kind: 'not-root', words: of('userNs').state === 'thinned' ? 'not root, no caps' : 'no capabilities', state: 'mind' };
  if (of('userNs').state === 'thinned') return { kind: 'not-root', words: 'not root', state: 'mind' };
  return { kind: 'default', words: 'default', state: 'mind' };
}

const lacking = new WeakMap<Snapshot, boolean>();

function lacksSeccomp(s: Snapshot): boolean {
  const known = lacking.get(s);
  if (known !== undefined) return known;
  const found = engineLacksSeccomp(s);
  lacking.set(s, found);
  return found;
}

/** The verdict about one workload's walls. Small: it depends on the workload, on its host and on who shares its net namespace. */
export function standing(w: Workload, s: Snapshot): Standing {
  const eight = walls(w, s.host, lacksSeccomp(s));
  return { ...judge(w, s, eight), walls: eight, open: eight.filter(isOpen).length, drift: eight.filter((x) => x.drift !== null).length };
}

/** Worst first: by verdict, then by walls open, then by name. */
export function byStanding(a: { readonly standing: Standing; readonly name: string }, b: { readonly standing: Standing; readonly name: string }): number {
  return (
    STANDINGS.indexOf(a.standing.kind) - STANDINGS.indexOf(b.standing.kind) || b.standing.open - a.standing.open || byNature(a.name, b.name)
  );
}
