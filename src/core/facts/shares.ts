import { NS_KINDS, type NsKind } from '../model/namespaces.js';
import { isKnown, type Reading } from '../model/reading.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Subject } from '../model/finding.js';
import type { Group, Workload } from '../model/workload.js';
import { calledName } from './names.js';
import { howItCame, lentBy, type Lent } from './how.js';
import { count, listOf } from './units.js';
import { isRunning } from './walls/index.js';

/** Which namespace: `host`, `net:4026532611`, `of:<workload id>` (inode unread, the engine's word), null where nothing is known, `none` where the kernel has no such kind. */
export type Identity = string;

/** One party that is in eight namespaces: the host, a container, a group of another runtime, or a process that entered some. */
export interface Party {
  readonly id: string;
  readonly kind: 'host' | 'container' | 'group' | 'process';
  readonly name: string;
  /** What stands behind the name, dim: image, runtime, `nsenter`. */
  readonly about: string;
  readonly subject: Subject;
  readonly at: Readonly<Record<NsKind, Identity | null>>;
  readonly readings: Readonly<Record<NsKind, Reading<number>>>;
  /** The declaration or event that made it so, `''` where nothing is shared. */
  readonly how: string;
  /** For a process: the workloads that it entered, by id. */
  readonly entered: readonly string[];
}

/** A private namespace with two or more members. */
export interface SharedSet {
  readonly identity: Identity;
  readonly kind: NsKind;
  readonly members: readonly string[];
  /** Who made it, where the engine tells: the container that the others joined. */
  readonly owner: string | null;
}

export interface Sharing {
  readonly parties: readonly Party[];
  /** Kinds that every container shares with the host and none by choice: no sharing worth ink. */
  readonly ordinary: ReadonlySet<NsKind>;
  /** Kinds, not ordinary, of which a container or a group of another runtime is in the host's. */
  readonly hot: ReadonlySet<NsKind>;
  readonly sets: readonly SharedSet[];
}

/** Runtimes that take some namespaces of their own and mean to leave the rest the host's. */
const LOOSE: ReadonlySet<Group['runtime']> = new Set(['unshare', 'chroot', 'service', 'bubblewrap', 'flatpak']);

/** Whether being in the host's namespaces is what it is: a sandboxed program rather than a container. */
export function isLoose(w: Workload): boolean {
  return w.kind === 'group' && LOOSE.has(w.runtime);
}

/** Which namespace of a kind a workload is in. The inode decides; where it is unread, the engine's word. */
export function identity(w: Workload, kind: NsKind, s: Snapshot): Identity | null {
  const ref = w.namespaces[kind];
  const hosts = s.host.namespaces[kind];
  if (isKnown(ref.inode)) {
    if (hosts && isKnown(hosts) && hosts.value === ref.inode.value) return 'host';
    // Without the host's own to compare with, only the word of who owns it can tell it from the host's.
    if (!(hosts && isKnown(hosts)) && (!isKnown(ref.owner) || ref.owner.value === 'host')) return isKnown(ref.owner) ? 'host' : null;
    return `${kind}:${ref.inode.value}`;
  }
  if (ref.inode.unknown === 'absent' && isRunning(w) && kind === 'time' && !isKnown(ref.owner)) return 'none';
  if (!isKnown(ref.owner)) return null;
  const owner = ref.owner.value;
  if (owner === 'host') return 'host';
  if (owner === 'own') return `of:${w.id}:${kind}`;
  if (!owner.startsWith('container:')) return null;
  const donor = s.containers.find((c) => c.id === owner.slice('container:'.length));
  return donor && isKnown(donor.namespaces[kind].inode) ? `${kind}:${donor.namespaces[kind].inode.value}` : `of:${owner.slice('container:'.length)}:${kind}`;
}

function byKind<T>(make: (kind: NsKind) => T): Readonly<Record<NsKind, T>> {
  return Object.fromEntries(NS_KINDS.map((k) => [k, make(k)])) as Record<NsKind, T>;
}

