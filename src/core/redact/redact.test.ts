import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cast, type CastSize } from '../../../test/cast/cast.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import { openSnapshot } from '../model/open.js';
import { judge, pairs } from '../reach/index.js';
import { check } from '../rules/index.js';
import { plainContainer, plainFacts } from '../rules/example.js';
import { redact } from './index.js';

const KEY = 'a key of the tests';
const again = (s: Snapshot) => redact(s, KEY).snapshot;

test.each([3, 14, 40, 200] as CastSize[])('the verdicts on a host of %i are the same', (size) => {
  const s = cast(size);
  const r = again(s);
  expect(judge(r).counts).toEqual(judge(s).counts);
  const verdicts = (x: Snapshot): string[] => [...pairs(x)].map((v) => `${v.technique} ${v.verdict} ${v.reads} ${v.impersonates.length} ${v.because.map((b) => b.holds).join()}`);
  if (size < 200) expect(verdicts(r)).toEqual(verdicts(s));
  const found = (x: Snapshot): string[] => check({ snapshot: x, judgement: judge(x) }).map((f) => `${f.rule} ${f.severity} ${f.evidence.length}`).sort();
  expect(found(r)).toEqual(found(s));
});

test('so are those on a host that was read for real, with its rules and tables', () => {
  const opened = openSnapshot(readFileSync(path.resolve(import.meta.dirname, '../../../assets/example.json'), 'utf8'));
  if (!opened.ok) throw new Error(opened.trouble.why);
  const s = opened.snapshot;
  const r = again(s);
  expect(judge(r).counts).toEqual(judge(s).counts);
  const found = (x: Snapshot): string[] => check({ snapshot: x, judgement: judge(x) }).map((f) => `${f.rule} ${f.severity}`).sort();
  expect(found(r)).toEqual(found(s));
  const text = JSON.stringify(r);
  for (const c of s.containers) expect(text.includes(c.id) || text.includes(c.id.slice(0, 12)), c.name).toBe(false);
});

test('no name, image, address, MAC, host name or id is left', () => {
  const s = cast(14);
  const text = JSON.stringify(again(s));
  const words = new Set<string>();
  for (const w of workloads(s)) {
    words.add(w.name).add(w.id);
    if (w.kind === 'container') words.add(w.image).add(w.project ?? 'none');
    for (const e of w.endpoints) for (const r of [e.mac, e.ipv4]) if ('value' in r) words.add(r.value.split('/')[0] ?? '');
  }
  for (const segment of s.segments) words.add(segment.id.slice(8)).add(segment.name);
  if ('value' in s.host.hostname) words.add(s.host.hostname.value);
  for (const plain of ['none', 'null', 'bridge', 'host', 'cache', 'web', 'db', 'api', 'proxy', '']) words.delete(plain);
  for (const word of words) expect(text.includes(`"${word}"`) || new RegExp(`(?<![A-Za-z0-9])${word.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&')}(?![A-Za-z0-9])`, 'u').test(text), word).toBe(false);
  for (const word of ['cache', 'web', 'db', 'api', 'proxy']) expect(text.includes(`"name":"${word}"`), word).toBe(false);
});

test('a secret in a label, a command, a mount or a note is gone', () => {
  const secret = 'hunter2correcthorse';
  const s = plainFacts(
    [
      plainContainer({
        labels: { [`x.${secret}`]: 'a', note: secret, 'com.docker.compose.oneoff': secret },
        declared: {
          command: `serve --pin ${secret}`, user: secret, devices: [`/dev/${secret}`], securityOpt: [`apparmor=${secret}`], networkMode: secret, sysctls: { 'net.core.x': secret },
          mounts: [{ type: 'bind', source: `/srv/${secret}/a`, destination: `/x/${secret}`, writable: true, propagation: '' }],
        },
      }),
    ],
    { notes: [{ about: secret, text: `${secret} died` }] },
  ).snapshot;
  expect(JSON.stringify(again(s))).not.toContain(secret);
});

test('the same key gives the same pseudonyms in another file, another key others', () => {
  const name = (s: Snapshot, key = KEY) => redact(s, key).snapshot.containers[0]?.name;
  const alone = { ...cast(14), containers: cast(14).containers.slice(0, 1) };
  expect(name(alone)).toBe(name(cast(14)));
  expect(name(alone, 'another key')).not.toBe(name(alone));
});

test('addresses keep their subnets, gateways their last byte, MACs their number', () => {
  const s = again(cast(14));
  for (const c of s.containers) {
    for (const e of c.endpoints) {
      const segment = s.segments.find((g) => g.id === e.segment);
      if (!('value' in e.ipv4) || !segment) continue;
      const octets = e.ipv4.value.split('.');
      expect(segment.subnets.some((n) => n.split('.').slice(0, 2).join() === octets.slice(0, 2).join())).toBe(true);
      expect(segment.gateways.every((g) => g.endsWith('.1'))).toBe(true);
    }
  }
  const macs = (x: Snapshot) => new Set(x.interfaces.flatMap((i) => ('value' in i.mac ? [i.mac.value] : []))).size;
  expect(macs(s)).toBe(macs(cast(14)));
});

test('what is one of a few words stays that word, so that the file opens and says the same', () => {
  const before = cast(3);
  const containers = before.containers.map((c) => ({ ...c, declared: { ...c.declared, systemPaths: 'other' as const } }));
  const after = again({ ...before, containers });
  expect(after.containers.map((c) => c.declared.systemPaths)).toEqual(containers.map(() => 'other'));
});

test('a redacted file opens, says that it is redacted, and tells what is left', () => {
  const done = redact(cast(14), KEY);
  const opened = openSnapshot(JSON.stringify(done.snapshot));
  expect(opened.ok && opened.snapshot.redacted).toBe(true);
  expect(done.left.length).toBeGreaterThan(4);
});

test('what is left is read off the file itself: what is there is named, what is not there is not', () => {
  const whole = redact(cast(14), KEY);
  const said = whole.left.join('\n');
  for (const part of ['26.1.5', '14 containers, 1 group, 4 networks (bridge)', 'user ids: 0, 1000', 'docker-default', 'com.docker.compose.project', 'eth0']) expect(said).toContain(part);
  for (const c of cast(14).containers) expect(said).not.toMatch(new RegExp(`\\b${c.name}\\b`, 'u'));
  const bare = redact({ ...cast(14), containers: [], groups: [], notes: [{ about: 'web', text: 'web died' }] }, KEY).left.join('\n');
  expect(bare).not.toContain('com.docker.compose');
  expect(bare).not.toContain('user ids');
  expect(bare).toContain('left out: 1 note');
  expect(whole.rename(cast(14).containers[0]?.name ?? '')).toBe(whole.snapshot.containers[0]?.name);
});
