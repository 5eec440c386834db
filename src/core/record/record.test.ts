import { describe, expect, test } from 'vitest';
import { cast, castSpec, world } from '../../../test/cast/cast.js';
import { diffSnapshots } from '../delta.js';
import type { CgroupFacts } from '../model/cgroup.js';
import { known } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Alarm } from '../alarm/types.js';
import { frameAt, isRecording, openRecording, recordAlarm, recordSnapshot, startRecording, TABLES_EVERY, USE_EVERY, WHOLE_EVERY } from './index.js';

const shop = cast(14);
const T0 = Date.parse(shop.takenAt);
const later = (s: Snapshot, ms: number): Snapshot => ({ ...s, takenAt: new Date(T0 + ms).toISOString() });
const busy = (f: CgroupFacts, n: number): CgroupFacts => ({
  ...f,
  memory: { ...f.memory, usage: known(n * 4096, f.memory.usage.source) },
  cpu: { ...f.cpu, usageMs: known(n, f.cpu.usageMs.source), throttledMs: known(n * 3, f.cpu.throttledMs.source), throttledPeriods: known(n * 2, f.cpu.throttledPeriods.source) },
  pids: { ...f.pids, usage: known(n % 50, f.pids.usage.source) },
  io: { ...f.io, readBytes: known(n * 512, f.io.readBytes.source), writtenBytes: known(n * 1024, f.io.writtenBytes.source) },
});
const used = (s: Snapshot, n: number): Snapshot => ({
  ...s,
  containers: s.containers.map((c) => ({ ...c, cgroup: busy(c.cgroup, n) })),
  cgroups: s.cgroups.map((c) => ({ ...c, facts: busy(c.facts, n) })),
});
const restarted = (s: Snapshot, i: number, n: number): Snapshot => ({ ...s, containers: s.containers.map((c, at) => (at === i ? { ...c, pid: 100_000 + n, startedAt: new Date(T0 + n * 1000).toISOString() } : c)) });

/** Records snapshots one after another. */
function recorded(first: Snapshot, rest: readonly Snapshot[]): string {
  const start = startRecording(first);
  let { recorder, text } = start;
  for (const s of rest) {
    const step = recordSnapshot(recorder, s);
    recorder = step.recorder;
    text += step.text;
  }
  return text;
}
const opened = (text: string) => {
  const o = openRecording(text);
  if (!o.ok) throw new Error(o.trouble.why);
  return o.recording;
};
const shown = (text: string, i: number): Snapshot => {
  const f = frameAt(opened(text), i);
  if (!f.ok) throw new Error(f.trouble.why);
  return f.snapshot;
};

test('a recording replays what was recorded, frame by frame and from anywhere', () => {
  const less = world({ ...castSpec(14), workloads: castSpec(14).workloads.filter((w) => w.name !== 'mailer') });
  const frames = [later(restarted(shop, 3, 7), 1000), later(less, 2000), later(shop, 3000), later(used(shop, 5), TABLES_EVERY)];
  const text = recorded(shop, frames);
  const r = opened(text);
  expect(r.truncated).toBe(false);
  expect(r.frames.map((f) => f.at)).toEqual([shop, ...frames].map((s) => s.takenAt));
  // A replay keeps its own order of entries, which a delta does not mind.
  const last = diffSnapshots(shown(text, 4), frames[3] as Snapshot);
  expect([last.lists, last.host]).toEqual([{}, null]);
  const who = (s: Snapshot): string[] => s.containers.map((c) => `${c.name} ${c.pid}`).sort();
  for (const i of [0, 2, 1, 3]) expect(who(shown(text, i))).toEqual(who([shop, ...frames][i] as Snapshot));
});

test('what only flickers is written once a minute, what means something at once', () => {
  const text = recorded(shop, [later(used(shop, 1), 2000), later(used(shop, 2), 4000), later(restarted(used(shop, 3), 0, 1), 6000), later(used(restarted(shop, 0, 1), 9), USE_EVERY)]);
  expect(opened(text).frames.map((f) => Date.parse(f.at) - T0)).toEqual([0, 6000, USE_EVERY]);
  expect(shown(text, 2).containers[0]?.cgroup.cpu.usageMs).toMatchObject({ value: 9 });
});

