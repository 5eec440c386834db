import { isKnown, known, valueOf, type Reading } from '../../model/reading.js';
import { NS_KINDS, type NsKind } from '../../model/namespaces.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts, plainInodes, plainProcess } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { workloads } from '../../model/snapshot.js';

export const driftProcessElsewhere: Rule = {
  id: 'BH-DRIFT-11',
  name: 'drift-process-elsewhere',
  family: 'drift',
  severity: 'high',
  title: 'A process in a container’s cgroup is in other namespaces than the container.',
  why: 'It was put into the cgroup from outside, or it left the container’s namespaces: it counts as the container’s and sees something else, the host perhaps. A program that makes namespaces of its own inside (a browser’s sandbox, an engine within) is told apart, as low.',
  remedy: 'Find out who started it; end it, or move it to the cgroup it belongs to.',
  references: ['cgroups(7)', 'setns(2)', '/proc/<pid>/ns'],
  good: { text: 'every process of its cgroup is in its eight namespaces', facts: () => plainFacts() },
  bad: {
    text: 'echo PID > /sys/fs/cgroup/system.slice/docker-web.scope/cgroup.procs',
    facts: () => plainFacts([plainContainer({ processes: [plainProcess(), plainProcess({ pid: 4400, comm: 'sleep', role: 'exec', namespaces: { ...plainInodes(1, 4400), net: known(4026531840, '/proc/4400/ns/net'), mnt: known(4026531841, '/proc/4400/ns/mnt') } })] })]),
  },
  find: ({ snapshot }) => {
    const all = workloads(snapshot);
    return settled(snapshot).flatMap((c): Hit[] => {
      const byWhat = new Map<string, Hit>();
      for (const p of c.processes) {
        if (p.pid === c.pid) continue;
        const host: NsKind[] = [];
        const others: NsKind[] = [];
        const nested: NsKind[] = [];
        const evidence: Reading<unknown>[] = [];
        for (const kind of NS_KINDS) {
          const there = p.namespaces[kind];
          const own = c.namespaces[kind].inode;
          if (!isKnown(there) || !isKnown(own) || there.value === own.value) continue;
          evidence.push(there, own);
          const isHost = valueOf(snapshot.host.namespaces[kind] ?? own) === there.value;
          const isOther = all.some((o) => o.id !== c.id && valueOf(o.namespaces[kind].inode) === there.value);
          (isHost ? host : isOther ? others : nested).push(kind);
        }
        const kinds = [...host, ...others, ...nested];
        if (kinds.length === 0) continue;
        const key = `${p.comm} ${kinds.join(' ')}`;
        const places = [[host, 'the host’s '], [others, 'another’s '], [nested, 'its own ']] as const;
        const where = places.flatMap(([which, whose]) => (which.length === 0 ? [] : [`${whose}${which.join(', ')}`])).join('; ');
        byWhat.set(key, {
          title: `${c.name}: process ${p.pid} (${p.comm}) is in its cgroup and in other namespaces: ${where}.`,
          severity: host.length > 0 || others.length > 0 ? 'high' : 'low',
          subjects: [subjectOf(c), { kind: 'process', id: `process:${p.pid}`, name: p.comm }],
          evidence,
          key,
        });
      }
      return [...byWhat.values()];
    });
  },
};
