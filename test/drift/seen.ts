import { check, isDrift } from '../../src/core/rules/index.js';
import { judge } from '../../src/core/reach/judge.js';
import type { Container, Snapshot } from '../../src/core/model/index.js';
import type { Finding as Found } from '../../src/core/model/finding.js';
import type { Lab } from '../lab/engine.js';

/** One snapshot, taken by a process of its own as on the engine's host, with every finding. */
export interface Seen {
  readonly snapshot: Snapshot;
  readonly findings: readonly Found[];
  readonly drift: readonly Found[];
  /** Names of the rules that found something on a container. */
  readonly rulesOn: (container: string) => readonly string[];
  readonly container: (name: string) => Container;
}

export async function lookAt(lab: Lab): Promise<Seen> {
  const ran = await lab.inView(['node_modules/.bin/tsx', 'test/lab/look.ts', lab.host], { timeout: 200_000 });
  if (ran.code !== 0) throw new Error(`the snapshot failed: ${ran.stderr}`);
  return judged(JSON.parse(ran.stdout) as Snapshot);
}

export function judged(snapshot: Snapshot): Seen {
  const findings = check({ snapshot, judgement: judge(snapshot) });
  return {
    snapshot,
    findings,
    drift: findings.filter(isDrift),
    rulesOn: (name) => findings.filter((f) => f.subjects.some((s) => s.kind === 'container' && s.name === name)).map((f) => f.name),
    container: (name) => {
      const found = snapshot.containers.find((c) => c.name === name);
      if (found === undefined) throw new Error(`${name} is not in the snapshot`);
      return found;
    },
  };
}
