import { expect, test } from 'vitest';
import { readNamespace } from './net-namespace.js';

const QDISC = { status: 0, text: '[{"kind":"clsact","dev":"p1","parent":"ffff:fff1"},{"kind":"noqueue","dev":"p2","root":true}]' };

test('filters of tc that a reading cut off did not come to are not read, and not absent', () => {
  expect(readNamespace(new Map([['qdisc', QDISC]]), 'host').tc).toMatchObject({ unknown: 'unsupported' });
  expect(readNamespace(new Map([['qdisc', QDISC], ['filter ingress p1', { status: 0, text: '[]' }]]), 'host').tc).toMatchObject({ value: [] });
});
