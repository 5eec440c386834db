import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../../../src/core/model/index.js';
import type { PairVerdict, Technique, Verdict } from '../../../src/core/reach/types.js';
import { startEngine, type Lab } from '../engine.js';
import { startPodman } from '../podman.js';
import { attack, type Outcome } from './attack.js';
import type { Scenario } from './scenario.js';
import { setUp, stageKey, type Stage } from './stage.js';

/** What Bulkhead said and what the attack came to, for one scenario and technique. */
export interface Result {
  readonly scenario: Scenario;
  readonly technique: Technique;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly unless: readonly string[];
  /** Whether the verdict speaks of this very impersonation. */
  readonly masked: boolean;
  readonly reads: PairVerdict['reads'];
  readonly outcome: Outcome;
  readonly seconds: number;
}

export interface Played {
  readonly results: readonly Result[];
  readonly failed: string | null;
  readonly snapshot: Snapshot | null;
  readonly from: string;
  readonly to: string;
}

interface Answer {
  readonly verdicts?: readonly PairVerdict[];
  readonly snapshot?: Snapshot;
  readonly failed?: string;
}

interface Looker {
  ask(from: string, to: string): Promise<Answer>;
  stop(): void;
}

const LOOKER = [process.execPath, '--import', 'tsx', fileURLToPath(new URL('./looker.ts', import.meta.url))];

function openLooker(lab: Lab, looker: readonly string[]): Looker {
  const [command = '', ...args] = lab.viewCommand(looker);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting: ((answer: Answer) => void)[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line) as Answer));
  child.on('close', () => {
    for (const done of waiting.splice(0)) done({ failed: `the looker ended: ${said}` });
  });
  child.stdin.on('error', () => undefined);
  return {
    ask: (from, to) =>
      new Promise((done) => {
        waiting.push(done);
        child.stdin.write(`${JSON.stringify({ host: lab.host, from, to })}\n`);
      }),
    stop: () => void child.stdin.end(),
  };
}

const RANK: readonly Verdict[] = ['blocked', 'unknown', 'latent', 'possible'];

function verdictOn(answer: Answer, technique: Technique, s: Stage): PairVerdict | null {
  const list = (answer.verdicts ?? []).filter((v) => v.technique === technique);
  // Of two segments on which both are, the one that speaks of this impersonation.
  const rank = (v: PairVerdict): number => 2 * RANK.indexOf(v.verdict) + (answer.snapshot !== undefined && speaksOf(v, s, answer.snapshot) ? 1 : 0);
  return list.reduce<PairVerdict | null>((best, v) => (best === null || rank(v) > rank(best) ? v : best), null);
}

function speaksOf(v: PairVerdict | null, s: Stage, snapshot: Snapshot): boolean {
  if (v === null) return false;
  if (s.target.container === 'host') return v.impersonates.includes('host') || v.impersonates.includes(`gateway:${v.segment}`);
  const id = snapshot.containers.find((c) => c.name === s.target.container)?.id;
  return id !== undefined && v.impersonates.includes(id);
}

async function playOn(stage: Stage, looker: Looker): Promise<Played> {
  const { scenario } = stage;
  const start = Date.now();
  const from = stage.A.container;
  const to = stage.victim.container;
  const answer = await looker.ask(from, to);
  if (answer.failed !== undefined || answer.snapshot === undefined) throw new Error(answer.failed ?? 'no snapshot');
  const results: Result[] = [];
  for (const technique of scenario.try) {
    const v = verdictOn(answer, technique, stage);
    const outcome = await attack(stage, technique);
    results.push({
      scenario, technique, outcome, verdict: v?.verdict ?? 'blocked', unless: v?.unless ?? [], reads: v?.reads ?? 'no',
      reason: v === null ? 'no segment in common' : (v.because.find((s) => s.holds === 'no')?.step ?? ''),
      masked: speaksOf(v, stage, answer.snapshot), seconds: (Date.now() - start) / 1000,
    });
  }
  return { results, failed: null, snapshot: answer.snapshot, from, to };
}

const failure = (error: unknown): Played => ({ results: [], failed: error instanceof Error ? (error.stack ?? error.message) : String(error), snapshot: null, from: '', to: '' });

