import { isKnown, known, valueOf, type Reading } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import type { ProcessFacts } from '../model/process.js';
import type { Hit, Rule } from './rule.js';
import { capWords, undeclaredCapabilities } from './capabilities.js';
import { plainContainer, plainFacts, plainProcess, withCapabilities } from './example.js';
import { living, subjectOf } from './subjects.js';

interface Beyond {
  /** Holds them now, or could have them by a program that gives rights. */
  readonly holds: boolean;
  readonly names: readonly string[];
  readonly reading: Reading<unknown>;
}

/** Capabilities of one process that none of the others of the container's own start has, and that were not declared. */
function beyond(w: Workload, p: ProcessFacts, main: readonly ProcessFacts[]): Beyond | null {
  const base = new Set<string>();
  for (const m of main) {
    // What main may gain by itself is no news: its bounding set is what the engine gave the container.
    for (const set of [m.capabilities.effective, m.capabilities.bounding]) if (isKnown(set)) for (const c of set.value) base.add(c);
    if (!isKnown(m.capabilities.bounding)) return null;
  }
  const more = (set: Reading<readonly string[]>): readonly string[] => {
    const names = isKnown(set) ? set.value.filter((c) => !base.has(c)) : [];
    // A program that gave up what it was declared to have leaves it to who comes by an ordinary exec.
    return w.kind === 'container' ? undeclaredCapabilities(w.declared, names) : names;
  };
  const { effective, permitted, bounding } = p.capabilities;
  for (const reading of [effective, permitted]) {
    const names = more(reading);
    if (names.length > 0) return { holds: true, names, reading };
  }
  const names = more(bounding);
  return names.length > 0 ? { holds: false, names, reading: bounding } : null;
}

/** Rights in a user namespace that a process made inside are over nothing of the container's. */
function inOwnUserNamespace(s: Snapshot, w: Workload, p: ProcessFacts): boolean {
  const there = valueOf(p.namespaces.user);
  const here = valueOf(w.namespaces.user.inode);
  return there !== undefined && here !== undefined && there !== here && there !== valueOf(s.host.namespaces.user ?? p.namespaces.user);
}

export const rightsByExec: Rule = {
  id: 'BH-PROC-01',
  name: 'rights-by-exec',
  family: 'processes',
  severity: 'high',
  title: 'A process in a container holds rights that the container was not given.',
  why: '`docker exec --privileged` (or nsenter into its cgroup) starts a process with every capability; inspect does not show it. Who takes that process over has what it has, in a container that looks hardened.',
  remedy: 'End that process; use exec without --privileged, or debug from a separate container.',
  references: ['https://docs.docker.com/reference/cli/docker/container/exec/#privileged', 'capabilities(7)'],
  good: { text: 'docker exec web sh', facts: () => plainFacts() },
  bad: {
    text: 'docker exec --privileged web sh',
    facts: () => plainFacts([plainContainer({ processes: [plainProcess(), plainProcess({ pid: 4300, role: 'exec', comm: 'sh', capabilities: withCapabilities(['CAP_SYS_ADMIN', 'CAP_NET_RAW'], 4300) })] })]),
  },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      const main = w.processes.filter((p) => p.role === 'main');
      if (main.length === 0) return [];
      const found = w.processes.flatMap((p) => {
        const more = p.role === 'exec' && !inOwnUserNamespace(snapshot, w, p) ? beyond(w, p, main) : null;
        return more === null ? [] : [{ p, ...more }];
      });
      const worst = found.sort((a, b) => Number(b.holds) - Number(a.holds) || b.names.length - a.names.length)[0];
      if (!worst) return [];
      const what = capWords(worst.names);
      return [{
        title: `${w.name}: process ${worst.p.pid} (${worst.p.comm}) ${worst.holds ? 'holds' : 'can gain, by a setuid program or one with file capabilities,'} ${what}, which the container was not given.`,
        severity: worst.holds ? 'high' : 'medium',
        subjects: [subjectOf(w), { kind: 'process', id: `process:${worst.p.pid}`, name: worst.p.comm }],
        evidence: [worst.reading, known(main[0]?.pid ?? 0, 'first process'), ...main.slice(0, 1).map((m) => m.capabilities.bounding)],
      }];
    }),
};
