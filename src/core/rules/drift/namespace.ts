import { isKnown, known, valueOf, type Reading } from '../../model/reading.js';
import type { NsKind } from '../../model/namespaces.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Container, Declared } from '../../model/workload.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts, plainNamespaces } from '../example.js';
import { nameOf, settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';

type ModeField = 'networkMode' | 'pidMode' | 'ipcMode' | 'utsMode' | 'usernsMode' | 'cgroupnsMode';
const MODES: readonly (readonly [NsKind, ModeField])[] = [['net', 'networkMode'], ['pid', 'pidMode'], ['ipc', 'ipcMode'], ['uts', 'utsMode'], ['user', 'usernsMode'], ['cgroup', 'cgroupnsMode']];

/** What a mode lets one expect of the owner; null where the engine or the kernel may choose. */
function expected(s: Snapshot, kind: NsKind, mode: string): 'host' | 'not-host' | `container:${string}` | null {
  const { rootless, usernsRemap } = s.host.engine;
  if (mode.startsWith('container:')) return mode as `container:${string}`;
  // Pods and Podman's own words (ns:, pod, slirp4netns, auto) name no container.
  if (/^(ns:|pod|auto|keep-id|nomap)/u.test(mode)) return null;
  if (mode === 'host') {
    // A rootless engine's host is its helper's namespaces, and its user namespace is the owner's own.
    if (valueOf(rootless) !== false && (kind === 'net' || kind === 'user' || kind === 'cgroup')) return null;
    return 'host';
  }
  if (kind === 'user') return valueOf(usernsRemap) === true ? 'not-host' : null;
  if (kind === 'cgroup') return mode === 'private' ? 'not-host' : null;
  return 'not-host';
}

function same(s: Snapshot, wanted: string, id: string): boolean {
  return id.startsWith(wanted) || s.containers.some((c) => c.id === id && c.name === wanted);
}

/** How a declared mode and the kernel's owner contradict each other, in words; null where they do not. */
function contradiction(s: Snapshot, c: Container, kind: NsKind, mode: string, owner: string): string | null {
  const want = expected(s, kind, mode);
  const donor = owner.startsWith('container:') ? owner.slice('container:'.length) : null;
  if (want === null) return null;
  if (want === 'host') {
    // Somebody else's on a host's declaration, or an own one: it has left the host's.
    return owner === 'host' ? null : `was declared to be in the host’s ${kind} namespace and is not`;
  }
  if (want === 'not-host') {
    if (owner === 'host') return `is in the host’s ${kind} namespace, and was declared to have its own`;
    // A donor that has joined this one (the engine's word of who came first may differ) is no contradiction.
    if (donor !== null && !s.containers.some((o) => o.id === donor && (MODES.find(([k]) => k === kind)?.[1] ?? 'networkMode') in o.declared && o.declared[MODES.find(([k]) => k === kind)?.[1] ?? 'networkMode'].startsWith('container:'))) {
      return `is in ${nameOf(s, donor)}’s ${kind} namespace, and was declared to have its own`;
    }
    return null;
  }
  const target = want.slice('container:'.length);
  if (owner === 'host') {
    // It may have joined one that is in the host's itself.
    const t = s.containers.find((o) => same(s, target, o.id));
    return t && valueOf(t.namespaces[kind].owner) === 'host' ? null : `is in the host’s ${kind} namespace, and was declared to be in ${t?.name ?? target}’s`;
  }
  if (owner === 'own') {
    const t = s.containers.find((o) => same(s, target, o.id));
    const here = valueOf(c.namespaces[kind].inode);
    const there = t && valueOf(t.namespaces[kind].inode);
    // The one that it joined is gone or was restarted: then the engine's way leaves it in the old namespace alone.
    return here !== undefined && there !== undefined && here !== there && t?.startedAt !== undefined && t.startedAt < c.startedAt ? `has left ${t.name}’s ${kind} namespace` : null;
  }
  return null;
}

export const driftNamespace: Rule = {
  id: 'BH-DRIFT-10',
  name: 'drift-namespace',
  family: 'drift',
  severity: 'high',
  title: 'A container’s first process is in another namespace than was declared.',
  why: 'It entered or left one (setns(2), unshare(2)) or was started past the declaration: the wall that inspect shows is not the one that stands.',
  remedy: 'Recreate the container, and find out what moved it.',
  references: ['namespaces(7)', 'setns(2)', '/proc/<pid>/ns'],
  good: { text: '--network shop; a net namespace of its own', facts: () => plainFacts() },
  bad: { text: '--network shop; the host’s net namespace', facts: () => plainFacts([plainContainer({ namespaces: { ...plainNamespaces(), net: { inode: known(4026531840, '/proc/4200/ns/net'), owner: known('host', '/proc/4200/ns/net') } } })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): Hit[] => {
      const hits = MODES.flatMap(([kind, field]): Hit[] => {
        const { owner, inode } = c.namespaces[kind];
        if (!isKnown(owner)) return [];
        const text = contradiction(snapshot, c, kind, c.declared[field satisfies keyof Declared], owner.value);
        const evidence: Reading<unknown>[] = isKnown(inode) ? [owner, inode, told(c.declared, field)] : [owner, told(c.declared, field)];
        return text === null ? [] : [{ title: `${c.name} ${text}.`, subjects: [subjectOf(c)], evidence, key: kind }];
      });
      const mnt = c.namespaces.mnt.owner;
      if (isKnown(mnt) && mnt.value === 'host') hits.push({ title: `${c.name} is in the host’s mount namespace.`, severity: 'critical', subjects: [subjectOf(c)], evidence: [mnt], key: 'mnt' });
      return hits;
    }),
};
