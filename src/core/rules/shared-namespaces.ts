import { isKnown, type Reading } from '../model/reading.js';
import { NS_KINDS, type NsKind } from '../model/namespaces.js';
import { known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, plainNamespaces } from './example.js';
import { living, nameOf, subjectOf } from './subjects.js';
import type { Workload } from '../model/workload.js';

const GIVES: Readonly<Record<NsKind, string>> = {
  net: 'one wire, one loopback, one set of ports', pid: 'each sees the other’s processes', ipc: 'one shared memory', uts: 'one host name',
  mnt: 'one tree of files', user: 'one map of users', cgroup: 'one view of the cgroups', time: 'one clock offset',
};

const joined = (id: string) => ({ inode: known(4026532840, '/proc/4300/ns/net'), owner: known(`container:${id}`, '/proc/4300/ns/net') });

export const sharedNamespaces: Rule = {
  id: 'BH-SHARE-07',
  name: 'shared-namespaces',
  family: 'sharing',
  severity: 'low',
  title: 'A container has joined a namespace of another.',
  why: 'What joins a namespace is inside that wall: it uses the other’s addresses and loopback (net), sees and may signal its processes (pid), reads its shared memory (ipc). That is how sidecars work; it should be wanted.',
  remedy: 'Where the two need only talk, give them a network of their own in place of a shared namespace.',
  references: ['namespaces(7)', 'https://docs.docker.com/engine/network/#container-networks'],
  good: { text: 'docker run --network shop tap', facts: () => plainFacts([plainContainer(), plainContainer({ id: 'd0d0'.padEnd(64, '0'), name: 'tap', namespaces: plainNamespaces(2) })]) },
  bad: {
    text: 'docker run --network container:web tap',
    facts: () => plainFacts([plainContainer(), plainContainer({ id: 'd0d0'.padEnd(64, '0'), name: 'tap', namespaces: { ...plainNamespaces(2), net: joined('c0ffee'.padEnd(64, '0')) } })]),
  },
  find: ({ snapshot }) => {
    const byDonor = new Map<string, { w: Workload; donor: string; kinds: NsKind[]; evidence: Reading<unknown>[] }>();
    for (const w of living(snapshot)) {
      for (const kind of NS_KINDS) {
        const owner = w.namespaces[kind].owner;
        if (!isKnown(owner) || !owner.value.startsWith('container:')) continue;
        const donor = owner.value.slice('container:'.length);
        const key = `${w.id} ${donor}`;
        const entry = byDonor.get(key) ?? { w, donor, kinds: [], evidence: [] };
        entry.kinds.push(kind);
        entry.evidence.push(owner);
        byDonor.set(key, entry);
      }
    }
    return [...byDonor.values()].map(({ w, donor, kinds, evidence }): Hit => ({
      title: `${w.name} is in ${nameOf(snapshot, donor)}’s ${kinds.join(', ')} namespace${kinds.length > 1 ? 's' : ''}: ${kinds.map((k) => GIVES[k]).join('; ')}.`,
      severity: kinds.includes('mnt') ? 'medium' : 'low',
      subjects: [subjectOf(w), { kind: 'container', id: donor, name: nameOf(snapshot, donor) }],
      evidence,
      key: kinds.join(' '),
    }));
  },
};
