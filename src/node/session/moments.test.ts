import { expect, test } from 'vitest';
import type { Finding } from '../../core/model/finding.js';
import type { EngineEvent } from '../collect/engine/events.js';
import { momentOfEvent, momentsOfFindings, SPAN_MS, Strip } from './moments.js';

const event = (action: string, more: Partial<EngineEvent> = {}): EngineEvent => ({ type: 'container', action, id: 'a1', name: 'web', container: null, exitCode: null, at: '2026-01-01T00:00:00.000Z', ...more });
const say = (e: EngineEvent, running = true) => momentOfEvent(e, () => 'web', () => running)?.text ?? null;

test('events in words', () => {
  expect(say(event('start'))).toBe('web started');
  expect(say(event('die', { exitCode: '0' }))).toBe('web stopped');
  expect(say(event('die', { exitCode: '137' }))).toBe('web stopped (exit 137)');
  expect(say(event('exec_start'))).toBeNull();
});

test('a plug is news only for a container that ran before', () => {
  const plug = event('connect', { type: 'network', id: 'n', name: 'shop_front', container: 'a1' });
  expect(say(plug)).toBe('web joined shop_front');
  expect(say(plug, false)).toBeNull();
});

test('the strip holds half an hour, each moment once, in order', () => {
  const strip = new Strip();
  const now = Date.parse('2026-01-01T01:00:00.000Z');
  const at = (minutes: number, id: string) => ({ id, at: new Date(now - minutes * 60_000).toISOString(), kind: 'start' as const, severity: 'none' as const, text: id, about: null });
  expect(strip.add([at(1, 'b'), at(45, 'old'), at(10, 'a')], now).map((m) => m.id)).toEqual(['b', 'a']);
  expect(strip.add([at(1, 'b')], now)).toEqual([]);
  expect(strip.moments.map((m) => m.id)).toEqual(['a', 'b']);
  strip.add([at(-25, 'c')], now + 25 * 60_000);
  expect(strip.moments.map((m) => m.id)).toEqual(['b', 'c']);
  expect(SPAN_MS).toBe(1_800_000);
});

test('a finding is told when it is new and matters', () => {
  const finding = (fingerprint: string, severity: Finding['severity']): Finding => ({ rule: 'r', name: 'n', severity, title: fingerprint, subjects: [{ kind: 'container', id: 'a1', name: 'web' }], evidence: [], remedy: '', fingerprint });
  expect(momentsOfFindings([finding('x', 'high')], [finding('x', 'high'), finding('y', 'critical'), finding('z', 'info')], 't')).toMatchObject([{ text: 'y', severity: 'risk', about: 'a1' }]);
});