/** Names of namespaces whose donor's inode is unread, by the inode that one who joined it shows. */
function aliases(s: Snapshot): ReadonlyMap<Identity, Identity> {
  const out = new Map<Identity, Identity>();
  for (const c of s.containers) {
    for (const k of NS_KINDS) {
      const { owner, inode } = c.namespaces[k];
      if (isKnown(owner) && isKnown(inode) && owner.value.startsWith('container:')) out.set(`of:${owner.value.slice('container:'.length)}:${k}`, `${k}:${inode.value}`);
    }
  }
  return out;
}

function partyOf(w: Workload, s: Snapshot, lent: Lent, alias: ReadonlyMap<Identity, Identity>): Party {
  return {
    id: w.id,
    kind: w.kind,
    name: calledName(w),
    about: w.kind === 'container' ? w.image : w.runtime,
    subject: { kind: w.kind, id: w.id, name: w.name },
    at: byKind((k) => {
      const at = identity(w, k, s);
      return at === null ? null : (alias.get(at) ?? at);
    }),
    readings: byKind((k) => w.namespaces[k].inode),
    how: howItCame(w, s, lent),
    entered: [],
  };
}

interface Entry {
  readonly comm: string;
  readonly entered: Map<NsKind, Identity | null>;
  readonly into: Workload[];
}

/** Processes that entered namespaces of workloads, once each. What they did not enter is looked up among all namespaces. */
function intruders(s: Snapshot, parties: readonly Party[]): readonly Party[] {
  const seen = new Map<number, Entry>();
  for (const w of workloads(s)) {
    for (const i of w.intruders) {
      const known: Entry = seen.get(i.pid) ?? { comm: i.comm, entered: new Map(), into: [] };
      const party = parties.find((p) => p.id === w.id);
      for (const k of i.entered) known.entered.set(k, party?.at[k] ?? null);
      known.into.push(w);
      seen.set(i.pid, known);
    }
  }
  if (seen.size === 0) return [];
  const where = new Map<string, number>();
  for (const n of s.namespaces) for (const m of n.members) if (m.kind === 'process' && m.pid !== null) where.set(`${m.pid}:${n.type}`, n.inode);
  return [...seen].map(([pid, i]): Party => {
    const at = (k: NsKind): Identity | null => {
      const entered = i.entered.get(k);
      if (entered) return entered;
      const inode = where.get(`${pid}:${k}`);
      const hosts = s.host.namespaces[k];
      if (inode === undefined) return null;
      return hosts && isKnown(hosts) && hosts.value === inode ? 'host' : `${k}:${inode}`;
    };
    const name = `${i.comm} ${count(pid)}`;
    const id = `process:${pid}`;
    return {
      id, kind: 'process', name, about: 'entered', subject: { kind: 'process', id, name }, at: byKind(at),
      readings: byKind((k) => {
        const inode = where.get(`${pid}:${k}`);
        return inode === undefined ? { unknown: 'not-asked', source: `/proc/${pid}/ns/${k}` } : { value: inode, source: `/proc/${pid}/ns/${k}` };
      }),
      how: `entered, not in ${listOf(i.into.map((w) => w.name), 2)}’s cgroup`,
      entered: i.into.map((w) => w.id),
    };
  });
}

/** Whether a container was told to take the host's namespace of a kind. */
export function choseHost(w: Workload, kind: NsKind): boolean {
  if (w.kind !== 'container') return false;
  const d = w.declared;
  const mode = { net: d.networkMode, pid: d.pidMode, ipc: d.ipcMode, uts: d.utsMode, user: d.usernsMode, cgroup: '', mnt: '', time: '' }[kind];
  return mode === 'host';
}

function ordinaryKinds(s: Snapshot, parties: readonly Party[]): ReadonlySet<NsKind> {
  const running = s.containers.filter(isRunning);
  const at = new Map(parties.map((p) => [p.id, p.at]));
  return new Set(
    NS_KINDS.filter((k) => {
      if (running.length === 0) return k === 'user' || k === 'time';
      const all = running.map((c) => at.get(c.id)?.[k] ?? null).filter((i) => i !== null);
      if (all.length === 0) return k === 'time';
      return all.every((i) => i === 'host' || i === 'none') && !running.some((c) => choseHost(c, k) && k !== 'user');
    }),
  );
}

