import { isKnown, known, valueOf } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts, plainProcess } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';

export const driftSeccomp: Rule = {
  id: 'BH-DRIFT-02',
  name: 'drift-seccomp',
  family: 'drift',
  severity: 'high',
  title: 'A container was declared to have a seccomp filter, and the kernel has none.',
  why: 'A filter can not be taken off a process; so it was started without one, past the engine’s profile.',
  remedy: 'Recreate the container; if it comes back so, look at the runtime and at seccomp-profile in daemon.json.',
  references: ['seccomp(2)', '/proc/<pid>/status, Seccomp'],
  good: { text: 'declared: the engine’s profile; Seccomp: 2', facts: () => plainFacts() },
  bad: { text: 'declared: a profile of its own; Seccomp: 0', facts: () => plainFacts([plainContainer({ declared: { seccomp: { kind: 'custom', defaultAction: 'SCMP_ACT_ERRNO', rules: [] } }, process: plainProcess({ seccomp: known('disabled', '/proc/4200/status') }) })]) },
  find: ({ snapshot }) => {
    const all = settled(snapshot).filter((c) => !c.declared.privileged && c.declared.seccomp.kind !== 'unconfined');
    const open = all.flatMap((c) => {
      const p = c.processes.find((x) => x.role === 'main' && valueOf(x.seccomp) === 'disabled');
      return p ? [{ c, p }] : [];
    });
    // An engine that was told to use none by default (daemon.json), or a kernel without it, leaves every container without; that is its ordinary way.
    const byDefault = all.filter((c) => c.declared.seccomp.kind === 'default' && c.processes.some((p) => isKnown(p.seccomp)));
    const engineHasNone = open.length > 0 && byDefault.length > 0 && byDefault.every((c) => open.some((o) => o.c === c)) && byDefault.length > 1;
    return open
      .filter(({ c }) => c.declared.seccomp.kind === 'custom' || !engineHasNone)
      .map(({ c, p }): Hit => ({ title: `${c.name} was declared to run under ${c.declared.seccomp.kind === 'custom' ? 'a seccomp profile of its own' : 'the engine’s seccomp profile'} and has no filter.`, subjects: [subjectOf(c)], evidence: [p.seccomp, told(c.declared, 'securityOpt')] }));
  },
};
