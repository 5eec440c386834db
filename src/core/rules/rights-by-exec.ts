import { isKnown, known, type Reading } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import type { Hit, Rule } from './rule.js';
import { capWords } from './capabilities.js';
import { plainContainer, plainFacts, plainProcess, withCapabilities } from './example.js';
import { living, subjectOf } from './subjects.js';

/** Effective capabilities of one process that none of the others of the container's own start holds. */
function beyond(p: ProcessFacts, main: readonly ProcessFacts[]): { readonly names: readonly string[]; readonly reading: Reading<unknown> } {
  const held = p.capabilities.effective;
  if (!isKnown(held)) return { names: [], reading: held };
  const base = new Set<string>();
  for (const m of main) {
    // What main may gain by itself is no news: its bounding set is what the engine gave the container.
    for (const set of [m.capabilities.effective, m.capabilities.bounding]) if (isKnown(set)) for (const c of set.value) base.add(c);
    if (!isKnown(m.capabilities.bounding)) return { names: [], reading: held };
  }
  return { names: held.value.filter((c) => !base.has(c)), reading: held };
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
      const found = w.processes.filter((p) => p.role === 'exec').map((p) => ({ p, ...beyond(p, main) })).filter((f) => f.names.length > 0);
      const worst = found.sort((a, b) => b.names.length - a.names.length)[0];
      if (!worst) return [];
      const what = capWords(worst.names);
      return [{
        title: `${w.name}: process ${worst.p.pid} (${worst.p.comm}) holds ${what}, which the container was not given.`,
        subjects: [subjectOf(w), { kind: 'process', id: `process:${worst.p.pid}`, name: worst.p.comm }],
        evidence: [worst.reading, known(main[0]?.pid ?? 0, 'first process'), ...main.slice(0, 1).map((m) => m.capabilities.bounding)],
      }];
    }),
};
