import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { slug, unpack } from '../../../test/lab/attack/recording.js';
import { RECORDED } from '../../../test/lab/attack/scenarios.js';
import { judged } from '../../../test/machine/attack/judge.js';
import { keptWorld } from '../../../test/machine/attack/recording.js';
import { isKnown, known, snapshot, type ProcessFacts, type Snapshot } from '../model/index.js';
import { explain, judge, VERDICTS, type Remedy } from './index.js';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/lab/', import.meta.url));
const files = readdirSync(FIXTURES).filter((f) => f.endsWith('.json.gz'));

test('each recording is of a scenario of the lab', () => {
  const names = new Set(RECORDED.map((s) => `${slug(`${s.family}: ${s.name}`)}.json.gz`));
  expect(files.filter((f) => !names.has(f))).toEqual([]);
  expect(files.length).toBeGreaterThan(130);
});

describe.each(files)('%s', (file) => {
  const recording = unpack(readFileSync(join(FIXTURES, file)));

  test('is a snapshot by the schema', () => {
    expect(snapshot.safeParse(recording.snapshot).error).toBeUndefined();
  });

  test('is judged as the attack went', () => {
    const verdicts = explain(recording.snapshot, recording.from, recording.to);
    for (const m of recording.measured) {
      const mine = verdicts.filter((v) => v.technique === m.technique);
      const can = mine.some((v) => v.verdict === 'possible' && v.impersonates.some((id) => id === recording.as || (recording.as === 'gateway' && (id.startsWith('gateway:') || id === 'host'))));
      expect(can, m.technique).toBe(m.worked);
    }
  });

  test('what is said to stop it stops it', () => {
    const { snapshot: now, from, to } = recording;
    const said = new Map(explain(now, from, to).flatMap((v) => (v.verdict === 'possible' ? v.remedies.map((r) => [`${v.segment} ${r.text}`, { segment: v.segment, remedy: r }] as const) : [])));
    for (const { segment, remedy } of said.values()) {
      const then = remedied(now, from, remedy);
      expect(then, remedy.text).not.toBe(now);
      expect(explain(then, from, to).filter((v) => v.segment === segment && v.verdict === 'possible').map((v) => v.technique), remedy.text).toEqual([]);
    }
  });

  test('the grouped judgement says of a pair what its chain says', () => {
    const judgement = judge(recording.snapshot);
    for (const segment of judgement.segments) {
      for (const attacker of segment.attackers) {
        for (const group of attacker.groups) {
          for (const victim of group.victims) {
            const chain = explain(recording.snapshot, attacker.id, victim).filter((v) => v.segment === segment.segment);
            const strongest = VERDICTS.find((name) => chain.some((v) => v.verdict === name)) ?? 'blocked';
            expect([attacker.id, victim, group.verdict]).toEqual([attacker.id, victim, strongest]);
          }
        }
      }
    }
  });
});

/** The snapshot as it would be after a remedy, as its command says. */
function remedied(now: Snapshot, id: string, { command }: Remedy): Snapshot {
  const caps = [...command.matchAll(/--cap-drop (\w+)/g)].map((m) => `CAP_${m[1] ?? ''}`);
  const ports = [...command.matchAll(/dev (\S+) isolated on/g)].map((m) => m[1]);
  const moved = /network disconnect|--network own/.test(command);
  const apart = / --pid /.test(command);
  const bare = /without .*-v of \/proc/.test(command);
  // Who is started anew has none of the sockets that were open.
  const anew = / run /.test(command);
  if (caps.length + ports.length === 0 && !moved && !apart && !bare && !anew) return now;
  const less = (p: ProcessFacts): ProcessFacts => {
    const take = (set: ProcessFacts['capabilities']['effective']) => ('value' in set ? { ...set, value: set.value.filter((cap) => !caps.includes(cap)) } : set);
    const { effective, permitted, bounding, ambient, inheritable } = p.capabilities;
    return { ...p, capabilities: { effective: take(effective), permitted: take(permitted), bounding: take(bounding), ambient: take(ambient), inheritable: take(inheritable) } };
  };
  const of = now.containers.find((c) => c.id === id);
  const inside = of?.namespaces.net.inode;
  const home = (p: ProcessFacts): ProcessFacts => ({ ...p, namespaces: { ...p.namespaces, net: moved ? known(1, '') : anew && inside !== undefined ? inside : p.namespaces.net } });
  const pids = new Set(of?.processes.map((p) => String(p.pid)));
  const namespaces = now.namespaces.map((n) => (bare || moved ? { ...n, heldBy: n.heldBy.filter((path) => !pids.has(path.split('/')[2] ?? '')) } : n));
  const containers = now.containers.map((c) => (c.id !== id ? c : {
    ...c,
    processes: c.processes.map((p) => home(less(p))), process: c.process === null ? null : home(less(c.process)),
    ...(moved ? { net: 'net:1', endpoints: [] } : {}),
    ...(apart ? { namespaces: { ...c.namespaces, pid: { inode: known(1, ''), owner: known('own', '') } } } : {}),
    ...(bare ? { mounts: known([], ''), declared: { ...c.declared, mounts: [] } } : {}),
  }));
  const interfaces = now.interfaces.map((i) => (i.net === 'host' && ports.includes(i.name) && i.port !== null ? { ...i, port: { ...i.port, isolated: known(true, '') } } : i));
  const nets = now.nets.map((n) => (anew ? { ...n, sockets: known(n.sockets === undefined || !isKnown(n.sockets) ? [] : n.sockets.value.filter((one) => !JSON.stringify(one).includes(id)), '') } : n));
  return { ...now, containers, interfaces, nets, namespaces };
}

const world = keptWorld();
if (world !== null) {
  describe('the emulated host', () => {
    test('is a snapshot by the schema', () => {
      expect(snapshot.safeParse(world.snapshot).error).toBeUndefined();
    });

    test('is judged as the attacks went', () => {
      const rows = judged(world.snapshot, world.fought);
      expect(rows.filter((r) => !r.agrees).map((r) => `${r.wire}, ${r.technique}, ${r.attacker} → ${r.victim}: said ${r.said}, ${r.worked ? 'worked' : 'failed'}`)).toEqual([]);
      // Some seconds of work, on a machine that may have other things to do.
    }, 600_000);
  });
}
