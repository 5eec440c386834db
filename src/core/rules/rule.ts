import type { Snapshot } from '../model/snapshot.js';
import type { Severity, Subject } from '../model/finding.js';
import type { Reading } from '../model/reading.js';
import type { Judgement } from '../reach/types.js';
import type { Alarm } from '../alarm/types.js';

/** All that a rule may look at. */
export interface Facts {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly alarms?: readonly Alarm[];
}

/** What a rule found. What it leaves out is the rule's own. */
export interface Hit {
  readonly severity?: Severity;
  /** One sentence that names the subject. */
  readonly title: string;
  readonly subjects: readonly Subject[];
  readonly evidence: readonly Reading<unknown>[];
  readonly remedy?: string;
  /** What tells two hits of one rule on one subject apart (a path, an interface); part of the fingerprint. Never a pid, an inode or a counter. */
  readonly key?: string;
}

/** How it looks when it is right or wrong: a command or a line of a compose file for people, and facts on which the rule is run by a test. */
export interface Example {
  readonly text: string;
  readonly facts: () => Facts;
}

/** Which part of the catalogue a rule belongs to. `drift`: the kernel contradicts the declaration. */
export const FAMILIES = ['host access', 'walls', 'limits', 'sharing', 'wire', 'processes', 'drift'] as const;
export type Family = (typeof FAMILIES)[number];

/**
 * One rule: facts for people and one pure function. The same data feeds the inspector, `explain`, SARIF and docs/rules.md.
 * `id` is never reused; `name` is what people type.
 */
export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly family: Family;
  readonly severity: Severity;
  /** What the rule looks for, one sentence without a subject. */
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly references: readonly string[];
  readonly good: Example;
  readonly bad: Example;
  /**
   * What it looks at that moves between two readings: what a cgroup uses (`use`) or the alarms. A rule without it finds the
   * same until something else is read anew.
   */
  readonly moves?: 'use' | 'alarms';
  readonly find: (facts: Facts) => readonly Hit[];
}
