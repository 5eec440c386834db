import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readListed, withHolders } from './sockets.js';

let proc = '';
beforeEach(() => void (proc = mkdtempSync(join(tmpdir(), 'bulkhead-sockets-'))));
afterEach(() => void rmSync(proc, { recursive: true, force: true }));

function net(pid: number, files: Readonly<Record<string, string>>): string {
  const dir = join(proc, String(pid), 'net');
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}
function holds(pid: number, ...inodes: readonly number[]): void {
  mkdirSync(join(proc, String(pid), 'fd'), { recursive: true });
  for (const [n, inode] of inodes.entries()) symlinkSync(`socket:[${inode}]`, join(proc, String(pid), 'fd', String(n + 3)));
}
const protocols = (counts: Readonly<Record<string, number>>): string => `protocol  size sockets\n${Object.entries(counts).map(([name, n]) => `${name} 1600 ${n} -1`).join('\n')}\n`;
const packets = (...list: readonly (readonly [type: number, inode: number])[]): string => `sk RefCnt Type Proto  Iface R Rmem   User   Inode\n${list.map(([type, inode]) => `0000 2 ${type} 0003 0 0 0 0 ${inode}`).join('\n')}\n`;

describe('what is open in a net namespace', () => {
  test('is one file where nothing is', () => {
    const dir = net(9, { protocols: protocols({ PACKET: 0, RAWv6: 0, XDP: 0, TCP: 4 }) });
    expect(readListed(dir)).toEqual({ value: [], source: `${dir}/protocols` });
  });
  test('is told by kind, an XDP socket without its inode', () => {
    const dir = net(9, { protocols: protocols({ PACKET: 2, XDP: 1 }), packet: packets([3, 71], [2, 72]) });
    expect(readListed(dir)).toMatchObject({ value: [{ kind: 'packet', inode: 71 }, { kind: 'datagram', inode: 72 }, { kind: 'xdp', inode: null }] });
  });
  test('is not known where a file is missing or says something else', () => {
    expect(readListed(join(proc, '9/net'))).toMatchObject({ unknown: 'absent' });
    expect(readListed(net(9, { protocols: 'noise' }))).toMatchObject({ unknown: 'unsupported' });
    expect(readListed(net(9, { protocols: protocols({ PACKET: 1 }) }))).toMatchObject({ unknown: 'absent' });
  });
});

describe('who holds it', () => {
  const of = (people: ReadonlyMap<number, string> | undefined, key = 'net:1') => withHolders(proc, new Map([[key, readListed(net(9, { protocols: protocols({ PACKET: 1 }), packet: packets([3, 71]) }))]]), people, (k) => k !== 'host').get(key);
  test('is the workload of each process that has it open, by one of them', () => {
    holds(9, 5, 71);
    holds(10, 71);
    holds(11, 71);
    expect(of(new Map([[9, 'a'], [10, 'a'], [11, 'b'], [12, 'b']]))).toMatchObject({ value: [{ holders: { value: [{ id: 'a', pid: 9 }, { id: 'b', pid: 11 }] } }] });
  });
  test('is somebody of the host where no workload has it, and is not looked for there where no workload is in the namespace', () => {
    holds(1, 71);
    expect(of(new Map([[9, 'a'], [1, 'host']]))).toMatchObject({ value: [{ holders: { value: [{ id: 'host', pid: 1 }] } }] });
    expect(of(new Map([[9, 'a'], [1, 'host']]), 'host')).toMatchObject({ value: [{ holders: { value: [] } }] });
  });
  test('was not asked where nobody knows whose a process is', () => {
    expect(of(undefined)).toMatchObject({ value: [{ holders: { unknown: 'not-asked' } }] });
  });
  test('a thousand of one kind and holder are one', () => {
    holds(9, 71, 72, 73);
    const listed = readListed(net(9, { protocols: protocols({ PACKET: 3 }), packet: packets([3, 71], [3, 72], [3, 73]) }));
    expect(withHolders(proc, new Map([['net:1', listed]]), new Map([[9, 'a']]), () => true).get('net:1')).toMatchObject({ value: [{ kind: 'packet' }] });
  });
});
