import { expect, test } from 'vitest';
import { readNamespace } from './net-namespace.js';

const QDISC = { status: 0, text: '[{"kind":"clsact","dev":"p1","parent":"ffff:fff1"},{"kind":"noqueue","dev":"p2","root":true}]' };

test('filters of tc that a reading cut off did not come to are not read, and not absent', () => {
  expect(readNamespace(new Map([['qdisc', QDISC]]), 'host').tc).toMatchObject({ unknown: 'unsupported' });
  expect(readNamespace(new Map([['qdisc', QDISC], ['filter ingress p1', { status: 0, text: '[]' }]]), 'host').tc).toMatchObject({ value: [] });
});

test('a queue that loses what leaves is told among the filters', () => {
  const qdisc = { status: 0, text: '[{"kind":"netem","handle":"8001:","dev":"p3","root":true,"options":{"loss-random":{"loss":1,"correlation":0}}}]' };
  expect(readNamespace(new Map([['qdisc', qdisc]]), 'host').tc).toMatchObject({ value: [{ dev: 'p3', hook: 'egress', filter: { kind: 'netem' } }] });
});

test('no word of a u32 filter is lost, though tc prints one key several times over', () => {
  const text = '[{"protocol":"all","pref":1,"kind":"u32","options":{"fh":"800::800","match":{"value":"2","mask":"ffff","offmask":"","off":4},"match":{"value":"806","mask":"ffff","offmask":"","off":-4},"actions":[]}}]';
  const read = readNamespace(new Map([['qdisc', QDISC], ['filter ingress p1', { status: 0, text }]]), 'host').tc;
  expect('value' in read && read.value[0]?.filter).toMatchObject({ options: { match: [{ value: '2' }, { value: '806' }] } });
});
