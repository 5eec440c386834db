import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Snapshot } from '../../../src/core/model/index.js';
import type { Technique, Verdict } from '../../../src/core/reach/types.js';
import { matrixOf } from './matrix.js';
import type { Played } from './play.js';
import { keptWorld, worldMatrix } from '../../machine/attack/recording.js';
import type { Scenario } from './scenario.js';
import { RECORDED } from './scenarios.js';

/** One attack: what was said before, what happened. `said` of a verdict that does not speak of this impersonation is `not as that one`. */
export interface Measured {
  readonly technique: Technique;
  readonly said: Verdict;
  readonly masked: boolean;
  readonly worked: boolean;
  readonly by: string;
  readonly reads: 'yes' | 'no' | 'unknown';
  readonly heard: boolean | null;
}

/** A scenario's snapshot with what was measured: unit tests judge it again. */
export interface Recording {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Id of whose address was claimed: a workload's, or `gateway`. */
  readonly as: string;
  readonly measured: readonly Measured[];
  /** Of the machine it was measured on, e.g. `6.18.44`. */
  readonly kernel: string;
  readonly snapshot: Snapshot;
}

/** What a verdict looks at; the rest of the machine that the lab ran on is nobody's business. */
function trimmed(s: Snapshot): Snapshot {
  const nets = new Set(s.containers.map((c) => c.net));
  const empty = new Set(s.nets.filter((n) => n.of.length === 0).map((n) => n.key));
  const pids = new Set(s.containers.flatMap((c) => [c.pid, ...c.processes.map((p) => p.pid)]));
  const own = (path: string) => pids.has(Number(/^\/proc\/(\d+)\/(fd|root)\//.exec(path)?.[1]));
  const kept = (key: string) => key === 'host' || nets.has(key) || empty.has(key);
  return {
    ...s, groups: [], cgroups: [], notes: [],
    namespaces: s.namespaces.filter((n) => (n.type === 'net' || n.type === 'user') && n.members.some((m) => m.kind !== 'process')).map((n) => ({ ...n, members: [], heldBy: n.heldBy.filter(own) })),
    interfaces: s.interfaces.filter((i) => kept(i.net)),
    nets: s.nets.filter((n) => kept(n.key)).map((n) => ({ ...n, of: n.of.filter((id) => id === 'host' || s.containers.some((c) => c.id === id)) })),
    containers: s.containers.map((c) => ({ ...c, intruders: [], mounts: { value: [], source: '/proc/1/mountinfo' }, maskedPaths: { value: [], source: 'engine' }, readonlyPaths: { value: [], source: 'engine' } })),
  };
}

export function record(scenario: Scenario, played: Played): Recording | null {
  const { snapshot } = played;
  if (snapshot === null) return null;
  const id = (name: string) => (name === 'host' ? 'host' : (snapshot.containers.find((c) => c.name === name)?.id ?? name));
  return {
    name: `${scenario.family}: ${scenario.name}`, from: id(played.from), to: id(played.to), as: scenario.as === 'gateway' ? 'gateway' : id(`${played.from.replace(/-a$/, '')}-x`),
    measured: played.results.map((r) => ({ technique: r.technique, said: r.verdict, masked: r.masked, worked: r.outcome.worked, by: r.outcome.by, reads: r.reads, heard: r.outcome.heard })),
    kernel: release().split('-')[0] ?? '',
    snapshot: trimmed(snapshot),
  };
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const FIXTURES = join(ROOT, 'test/fixtures/lab');

/** The recording of each scenario that has one. */
export function recordings(scenarios: readonly Scenario[]): ReadonlyMap<Scenario, Recording> {
  const out = new Map<Scenario, Recording>();
  for (const s of scenarios) {
    const file = join(FIXTURES, `${slug(`${s.family}: ${s.name}`)}.json.gz`);
    if (existsSync(file)) out.set(s, unpack(readFileSync(file)));
  }
  return out;
}

/** Writes one recording. */
export function saveOne(scenario: Scenario, played: Played): void {
  const r = record(scenario, played);
  if (r === null) return;
  mkdirSync(FIXTURES, { recursive: true });
  writeFileSync(join(FIXTURES, `${slug(r.name)}.json.gz`), pack(r));
}

/** Writes what was played beside what was recorded before, and the matrix of all of it. */
export function save(all: readonly Scenario[], played: ReadonlyMap<Scenario, Played>): void {
  mkdirSync(FIXTURES, { recursive: true });
  const names = new Set(all.map((s) => `${slug(`${s.family}: ${s.name}`)}.json.gz`));
  for (const old of readdirSync(FIXTURES)) if (!names.has(old)) rmSync(join(FIXTURES, old));
  for (const [s, p] of played) saveOne(s, p);
  saveMatrix(all);
}

/** Writes the matrix anew from all that was recorded, here and in the emulated host. */
export function saveMatrix(all: readonly Scenario[] = RECORDED): void {
  const world = keptWorld();
  writeFileSync(join(ROOT, 'docs/attack-matrix.md'), [matrixOf(all, recordings(all)), ...(world === null ? [] : worldMatrix(world))].join('\n'));
}

export const pack = (r: Recording): Uint8Array => gzipSync(JSON.stringify(r), { level: 9 });
export const unpack = (bytes: Uint8Array): Recording => JSON.parse(gunzipSync(bytes).toString()) as Recording;
export const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
