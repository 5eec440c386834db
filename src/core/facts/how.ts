import { isKnown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { NsKind } from '../model/namespaces.js';
import type { Workload } from '../model/workload.js';

/** The name behind `container:<id or name>`. */
function donorName(mode: string, s: Snapshot): string {
  const ref = mode.slice('container:'.length);
  const found = s.containers.find((c) => c.id === ref || c.name === ref || (ref.length >= 12 && c.id.startsWith(ref)));
  return found?.name ?? ref.slice(0, 12);
}

/** By workload id, the kinds of its namespaces that another container joined. */
export type Lent = ReadonlyMap<string, ReadonlySet<NsKind>>;

export function lentBy(s: Snapshot): Lent {
  const out = new Map<string, Set<NsKind>>();
  for (const c of s.containers) {
    for (const [kind] of MODES) {
      const owner = c.namespaces[kind].owner;
      if (!isKnown(owner) || !owner.value.startsWith('container:')) continue;
      const donor = owner.value.slice('container:'.length);
      out.set(donor, (out.get(donor) ?? new Set()).add(kind));
    }
  }
  return out;
}

const MODES: readonly (readonly [NsKind, string, 'networkMode' | 'pidMode' | 'ipcMode' | 'utsMode' | 'usernsMode' | 'cgroupnsMode'])[] = [
  ['pid', '--pid', 'pidMode'],
  ['net', '--net', 'networkMode'],
  ['ipc', '--ipc', 'ipcMode'],
  ['uts', '--uts', 'utsMode'],
  ['user', '--userns', 'usernsMode'],
];

/**
 * The declaration that made a workload share what it shares, as it is written on a command line: `--pid=host --net=host`,
 * `--net, --pid=container:web`. For a group, how its runtime was recognised. `''` where it asked for nothing.
 * Where the kernel shows the host's namespace and the engine was not asked for it: `pid: host’s, not declared`.
 */
export function howItCame(w: Workload, s: Snapshot, lent: Lent): string {
  if (w.kind === 'group') return w.evidence;
  const hosts: string[] = [];
  const joins = new Map<string, string[]>();
  const strange: string[] = [];
  for (const [kind, flag, field] of MODES) {
    const mode = w.declared[field];
    const owner = w.namespaces[kind].owner;
    if (mode === 'host') hosts.push(`${flag}=host`);
    else if (mode.startsWith('container:')) joins.set(donorName(mode, s), [...(joins.get(donorName(mode, s)) ?? []), flag]);
    else if (isKnown(owner) && owner.value === 'host' && kind !== 'user') strange.push(kind);
    if (mode === 'shareable' && lent.get(w.id)?.has(kind)) hosts.push(`${flag}=shareable`);
  }
  const joined = [...joins].map(([name, flags]) => `${flags.join(', ')}=container:${name}`);
  const contradicted = strange.length > 0 ? [`${strange.join(', ')}: not declared`] : [];
  return [...hosts, ...joined, ...contradicted].join(' ');
}

