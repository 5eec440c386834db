import type { Reading } from './reading.js';

/** From least to most. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Who or what a finding or verdict is about. `host` and `gateway` have the ids `host` and `gateway:<segment id>`. */
export interface Subject {
  readonly kind: 'container' | 'group' | 'host' | 'gateway' | 'segment' | 'cgroup' | 'process';
  readonly id: string;
  readonly name: string;
}

/** A rule that holds for somebody. `rule` is the rule's id (`BH-HOST-01`); `name` its slug (`engine-socket-mounted`). */
export interface Finding {
  readonly rule: string;
  readonly name: string;
  readonly severity: Severity;
  /** One sentence that names the subject. */
  readonly title: string;
  readonly subjects: readonly Subject[];
  readonly evidence: readonly Reading<unknown>[];
  /** What to do, one sentence. */
  readonly remedy: string;
  /** Stable across restarts and recreation: rule and the subjects' lasting identity. */
  readonly fingerprint: string;
}