/** Plays scenarios that can share a stage, one after the other. */
async function playTogether(lab: Lab, looker: Looker, list: readonly Scenario[], n: number, done: (played: Played, scenario: Scenario) => void): Promise<void> {
  let stage: Stage | null = null;
  for (const scenario of list) {
    try {
      stage = stage === null ? await setUp(lab, scenario, n) : await stage.again(scenario);
      done(await playOn(stage, looker), scenario);
    } catch (error) {
      done(failure(error), scenario);
    }
  }
  await stage?.clear();
}

/** Scenarios that can share a stage, a few at a time. */
function together(scenarios: readonly Scenario[], most: number): Scenario[][] {
  const open = new Map<string, Scenario[]>();
  const out: Scenario[][] = [];
  for (const s of scenarios) {
    const key = stageKey(s);
    const list = key === null ? undefined : open.get(key);
    if (list !== undefined && list.length < most) list.push(s);
    else {
      const fresh = [s];
      out.push(fresh);
      if (key !== null) open.set(key, fresh);
    }
  }
  return out;
}

async function attackerImage(lab: Lab): Promise<void> {
  const machine = '/usr/lib/x86_64-linux-gnu/perl-base';
  await lab.image('attacker:lab', {
    programs: ['/usr/bin/perl', '/usr/sbin/arpspoof'],
    folders: [machine],
    files: { 'sender.pl': readFileSync(fileURLToPath(new URL('./sender.pl', import.meta.url)), 'utf8') },
  });
}

/** Which engines there are, and how each is started. */
export type Engines = Readonly<Partial<Record<NonNullable<Scenario['engine']>, () => Promise<Lab>>>>;

const ENGINES: Engines = { plain: () => startEngine(), remap: () => startEngine({ dockerd: ['--userns-remap', 'default'] }), podman: startPodman };

export interface PlayOptions {
  /** Lanes of the plain engine; default 3. */
  readonly lanes?: number;
  readonly told?: (done: Played, scenario: Scenario) => void;
  readonly engines?: Engines;
  /** The command line that looks and judges. */
  readonly looker?: readonly string[];
}

/** Plays scenarios in several lanes, each with an engine of its own, so that no rule of one meets another. */
export async function play(scenarios: readonly Scenario[], options: PlayOptions = {}): Promise<ReadonlyMap<Scenario, Played>> {
  const { lanes = 3, told = () => undefined, engines = ENGINES } = options;
  const done = new Map<Scenario, Played>();
  let n = 0;
  const lane = async (queue: Scenario[][], engine: keyof Engines) => {
    const open = engines[engine];
    if (queue.length === 0 || open === undefined) return;
    const lab = await open();
    const looker = openLooker(lab, options.looker ?? LOOKER);
    try {
      await attackerImage(lab);
      for (let list = queue.shift(); list !== undefined; list = queue.shift()) {
        await playTogether(lab, looker, list, ++n, (played, s) => {
          done.set(s, played);
          told(played, s);
        });
      }
    } finally {
      looker.stop();
      await lab.stop();
    }
  };
  const of = (engine: keyof Engines) => together(scenarios.filter((s) => (s.engine ?? 'plain') === engine), 8);
  const plain = of('plain');
  const others = (Object.keys(engines) as (keyof Engines)[]).filter((e) => e !== 'plain');
  const all = await Promise.allSettled([...Array.from({ length: lanes }, () => lane(plain, 'plain')), ...others.map((e) => lane(of(e), e))]);
  const bad = all.find((r) => r.status === 'rejected');
  if (bad !== undefined) throw bad.reason;
  return done;
}

/** Whether the verdict names the very thing that stopped the attack, as one that could not be read. */
function reserved(s: Scenario, unless: readonly string[]): boolean {
  return s.unless !== undefined && unless.some((u) => u.includes(s.unless ?? ''));
}

/** Whether what was said and what happened agree. Unknown is no answer, so it cannot be wrong. */
export function agrees(r: Result): boolean {
  if (r.verdict === 'unknown') return true;
  if (r.verdict === 'possible' && !r.outcome.worked && reserved(r.scenario, r.unless)) return true;
  return (r.verdict === 'possible' && r.masked) === r.outcome.worked;
}
