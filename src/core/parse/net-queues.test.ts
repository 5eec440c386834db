import { expect, test } from 'vitest';
import { parseBpfNet, queueThatMayDrop, queueThatSwallows } from './net-queues.js';

test('plain queues drop what is too much; those with filters, or too small a bucket, may drop all', () => {
  for (const kind of ['noqueue', 'fq_codel', 'mq', 'pfifo_fast']) expect(queueThatMayDrop(kind, {})).toBe(false);
  for (const kind of ['htb', 'prio', 'hfsc', 'ets', 'a queue of the future']) expect(queueThatMayDrop(kind, {})).toBe(true);
  expect(queueThatMayDrop('tbf', { rate: 125000, burst: 32000 })).toBe(false);
  expect(queueThatMayDrop('tbf', { rate: 125000, burst: 20 })).toBe(true);
  expect(queueThatMayDrop('pfifo', { limit: 1000 })).toBe(false);
  expect(queueThatMayDrop('pfifo', { limit: 0 })).toBe(true);
});

test('a queue for nothing else, or one that holds nothing, drops all', () => {
  expect(queueThatSwallows('blackhole', {})).toBe(true);
  for (const kind of ['pfifo', 'bfifo']) expect([0, 1, 1000].map((limit) => queueThatSwallows(kind, { limit }))).toEqual([true, false, false]);
  for (const options of [undefined, {}, []]) expect(queueThatSwallows('pfifo', options)).toBe(false);
  expect(queueThatSwallows('fq_codel', { limit: 0 })).toBe(false);
});

test('programs of tcx and netkit are told by bpftool, those of tc by tc', () => {
  const text = '[{"xdp":[],"tc":[{"devname":"v1","ifindex":3,"kind":"tcx/ingress","name":"guard","prog_id":7},{"devname":"v1","ifindex":3,"kind":"clsact/ingress","name":"old","id":8},{"devname":"nk0","ifindex":4,"kind":"netkit/peer","prog_id":9},{"devname":"v2","ifindex":5,"kind":"tcx/egress","name":"out"}],"flow_dissector":[]}]';
  expect(parseBpfNet(text)).toEqual([{ dev: 'v1', hook: 'ingress', name: 'guard' }, { dev: 'nk0', hook: 'ingress', name: 'a program' }, { dev: 'v2', hook: 'egress', name: 'out' }]);
  expect(parseBpfNet('Error: no')).toEqual([]);
});
