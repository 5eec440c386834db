import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseEvent, splitLines } from './events.js';

const ID = '5a90c6c48a76f2d9cc230667ffefb483770240c3533044d811283bf336bd8976';

test('a recorded stream of Docker 20.10 is understood; images and volumes are not for us', () => {
  const events: unknown[] = [];
  splitLines((line) => events.push(parseEvent(line)))(readFileSync('test/fixtures/engine/20.10/events.txt', 'utf8'));
  const ours = events.filter((event) => event !== null);
  expect(ours).toMatchObject([{ type: 'network', action: 'create', name: 'shop_front' }, { type: 'container', action: 'create', name: 'rich' }, { type: 'network', action: 'connect', container: ID }]);
});

test('API 1.52 sends Action and Actor only', () => {
  const line = JSON.stringify({ Type: 'container', Action: 'health_status: unhealthy', Actor: { ID, Attributes: { name: 'web' } }, scope: 'local', time: 1796012994, timeNano: 1796012994229974259 });
  expect(parseEvent(line)).toEqual({ type: 'container', action: 'health_status', id: ID, name: 'web', container: null, exitCode: null, at: '2026-11-30T04:29:54.229Z' });
});

test('Podman’s events, which name their exit code differently', () => {
  expect(parseEvent(JSON.stringify({ status: 'died', id: ID, Type: 'container', Action: 'died', Actor: { ID, Attributes: { name: 'web', containerExitCode: '137' } }, time: 1 }))).toMatchObject({ action: 'died', exitCode: '137' });
});

test('lines that come in pieces are put together, and noise is passed over', () => {
  const lines: string[] = [];
  const take = splitLines((line) => lines.push(line));
  for (const piece of ['{"a"', ':1}\n\n  \n{"b":', '2}\n{"c"']) take(piece);
  expect(lines).toEqual(['{"a":1}', '{"b":2}']);
  for (const noise of ['', 'x', '[]', 'null', '{"Type":7}', '{"Type":"container","time":1e300}']) expect(() => parseEvent(noise)).not.toThrow();
});
