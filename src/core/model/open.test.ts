import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainFacts } from '../rules/example.js';
import { FORMAT } from './snapshot.js';
import { MIGRATIONS, migrate } from './migrate.js';
import { asItStands, openSnapshot } from './open.js';

const saved = plainFacts().snapshot;
const why = (text: string): string => {
  const opened = openSnapshot(text);
  return opened.ok ? 'opened' : `${opened.trouble.what}: ${opened.trouble.why}`;
};

test('what was saved opens as it was, and frozen', () => {
  const opened = openSnapshot(JSON.stringify(saved));
  expect(opened).toEqual({ ok: true, asIs: true, snapshot: saved });
  if (opened.ok) expect(Object.isFrozen(opened.snapshot.containers[0]?.declared.mounts)).toBe(true);
});

test('what is shown as it stands is what would be opened, and whatever is not quite so is left to the opening', () => {
  const text = JSON.stringify(saved);
  expect(asItStands(text)).toEqual(saved);
  for (const other of ['', 'hello', 'null', '[]', '{}', text.slice(0, 1000), text.replace('{', '{"more":1,'), JSON.stringify({ ...saved, format: FORMAT + 1 }), JSON.stringify({ ...saved, containers: [{ ...saved.containers[0], pid: 'x' }] })]) {
    expect(asItStands(other), other.slice(0, 40)).toBeNull();
  }
});

test('what is no snapshot gets one clear sentence', () => {
  expect(why('')).toBe('this is not a snapshot: it is empty');
  expect(why('hello')).toBe('this is not a snapshot: it is not JSON');
  expect(why('[]')).toBe('this is not a snapshot: it is JSON, but no object');
  expect(why('{}')).toBe('this is not a snapshot: it has no format number');
  expect(why(JSON.stringify({ ...saved, format: FORMAT + 1 }))).toContain(`it is of format ${FORMAT + 1}`);
  expect(why(JSON.stringify({ ...saved, containers: [{ ...saved.containers[0], pid: 'x' }] }))).toContain('containers[0].pid');
  expect(why(JSON.stringify(saved).slice(0, 1000))).toContain('not JSON');
});

test('a file that nests without end gets a sentence, not an exhausted stack', () => {
  const net = { key: 'host', of: [], neighbours: { unknown: 'denied', source: '' } };
  const text = JSON.stringify({ ...saved, nets: [{ ...net, nft: { value: ['deep'], source: '' } }] });
  expect(why(text.replace('"deep"', '['.repeat(50_000) + ']'.repeat(50_000)))).toContain('nests deeper');
});

test('members that the schema does not know are left out, and none reaches a prototype', () => {
  const text = JSON.stringify(saved).replace('{', '{"__proto__":{"polluted":true},"more":1,');
  const opened = openSnapshot(text);
  expect(opened).toEqual({ ok: true, asIs: false, snapshot: saved });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('every format from the first to today’s can be brought to today’s', () => {
  expect(Object.keys(MIGRATIONS).map(Number).sort()).toEqual(Array.from({ length: FORMAT - 1 }, (_, i) => i + 1));
});

test('an older format goes step by step to today’s; one that was never written does not', () => {
  const steps = { 1: (old: object) => ({ ...old, format: 2, second: true }), 2: (old: object) => ({ ...old, format: 3, third: true }) };
  expect(migrate({ format: 1 }, steps, 3)).toEqual({ ok: true, value: { format: 3, second: true, third: true } });
  expect(migrate({ format: 0 }, steps, 3)).toEqual({ ok: false, why: 'it is of format 0, which was never written' });
});

test('a file with noise in it is a snapshot or a sentence, never an exception', () => {
  const text = JSON.stringify(saved);
  const bit = fc.record({ at: fc.nat(text.length - 1), put: fc.constantFrom('', '"', '{', '}', ']', '0', 'null', '\\u0000', 'x'.repeat(50), '-1', '1e999') });
  fc.assert(
    fc.property(fc.array(bit, { minLength: 1, maxLength: 6 }), fc.nat(text.length), (bits, cut) => {
      let noisy = text;
      for (const { at, put } of bits) noisy = noisy.slice(0, at) + put + noisy.slice(at + 1);
      for (const t of [noisy, noisy.slice(0, cut)]) {
        const opened = openSnapshot(t);
        if (!opened.ok) expect(opened.trouble.why.length).toBeLessThan(400);
      }
    }),
    { seed: 20_261_130, numRuns: 150 },
  );
});
