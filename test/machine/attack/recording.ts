import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { workloads, type Snapshot } from '../../../src/core/model/index.js';
import { judged, type Fought, type Row } from './judge.js';
import { WORLD, type Wire } from './world.js';

/** What the emulated host printed: unit tests judge its snapshot again. */
export interface WorldRecording {
  readonly kernel: string;
  readonly fought: readonly Fought[];
  readonly snapshot: Snapshot;
}

const FILE = fileURLToPath(new URL('../../fixtures/machine/trixie-attack.json.gz', import.meta.url));

/** Those on the wires and what verdicts on them look at. */
function trimmed(s: Snapshot, pids: ReadonlySet<number>): Snapshot {
  const kept = workloads(s).filter((w) => w.pid !== null && pids.has(w.pid));
  const nets = new Set(['host', ...kept.map((w) => w.net)]);
  return {
    ...s, cgroups: [], notes: [],
    containers: s.containers.filter((c) => kept.includes(c)).map((c) => ({ ...c, intruders: [], mounts: { value: [], source: '/proc/1/mountinfo' }, maskedPaths: { value: [], source: 'engine' }, readonlyPaths: { value: [], source: 'engine' } })),
    groups: s.groups.filter((g) => kept.includes(g)),
    namespaces: s.namespaces.filter((n) => (n.type === 'net' || n.type === 'user') && n.members.some((m) => m.kind !== 'process')).map((n) => ({ ...n, members: [], heldBy: [] })),
    interfaces: s.interfaces.filter((i) => nets.has(i.net)),
    nets: s.nets.filter((n) => nets.has(n.key)),
  };
}

export function keepWorld(recording: WorldRecording): void {
  const pids = new Set(recording.fought.flatMap((f) => Object.values(f.members)));
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, gzipSync(JSON.stringify({ ...recording, snapshot: trimmed(recording.snapshot, pids) }), { level: 9 }));
}

export function keptWorld(): WorldRecording | null {
  return existsSync(FILE) ? (JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as WorldRecording) : null;
}

const MARKS: readonly (readonly [mark: string, of: (r: Row) => boolean])[] = [
  ['WRONG', (r) => !r.agrees],
  ['worked', (r) => r.worked && r.can],
  ['unknown', (r) => r.said === 'unknown'],
  ['reserved', (r) => r.can],
  ['-', () => true],
];

function grid(wire: Wire, technique: string, rows: readonly Row[]): readonly string[] {
  const victims = [...new Set(rows.map((r) => r.victim))];
  const out = [`### ${wire.family}: ${wire.name}, ${technique}`, '', `| attacker | ${victims.join(' | ')} |`, `|---|${victims.map(() => '---|').join('')}`];
  for (const attacker of [...new Set(rows.map((r) => r.attacker))]) {
    const cells = victims.map((v) => {
      const row = rows.find((r) => r.attacker === attacker && r.victim === v);
      return row === undefined ? '' : (MARKS.find(([, of]) => of(row))?.[0] ?? '');
    });
    out.push(`| ${attacker} | ${cells.join(' | ')} |`);
  }
  return [...out, ''];
}

/** The emulated host's part of docs/attack-matrix.md. */
export function worldMatrix(recording: WorldRecording): readonly string[] {
  const rows = judged(recording.snapshot, recording.fought);
  return [
    '## In the emulated host',
    '',
    'Written by `BULKHEAD_RECORD_LAB=1 npx vitest run --project siege`, of what the lab’s own kernel lacks. On each wire every',
    'member attacked every other in the name of `x`, and is called by what was done to its port. `worked`: said to be possible, and',
    'it was. `-`: said to be blocked, and nothing came of it. `unknown`: no answer was given. `reserved`: said to be possible unless',
    'what cannot be read stops it, and that did.',
    '',
    `Linux ${recording.kernel}. ${rows.length} attacks on ${recording.fought.length} wires; said and happened agree in ${rows.filter((r) => r.agrees).length}.`,
    '',
    ...WORLD.flatMap((wire) => {
      const mine = rows.filter((r) => r.wire === wire.name);
      return [...new Set(mine.map((r) => r.technique))].flatMap((t) => grid(wire, t, mine.filter((r) => r.technique === t)));
    }),
  ];
}
