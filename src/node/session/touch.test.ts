import { expect, test } from 'vitest';
import type { EngineEvent } from '../collect/engine/events.js';
import { touchOf } from './touch.js';

const event = (action: string, more: Partial<EngineEvent> = {}): EngineEvent => ({ type: 'container', action, id: 'a1', name: 'web', container: null, exitCode: null, at: '2026-01-01T00:00:00.000Z', ...more });

test('a start is read at once, a creation gathers with what follows it', () => {
  expect(touchOf(event('start'))).toMatchObject({ containers: ['a1'], urgent: true, networks: false });
  expect(touchOf(event('create'))).toMatchObject({ containers: ['a1'], urgent: false });
});

test('an exec has new processes, and the engine nothing new to say', () => {
  expect(touchOf(event('exec_start'))).toMatchObject({ containers: [], processes: ['a1'] });
});

test('a plug touches the container, a network the list of networks', () => {
  expect(touchOf(event('connect', { type: 'network', id: 'n1', container: 'a1' }))).toMatchObject({ containers: ['a1'], networks: false });
  expect(touchOf(event('create', { type: 'network', id: 'n1' }))).toMatchObject({ containers: [], networks: true });
});

test('Podman’s words mean the same', () => {
  for (const action of ['died', 'remove', 'cleanup']) expect(touchOf(event(action))).toMatchObject({ containers: ['a1'], urgent: true });
});

test('what a snapshot does not hold costs nothing', () => {
  for (const action of ['attach', 'top', 'kill', 'resize', 'copy', 'exec_create', 'commit']) expect(touchOf(event(action))).toBeNull();
  expect(touchOf(event('reload', { type: 'daemon' }))).toMatchObject({ everything: true });
});
