import { NS_KINDS, known, unknown, type Declared, type NamespaceRefs, type NsKind, type Reading, type Unknown } from '../../../core/model/index.js';
import { sameNamespace } from './processes.js';
import type { KnownContainer, Proc } from './types.js';
import type { HostNamespaces } from './host.js';

/** The engine's field that says which namespace of a kind a container was to get; mnt is always its own, time never. */
const MODES: Partial<Record<NsKind, { readonly of: (d: Declared) => string; readonly source: string }>> = {
  net: { of: (d) => d.networkMode, source: 'engine: HostConfig.NetworkMode' },
  pid: { of: (d) => d.pidMode, source: 'engine: HostConfig.PidMode' },
  ipc: { of: (d) => d.ipcMode, source: 'engine: HostConfig.IpcMode' },
  uts: { of: (d) => d.utsMode, source: 'engine: HostConfig.UTSMode' },
  user: { of: (d) => d.usernsMode, source: 'engine: HostConfig.UsernsMode' },
  cgroup: { of: (d) => d.cgroupnsMode, source: 'engine: HostConfig.CgroupnsMode' },
};

/** The container whose namespace the declaration joins, through those that join in their turn; `undefined` for none. */
export function donor(container: KnownContainer, kind: NsKind, all: readonly KnownContainer[]): KnownContainer | undefined {
  let at = container;
  for (let steps = 0; steps <= all.length; steps++) {
    const mode = MODES[kind]?.of(at.declared) ?? '';
    if (!mode.startsWith('container:')) return at === container ? undefined : at;
    const name = mode.slice('container:'.length);
    const next = all.find((one) => one.id === name || one.name === name) ?? all.find((one) => name.length >= 12 && one.id.startsWith(name));
    if (next === undefined || next === container) return undefined;
    at = next;
  }
  return undefined;
}

/** Whose namespace it is by the engine's word alone, for where the kernel's was not to be read. */
function byDeclaration(container: KnownContainer, kind: NsKind, all: readonly KnownContainer[], why: Unknown, link: string): Reading<string> {
  if (kind === 'mnt') return known('own', 'engine: every container has its own');
  const mode = MODES[kind];
  if (mode === undefined) return unknown(why, link);
  const word = mode.of(container.declared);
  if (word === 'host') return known('host', mode.source);
  const from = donor(container, kind, all);
  if (from !== undefined) return known(`container:${from.id}`, mode.source);
  // What the engine does by default differs with its settings (remap, cgroup version), so only a word counts there.
  if (kind === 'user' || (kind === 'cgroup' && word === '')) return word === 'private' ? known('own', mode.source) : unknown(why, link);
  return word.startsWith('container:') || word.startsWith('ns:') ? unknown(why, link) : known('own', mode.source);
}

/** Namespaces of a container of which the kernel told nothing: `why` and the link that would tell. */
export function declaredNamespaces(container: KnownContainer, all: readonly KnownContainer[], why: Unknown, source: string): NamespaceRefs {
  const running = container.pid !== null;
  return Object.fromEntries(
    NS_KINDS.map((kind) => {
      const link = `${source}/ns/${kind}`;
      return [kind, { inode: unknown(why, link), owner: running ? byDeclaration(container, kind, all, why, link) : unknown('absent', link) }];
    }),
  ) as NamespaceRefs;
}

/** A running container beside its first process and the one that started it (the engine's shim). */
export interface Running {
  readonly container: KnownContainer;
  readonly main: Proc;
  readonly starter: Proc | undefined;
}

/** Who is in which namespace: first processes by `kind:inode`. */
export type Sharing = ReadonlyMap<string, readonly Running[]>;

export function sharing(running: readonly Running[]): Sharing {
  const all = new Map<string, Running[]>();
  for (const one of running) {
    for (const kind of NS_KINDS) {
      const inode = one.main.namespaces[kind];
      if (!('value' in inode)) continue;
      const key = `${kind}:${inode.value}`;
      const those = all.get(key);
      if (those === undefined) all.set(key, [one]);
      else those.push(one);
    }
  }
  return all;
}

/** Which namespaces a container is in and whose they are, from the inodes, and from the declaration who gave and who joined. */
export function containerNamespaces(one: Running, shared: Sharing, all: readonly KnownContainer[], host: HostNamespaces): NamespaceRefs {
  return Object.fromEntries(
    NS_KINDS.map((kind) => {
      const inode = one.main.namespaces[kind];
      return [kind, { inode, owner: owner(one, kind, inode, shared, all, host[kind]) }];
    }),
  ) as NamespaceRefs;
}

function owner(one: Running, kind: NsKind, inode: Reading<number>, shared: Sharing, all: readonly KnownContainer[], host: Reading<number>): Reading<string> {
  if (!('value' in inode)) return inode.unknown === 'denied' ? byDeclaration(one.container, kind, all, 'denied', inode.source) : inode;
  if (!('value' in host)) return byDeclaration(one.container, kind, all, host.unknown, host.source);
  if (inode.value === host.value) return known('host', `${inode.source} = ${host.source}`);
  const sharers = (shared.get(`${kind}:${inode.value}`) ?? []).filter((other) => other !== one);
  const from = donor(one.container, kind, all);
  if (from !== undefined && (sharers.some((other) => other.container === from) || from.pid === null)) return known(`container:${from.id}`, inode.source);
  // Rootless engines: the namespace is the engine's own, which all its containers are in.
  if (one.starter !== undefined && sameNamespace(one.starter, one.main, kind) === true) return known('shared', `${inode.source} = ${one.starter.path}/ns/${kind}`);
  const strangers = sharers.filter((other) => donor(other.container, kind, all) === undefined);
  const first = strangers.length === 0 ? 'own' : 'shared';
  return known(first, inode.source);
}
