import { known, isKnown } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import { living, subjectOf } from './subjects.js';
import { told } from './walls.js';

export const unconfinedSeccomp: Rule = {
  id: 'BH-WALL-01',
  name: 'unconfined-seccomp',
  family: 'walls',
  severity: 'high',
  title: 'No seccomp filter stands between a container’s processes and the kernel.',
  why: 'The engine’s default profile refuses some fifty calls that programs do not need and attacks on the kernel do (add_key, bpf, kexec_load, mount, ptrace on old kernels, unshare without rights …). Without it each fault in those is within reach.',
  remedy: 'Take --security-opt seccomp=unconfined away; where a call is missing, give a profile that allows that one call.',
  references: ['seccomp(2)', 'https://docs.docker.com/engine/security/seccomp/'],
  good: { text: 'docker run web', facts: () => plainFacts() },
  bad: { text: 'docker run --security-opt seccomp=unconfined web', facts: () => plainFacts([plainContainer({ process: plainProcess({ seccomp: known('disabled', '/proc/4200/status') }) })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      // --privileged takes the filter away, and its own rule says so.
      if (w.kind === 'container' && w.declared.privileged) return [];
      const open = w.processes.find((p) => p.role === 'main' && isKnown(p.seccomp) && p.seccomp.value === 'disabled');
      const read = w.processes.some((p) => isKnown(p.seccomp));
      if (open) return [{ title: `${w.name} runs without a seccomp filter.`, severity: w.kind === 'group' ? 'low' : 'high', subjects: [subjectOf(w)], evidence: [open.seccomp] }];
      if (!read && w.kind === 'container' && w.declared.seccomp.kind === 'unconfined') return [{ title: `${w.name} was started without a seccomp filter.`, subjects: [subjectOf(w)], evidence: [told(w.declared, 'securityOpt')] }];
      return [];
    }),
};