/** Who is in which namespace with whom: the facts behind the Namespaces lens and the inspector's 'shares'. */
export function sharing(s: Snapshot): Sharing {
  const lent = lentBy(s);
  const alias = aliases(s);
  const own = workloads(s).filter(isRunning).map((w) => partyOf(w, s, lent, alias));
  const hostName = isKnown(s.host.hostname) ? s.host.hostname.value : 'host';
  const host: Party = {
    id: 'host', kind: 'host', name: hostName, about: 'the host', subject: { kind: 'host', id: 'host', name: hostName }, at: byKind(() => 'host'),
    readings: byKind((k) => s.host.namespaces[k] ?? { unknown: 'not-asked', source: `/proc/1/ns/${k}` }), how: '', entered: [],
  };
  const parties = [host, ...own, ...intruders(s, own)];
  const ordinary = ordinaryKinds(s, own);
  const loose = new Set(workloads(s).filter(isLoose).map((w) => w.id));
  const hot = new Set(NS_KINDS.filter((k) => !ordinary.has(k) && own.some((p) => p.at[k] === 'host' && !loose.has(p.id))));
  const members = new Map<Identity, { kind: NsKind; ids: string[] }>();
  for (const p of parties) {
    for (const k of NS_KINDS) {
      const at = p.at[k];
      if (at === null || at === 'host' || at === 'none') continue;
      const set = members.get(at) ?? { kind: k, ids: [] };
      set.ids.push(p.id);
      members.set(at, set);
    }
  }
  const owners = new Map<string, string>();
  const at = new Map(own.map((p) => [p.id, p.at]));
  for (const [donor, kinds] of lent) {
    for (const k of kinds) {
      const identity = at.get(donor)?.[k];
      if (identity) owners.set(identity, donor);
    }
  }
  const sets = [...members].filter(([, m]) => m.ids.length > 1).map(([id, m]): SharedSet => ({ identity: id, kind: m.kind, members: m.ids, owner: owners.get(id) ?? m.ids.find((i) => !i.startsWith('process:')) ?? null }));
  return { parties, ordinary, hot, sets };
}

/** One kind of namespace of one workload, for the inspector. */
export interface Share {
  readonly kind: NsKind;
  readonly state: 'host' | 'ordinary' | 'shared' | 'own' | 'unknown';
  /** Names of the others in it; the host is not among them. */
  readonly with: readonly string[];
  readonly sentence: string;
  readonly reading: Reading<number>;
}

const GIVES: Readonly<Record<NsKind, string>> = {
  net: 'it may bind any free port of the host and sees its traffic',
  pid: 'it sees every process of the host and may signal those of its uid',
  ipc: 'it reaches the shared memory and queues of the host',
  uts: 'it sees the name of the host, and with CAP_SYS_ADMIN may set it',
  mnt: 'it sees the files of the host',
  cgroup: 'it sees where its cgroups lie in the tree of the host',
  user: 'a uid in it is the same uid on the host',
  time: 'it sees the boot clock of the host',
};

/** What a party shares, in the order of NS_KINDS. */
export function shares(id: string, all: Sharing): readonly Share[] {
  const party = all.parties.find((p) => p.id === id);
  if (!party) return [];
  return NS_KINDS.map((kind): Share => {
    const at = party.at[kind];
    const reading = party.readings[kind];
    if (at === null) return { kind, state: 'unknown', with: [], sentence: `Which ${kind} namespace it is in could not be read.`, reading };
    if (at === 'none') return { kind, state: 'ordinary', with: [], sentence: `This kernel has no ${kind} namespaces.`, reading };
    const others = all.parties.filter((p) => p.id !== id && p.kind !== 'host' && p.at[kind] === at).map((p) => p.name);
    if (at === 'host') {
      const state = all.ordinary.has(kind) ? 'ordinary' : 'host';
      return { kind, state, with: others, sentence: `It is in the host’s ${kind} namespace${state === 'ordinary' ? ', as every container here' : ''}: ${GIVES[kind]}.`, reading };
    }
    if (others.length > 0) return { kind, state: 'shared', with: others, sentence: `It shares its ${kind} namespace with ${listOf(others)}.`, reading };
    return { kind, state: 'own', with: [], sentence: `Its ${kind} namespace is its own.`, reading };
  });
}
