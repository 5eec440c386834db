import { isKnown, valueOf, type Reading } from '../model/reading.js';
import type { NsKind } from '../model/namespaces.js';
import type { Declared, Workload } from '../model/workload.js';
import type { Facts, Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, plainNamespaces } from './example.js';
import { known } from '../model/reading.js';
import { living, subjectOf } from './subjects.js';
import { told } from './walls.js';

const MODE: Partial<Record<NsKind, keyof Declared>> = { net: 'networkMode', pid: 'pidMode', ipc: 'ipcMode', uts: 'utsMode', user: 'usernsMode', cgroup: 'cgroupnsMode' };

/** The reading that says that the workload is in the host's namespace of a kind; null where it is not, or nobody can tell. */
export function inHostNamespace(w: Workload, kind: NsKind): Reading<unknown> | null {
  const owner = w.namespaces[kind].owner;
  if (isKnown(owner)) return owner.value === 'host' ? owner : null;
  const mode = MODE[kind];
  return w.kind === 'container' && mode !== undefined && w.declared[mode] === 'host' ? told(w.declared, mode) : null;
}

interface Words {
  readonly id: string;
  readonly kind: NsKind;
  readonly severity: Rule['severity'];
  readonly why: string;
  readonly gives: string;
  readonly remedy: string;
  readonly bad: string;
  /** Where this is the engine's ordinary way, nothing is found. */
  readonly ordinary?: (facts: Facts, w: Workload) => boolean;
}

/** Rules of one form: a workload in the host's namespace of one kind. */
export function hostNamespaceRule(words: Words): Rule {
  const { kind } = words;
  return {
    id: words.id,
    name: `host-${kind}-namespace`,
    family: 'sharing',
    severity: words.severity,
    title: `A container is in the host’s ${kind} namespace.`,
    why: words.why,
    remedy: words.remedy,
    references: [kind === 'net' ? 'network_namespaces(7)' : kind === 'mnt' ? 'mount_namespaces(7)' : kind === 'cgroup' ? 'cgroup_namespaces(7)' : `${kind}_namespaces(7)`, 'namespaces(7)'],
    good: { text: 'docker run web', facts: () => plainFacts() },
    bad: { text: words.bad, facts: () => plainFacts([plainContainer({ namespaces: { ...plainNamespaces(), [kind]: { inode: known(1, `/proc/4200/ns/${kind}`), owner: known('host', `/proc/4200/ns/${kind}`) } } })]) },
    find: (facts) =>
      living(facts.snapshot).flatMap((w): Hit[] => {
        const reading = inHostNamespace(w, kind);
        if (!reading || words.ordinary?.(facts, w)) return [];
        const inode = w.namespaces[kind].inode;
        return [{ title: `${w.name} is in the host’s ${kind} namespace: ${words.gives}.`, subjects: [subjectOf(w)], evidence: isKnown(inode) ? [reading, inode] : [reading] }];
      }),
  };
}

/** A rootless engine's "host" network is that of its own helper, not the machine's. */
export function rootless({ snapshot }: Facts): boolean {
  return valueOf(snapshot.host.engine.rootless) === true;
}
