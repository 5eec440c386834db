import { expect, test } from 'vitest';
import type { Json } from '../../model/index.js';
import { arpFrames, type Frame } from '../frames.js';
import { askTc } from './tc.js';

const [plain] = [...arpFrames({ mac: '02:00:00:00:00:0a', ip: '10.9.0.10' }, { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' }, { mac: '02:00:00:00:00:37', ip: '10.9.0.55' })];
const gact = (type: string, more: { readonly [key: string]: Json } = {}, prob: Json = { random_type: 'none', control_action: { type: 'pass' }, val: 0 }): Json => ({ actions: [{ order: 1, kind: 'gact', control_action: { type, ...more }, prob }] });
const filter = (options: Json, over: { readonly [key: string]: Json } = {}): Json => ({ protocol: 'all', pref: 1, kind: 'matchall', chain: 0, options, ...over });

function fate(...filters: readonly Json[]): string {
  const f = askTc(filters.map((x) => ({ dev: 'pa', hook: 'ingress' as const, filter: x })), 'pa', 'ingress', plain as Frame);
  return f.opaque === true && f.passes && f.drops ? 'program' : f.passes && f.drops ? 'unclear' : f.passes ? 'passes' : 'dropped';
}

test('a filter that drops everything does, and one after it is not asked', () => {
  expect(fate(filter(gact('drop')))).toBe('dropped');
  expect(fate(filter(gact('pass')), filter(gact('drop'), { pref: 2 }))).toBe('passes');
  expect(fate(filter(gact('drop'), { pref: 2 }), filter(gact('pass')))).toBe('passes');
});

test('a filter of another chain is asked only where an action goes to that chain', () => {
  const away = filter(gact('drop'), { chain: 5 });
  expect(fate(away)).toBe('passes');
  expect(fate(filter(gact('goto', { chain: 5 })), away)).toBe('dropped');
  expect(fate(filter(gact('goto', { chain: 6 })), away)).toBe('passes');
});

test('a chain that is gone to ends what stands after the filter that goes there', () => {
  expect(fate(filter(gact('goto', { chain: 6 })), filter(gact('drop'), { pref: 2 }))).toBe('passes');
});

test('a drop by chance is none to rely on', () => {
  expect(fate(filter(gact('drop', {}, { random_type: 'netrand', control_action: { type: 'drop' }, val: 2 })))).toBe('unclear');
});

test('a BPF program is told apart from a rule that was not understood', () => {
  expect(fate(filter({ handle: '0x1', bpf_name: 'shot', 'direct-action': true }, { kind: 'bpf' }))).toBe('program');
  expect(fate(filter({ actions: [{ order: 1, kind: 'bpf' }] }))).toBe('program');
  expect(fate(filter({ actions: [{ order: 1, kind: 'mirred' }] }))).toBe('unclear');
});

test('pipe goes to the next action and ends with a pass, continue goes to the next filter', () => {
  const list = (...types: readonly string[]): Json => ({ actions: types.map((type) => ({ order: 1, kind: 'gact', control_action: { type }, prob: { random_type: 'none', control_action: { type: 'pass' }, val: 0 } })) });
  const drop = filter(gact('drop'), { pref: 2 });
  expect(fate(filter(list('pipe', 'drop')))).toBe('dropped');
  expect(fate(filter(list('pipe')), drop)).toBe('passes');
  expect(fate(filter(list('continue', 'pass')), drop)).toBe('dropped');
});

test('flower sees what an ARP message says in hardware type 1 alone, and behind one tag at most', () => {
  const frames = [...arpFrames({ mac: '02:00:00:00:00:0a', ip: '10.9.0.10' }, { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' }, { mac: '02:00:00:00:00:37', ip: '10.9.0.55' })];
  const pin = filter({ ...(gact('drop') as object), keys: { arp_sip: '10.9.0.55' } } as Json, { protocol: 'all', kind: 'flower' });
  const passes = (hardware: number, tags: number): boolean => {
    const f = frames.find((x) => x.body.kind === 'arp' && x.body.hardware === hardware && x.tags.length === tags) as Frame;
    return askTc([{ dev: 'pa', hook: 'ingress', filter: pin }], 'pa', 'ingress', f).passes;
  };
  expect([passes(1, 0), passes(6, 0), passes(1, 2)]).toEqual([false, true, true]);
});
