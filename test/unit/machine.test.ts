import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { snapshot as schema, valueOf, type Container, type Snapshot } from '../../src/core/model/index.js';
import { judge } from '../../src/core/reach/judge.js';
import { check, isDrift } from '../../src/core/rules/index.js';

/** Snapshots of real modern hosts (cgroup v2, AppArmor, Engine 26 and 28), as the emulated machines' tests kept them. */

const FOLDER = new URL('../fixtures/machine/', import.meta.url);
const kept = (name: string) => readdirSync(FOLDER).filter((file) => file.endsWith(`-${name}.json.gz`));
const open = (file: string): Snapshot => schema.parse(JSON.parse(gunzipSync(readFileSync(new URL(file, FOLDER))).toString('utf8')));
const take = (snapshot: Snapshot, name: string): Container => snapshot.containers.find((c) => c.name === name) ?? expect.fail(`no ${name}`);
const findings = (snapshot: Snapshot) => check({ snapshot, judgement: judge(snapshot) });
const on = (snapshot: Snapshot, name: string, drift: boolean) =>
  [...new Set(findings(snapshot).filter((f) => isDrift(f) === drift && f.subjects.some((s) => s.name === name)).map((f) => f.name))].sort();

describe.each(kept('inside'))('%s', (file) => {
  const snapshot = open(file);
  test('is proved, and quiet', () => {
    expect(snapshot.host).toMatchObject({ proof: { kind: 'proved' }, cgroupVersion: { value: 'v2' } });
    expect(findings(snapshot).filter(isDrift)).toEqual([]);
  });
  test('a slice’s tighter limit is the effective one', () => {
    const { memory } = take(snapshot, 'squeezed').cgroup;
    expect([memory.limit, memory.effectiveLimit].map(valueOf)).toEqual([512 * 1024 * 1024, 128 * 1024 * 1024]);
    expect(valueOf(memory.imposedBy)).toContain('tight.slice');
  });
  test('who has no profile is told, whatever its label is called, and who has one is not', () => {
    expect(on(snapshot, 'unconfined', false)).toEqual(expect.arrayContaining(['unconfined-lsm', 'unconfined-seccomp']));
    expect(on(snapshot, 'plain', false)).not.toContain('unconfined-lsm');
  });
});

describe.each(kept('outside'))('%s', (file) => {
  test('knows the engine’s words, and nothing of a kernel', () => {
    const snapshot = open(file);
    expect(snapshot.host.proof.kind).toBe('foreign');
    expect(take(snapshot, 'limited').declared.memory).toBe(256 * 1024 * 1024);
    expect(snapshot.containers.every((c) => c.process === null && 'unknown' in c.cgroup.memory.usage)).toBe(true);
    expect(findings(snapshot).filter(isDrift)).toEqual([]);
  });
});

describe.each(kept('drift'))('%s', (file) => {
  const snapshot = open(file);
  test.each([
    ['calm', []], ['lax', []], ['unconfined', ['drift-lsm']], ['replaced', ['drift-lsm']], ['removed', ['drift-lsm']], ['hosted', ['drift-namespace']],
    ['changed', ['drift-address', 'drift-cpu', 'drift-device', 'drift-interface', 'drift-mac', 'drift-memory', 'drift-mount', 'drift-pids', 'drift-route']],
  ])('%s: what was planted there', (name, rules) => expect(on(snapshot, name, true)).toEqual(rules));
  test('complain is not enforce', () => {
    expect(on(snapshot, 'lax', false)).toContain('lsm-complain');
    expect(on(snapshot, 'calm', false)).not.toContain('lsm-complain');
  });
});
