import { isKnown, type Reading } from '../../model/reading.js';
import type { Limit } from '../../model/cgroup.js';
import type { Container } from '../../model/workload.js';
import type { Hit } from '../rule.js';
import { subjectOf } from '../subjects.js';
import { limitText } from '../../facts/units.js';

/** The hit where the kernel's limit differs from the declared one by more than a runtime rounds. Looser counts more than tighter. */
export function limitDrift(c: Container, what: string, kernel: Reading<Limit>, declared: Reading<Limit>, rounding: number, unit: (n: number) => string): readonly Hit[] {
  if (!isKnown(kernel) || !isKnown(declared)) return [];
  const is = kernel.value === 'max' ? Infinity : kernel.value;
  const said = declared.value === 'max' ? Infinity : declared.value;
  if (is === said || Math.abs(is - said) <= rounding) return [];
  return [{
    title: `${c.name}: ${what} was declared as ${limitText(declared.value, unit)}, and the kernel enforces ${limitText(kernel.value, unit)}.`,
    severity: is > said ? 'medium' : 'low',
    subjects: [subjectOf(c)],
    evidence: [kernel, declared],
  }];
}
