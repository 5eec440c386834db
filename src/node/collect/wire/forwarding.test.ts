import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readForwarding } from './forwarding.js';

let sys: string;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  sys = mkdtempSync(join(tmpdir(), 'bulkhead-sys-'));
  mkdirSync(join(sys, 'class/net/eth0'), { recursive: true });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(sys, { recursive: true, force: true });
});

/** `struct __fdb_entry`. */
const record = (last: number, port: number, age: number, own = false): Buffer =>
  Buffer.from([0x02, 0x42, 0xac, 0x11, 0x00, last, port & 0xff, own ? 1 : 0, age, 0, 0, 0, port >> 8, 0, 0, 0]);

function bridge(name: string, ports: Readonly<Record<string, number>>, ...records: readonly Buffer[]): void {
  const dir = join(sys, 'class/net', name);
  rmSync(dir, { recursive: true, force: true });
  for (const [port, number] of Object.entries(ports)) {
    mkdirSync(join(dir, 'brif', port), { recursive: true });
    writeFileSync(join(dir, 'brif', port, 'port_no'), `0x${number.toString(16)}\n`);
  }
  mkdirSync(join(dir, 'brif'), { recursive: true });
  writeFileSync(join(dir, 'brforward'), Buffer.concat(records));
}

const value = (one: ReturnType<ReturnType<typeof readForwarding>['read']>) => ('value' in one ? one.value.map((e) => `${e.mac} ${e.bridge} ${e.port}`) : one.unknown);

test('what a bridge learnt is told with the name of its port; its own entries are not', () => {
  bridge('br0', { veth1: 1, veth300: 300 }, record(1, 1, 5), record(2, 1, 0, true), record(3, 300, 9));
  expect(value(readForwarding(sys).read())).toEqual(['02:42:ac:11:00:01 br0 veth1', '02:42:ac:11:00:03 br0 veth300']);
});

test('ages alone change nothing: the list is the very same object', () => {
  bridge('br0', { veth1: 1 }, record(1, 1, 5), record(2, 1, 0, true));
  const reader = readForwarding(sys);
  const first = reader.read();
  bridge('br0', { veth1: 1 }, record(1, 1, 90));
  expect(reader.read()).toBe(first);
  vi.advanceTimersByTime(40_000);
  expect(reader.read()).toBe(first);
});

test('an entry that moves to another port, also one that came just now, is told at once', () => {
  bridge('br0', { veth1: 1 }, record(1, 1, 5));
  const reader = readForwarding(sys);
  reader.read();
  bridge('br0', { veth1: 1, veth2: 2 }, record(1, 2, 0));
  expect(value(reader.read())).toEqual(['02:42:ac:11:00:01 br0 veth2']);
});

test('a bridge that comes is seen within seconds, one that goes takes its entries along', () => {
  bridge('br0', { veth1: 1 }, record(1, 1, 5));
  const reader = readForwarding(sys);
  reader.read();
  bridge('br1', { veth9: 1 }, record(9, 1, 5));
  vi.advanceTimersByTime(2_500);
  expect(value(reader.read())).toEqual(['02:42:ac:11:00:01 br0 veth1', '02:42:ac:11:00:09 br1 veth9']);
  rmSync(join(sys, 'class/net/br0'), { recursive: true });
  expect(value(reader.read())).toEqual(['02:42:ac:11:00:09 br1 veth9']);
});

test('without /sys nothing is told, with the reason', () => {
  const reader = readForwarding(join(sys, 'nowhere'));
  expect(value(reader.read())).toBe('absent');
});