test('an alarm is kept, healed or not, and wants the tables as they are', () => {
  const alarm: Alarm = { id: 'a', kind: 'impersonation', at: shop.takenAt, healedAt: null, attacker: 'x', victim: 'y', impersonates: 'z', address: '1', segment: 's', sentence: 'x poses as z', evidence: [] };
  const poisoned: Snapshot = later({ ...shop, nets: shop.nets.map((n) => ({ ...n, neighbours: known([{ ip: '1.2.3.4', mac: '02:00:00:00:00:01', dev: 'eth0', state: 'UNKNOWN' }], '/proc/1/net/arp') })) }, 1000);
  const start = startRecording(shop);
  expect(recordSnapshot(start.recorder, poisoned).text).toBe('');
  const step = recordSnapshot(start.recorder, poisoned, true);
  const text = start.text + recordAlarm(alarm.at, alarm) + step.text + recordAlarm(alarm.at, { ...alarm, healedAt: poisoned.takenAt });
  expect(opened(text).alarms).toEqual([{ ...alarm, healedAt: poisoned.takenAt }]);
  expect(shown(text, 1).nets[0]?.neighbours).toMatchObject({ value: [{ ip: '1.2.3.4' }] });
});

describe('a recording that was cut off', () => {
  const text = recorded(shop, [later(restarted(shop, 0, 1), 1000), later(restarted(shop, 1, 2), 2000)]);

  test('opens up to the cut, wherever it is', () => {
    const second = text.trimEnd().lastIndexOf('\n') + 1;
    for (const cut of [second + 1, second + 20, text.length - 2]) {
      const r = opened(text.slice(0, cut));
      expect(r.frames).toHaveLength(2);
      expect(r.truncated).toBe(true);
      expect(frameAt(r, 1).ok).toBe(true);
    }
    expect(opened(text.slice(0, second)).truncated).toBe(false);
  });

  test('before its first whole snapshot, or that is none, gets one clear sentence', () => {
    for (const bad of ['', '{}', 'hello', text.slice(0, 200), '[1,2]\n']) {
      const o = openRecording(bad);
      expect(o.ok).toBe(false);
      if (!o.ok) expect(o.trouble.why.length).toBeGreaterThan(10);
    }
  });

  test('in the middle goes on at the next whole snapshot', () => {
    const long = recorded(shop, [later(restarted(shop, 0, 1), 1000), later(shop, WHOLE_EVERY + 1000), later(restarted(shop, 1, 2), WHOLE_EVERY + 2000)]).split('\n');
    long[2] = (long[2] ?? '').slice(0, 30);
    const r = opened(long.join('\n'));
    expect(r.truncated).toBe(true);
    expect(r.frames).toHaveLength(3);
    expect(frameAt(r, 2).ok).toBe(true);
  });
});

test('a frame that a foreign file made up is refused with a sentence, and not shown', () => {
  const text = startRecording(shop).text + `${JSON.stringify({ at: later(shop, 1).takenAt, lists: { containers: { set: [[0, { name: { '=': { evil: 1 } } }], [999, {}]], gone: [5000] } } })}\n`;
  const f = frameAt(opened(text), 1);
  expect(f.ok).toBe(false);
  if (!f.ok) expect(f.trouble.why).toContain('containers[0].name');
});

test('a recording is told from a snapshot by its first line', () => {
  expect(isRecording(startRecording(shop).text)).toBe(true);
  expect(isRecording(JSON.stringify(shop))).toBe(false);
});

test('24 hours of a busy host of 40 containers stay under 50 MB', () => {
  const forty = cast(40);
  const start = startRecording(forty);
  let { recorder } = start;
  let bytes = start.text.length;
  let host = forty;
  for (let minute = 1; minute < 24 * 60; minute++) {
    host = used(host, minute * 997);
    if (minute % 5 === 0) host = { ...host, nets: host.nets.map((n) => ({ ...n, neighbours: known(Array.from({ length: 8 }, (_, i) => ({ ip: `172.20.0.${i + 2}`, mac: `02:42:ac:14:00:0${i}`, dev: 'eth0', state: minute % 2 === 0 ? 'REACHABLE' : 'STALE' })), 'arp') })) };
    // A restart every two minutes: a new process, a new net namespace, a new veth.
    if (minute % 2 === 0) {
      const i = minute % 40;
      host = restarted(host, i, minute);
      host = {
        ...host,
        interfaces: host.interfaces.map((x, at) => (at === 10 + i ? { ...x, id: `host/veth${minute}`, name: `veth${minute}` } : x)),
        nets: host.nets.map((x, at) => (at === 1 + (i % (host.nets.length - 1)) ? { ...x, key: `net:${9_000_000 + minute}` } : x)),
      };
    }
    const step = recordSnapshot(recorder, later(host, minute * 60_000));
    recorder = step.recorder;
    bytes += step.text.length;
  }
  expect(bytes).toBeLessThan(50 * 1024 * 1024);
  expect(bytes).toBeGreaterThan(1024 * 1024);
}, 120_000);
