import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { known, type CgroupFacts } from '../model/index.js';
import { snapshot } from '../model/snapshot.js';
import { RULES } from './catalogue.js';
import { check, checkMoved, ruleOf } from './index.js';
import { plainCgroup, plainContainer, plainFacts, plainProcess, withCapabilities } from './example.js';
import { FAMILIES, type Facts } from './rule.js';

const here = import.meta.dirname;
const files = ['.', 'drift'].flatMap((dir) => readdirSync(join(here, dir)).filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts')).map((f) => join(here, dir, f)));
const ruleFiles = files.filter((f) => /\bid: 'BH-/u.test(readFileSync(f, 'utf8')));

test('every file of a rule is in the catalogue, and none twice', () => {
  const ids = ruleFiles.map((f) => /\bid: '(BH-[A-Z0-9]+-\d+)'/u.exec(readFileSync(f, 'utf8'))?.[1]);
  expect(RULES.map((r) => r.id).sort()).toEqual(ids.sort());
  expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length);
  expect(new Set(RULES.map((r) => r.name)).size).toBe(RULES.length);
});

test('every rule has a test beside it', () => {
  for (const file of ruleFiles) expect(existsSync(file.replace(/\.ts$/u, '.test.ts')), `${file} has no test`).toBe(true);
});

describe.each(RULES.map((r) => [r.id, r] as const))('%s', (_, rule) => {
  test('is told in words', () => {
    expect(FAMILIES).toContain(rule.family);
    for (const text of [rule.title, rule.why, rule.remedy]) expect(text).toMatch(/^[A-Z`].{20,}[.)]$/su);
    expect(rule.references.length).toBeGreaterThan(0);
    expect(rule.good.text).not.toBe(rule.bad.text);
    expect(ruleOf(rule.name)).toBe(rule);
    expect(ruleOf(rule.id.toLowerCase())).toBe(rule);
  });
  test('finds nothing in its good example and something in its bad one', () => {
    expect(rule.find(rule.good.facts())).toEqual([]);
    const hits = rule.find(rule.bad.facts());
    expect(hits.length).toBeGreaterThan(0);
    for (const hit of hits) {
      expect(hit.subjects.length).toBeGreaterThan(0);
      expect(hit.evidence.length).toBeGreaterThan(0);
      expect(hit.evidence.every((e) => e.source !== '')).toBe(true);
      if (hit.subjects[0]?.kind === 'container') expect(hit.title).toContain(hit.subjects[0].name);
    }
  });
  test('its examples are snapshots', () => {
    for (const example of [rule.good, rule.bad]) snapshot.parse(example.facts().snapshot);
  });
});

test('a hardened container on a quiet host has no finding', () => {
  expect(check(plainFacts())).toEqual([]);
});

test('fingerprints outlive recreation, and differ from container to container', () => {
  const rule = RULES.filter((r) => r.name === 'privileged');
  const of = (edit: Parameters<typeof plainContainer>[0]) => check(plainFacts([plainContainer({ declared: { privileged: true }, ...edit })]), rule)[0]?.fingerprint;
  const first = of({});
  expect(first).toMatch(/^[0-9a-f]{32}$/u);
  expect(of({ id: 'f'.repeat(64), pid: 9, image: 'shop-web:9' })).toBe(first);
  expect(of({ name: 'other' })).not.toBe(first);
});

test('a name crafted to look like another’s identity does not take its fingerprint', () => {
  const rule = RULES.filter((r) => r.name === 'privileged');
  const of = (edit: Parameters<typeof plainContainer>[0]) => check(plainFacts([plainContainer({ declared: { privileged: true }, ...edit })]), rule)[0]?.fingerprint;
  expect(of({ name: 'a', image: 'b c' })).not.toBe(of({ name: 'a b', image: 'c' }));
});

test('findings come worst first and in a steady order', () => {
  const facts = plainFacts([plainContainer({ name: 'b', id: 'b'.repeat(64), declared: { privileged: true } }), plainContainer({ name: 'a', id: 'a'.repeat(64), declared: { privileged: true } })]);
  expect(check(facts).map((f) => f.subjects[0]?.name).slice(0, 2)).toEqual(['a', 'b']);
  expect(check({ ...facts, snapshot: { ...facts.snapshot, containers: [...facts.snapshot.containers].reverse() } })).toEqual(check(facts));
});

test('processes that somebody parted by hand never fail a gate: what they lack is low at most', () => {
  const { image: _i, imageId: _d, state: _s, health: _h, project: _p, service: _v, createdAt: _c, startedAt: _t, labels: _l, declared: _e, ...shared } = plainContainer({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, effectiveLimit: { value: 'max', source: 'memory.max' } } }, processes: [{ ...plainProcess(), seccomp: { value: 'disabled', source: '/proc/1/status' }, capabilities: withCapabilities(['CAP_SYS_ADMIN']) }] });
  const group = { ...shared, kind: 'group' as const, runtime: 'unshare' as const, folded: false, evidence: '' };
  const found = check(plainFacts([], { groups: [group] }));
  expect(found.length).toBeGreaterThan(1);
  expect(found.every((f) => f.severity === 'low' || f.severity === 'info')).toBe(true);
});

/** The same facts with everything moved that a poll reads: what cgroups use, and alarms. */
function moved(facts: Facts, used: number): Facts {
  const at = known(used, '/sys/fs/cgroup/somewhere');
  const pressure = known({ some10: used, some60: used, some300: used, full10: used }, '/sys/fs/cgroup/somewhere');
  const cgroup = (c: CgroupFacts): CgroupFacts => ({
    ...c,
    memory: { ...c.memory, usage: at, oomKills: at, pressure },
    cpu: { ...c.cpu, usageMs: at, throttledMs: at, throttledPeriods: at, pressure },
    pids: { ...c.pids, usage: at },
    io: { ...c.io, readBytes: at, writtenBytes: at, pressure },
  });
  const moving = <T extends { readonly cgroup: CgroupFacts }>(w: T): T => ({ ...w, cgroup: cgroup(w.cgroup) });
  const s = facts.snapshot;
  return { ...facts, alarms: [], snapshot: { ...s, containers: s.containers.map(moving), groups: s.groups.map(moving), cgroups: s.cgroups.map((n) => ({ ...n, facts: cgroup(n.facts) })) } };
}

test.each(RULES.filter((r) => r.moves === undefined).map((r) => [r.name, r] as const))('%s finds the same whatever cgroups use and whichever alarms there are', (_, rule) => {
  for (const used of [0, 1e12]) expect(rule.find(moved(rule.bad.facts(), used))).toEqual(rule.find(rule.bad.facts()));
});

test('what moved is checked by the rules that look at it, and the rest stays the same', () => {
  const quiet = plainFacts([plainContainer({ declared: { privileged: true } })]);
  const before = check(quiet);
  expect(checkMoved(quiet, before)).toBe(before);
  const full = moved(quiet, 1e12);
  const after = checkMoved(full, before);
  expect(after).toEqual(check(full));
  expect(after.length).toBeGreaterThan(before.length);
  expect(checkMoved(quiet, after)).toEqual(before);
});
