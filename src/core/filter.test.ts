import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, aProcess, cast } from '../../test/cast/cast.js';
import { applyFilter, parseFilter } from './filter.js';
import { unknown } from './model/index.js';
import { judge } from './reach/index.js';
import { check } from './rules/index.js';

const snapshot = cast(14);
const judgement = judge(snapshot);
const facts = { snapshot, judgement, findings: check({ snapshot, judgement, alarms: [] }) };

function names(text: string): string[] {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.error.text);
  const ids = applyFilter(parsed.filter, facts);
  return [...snapshot.containers, ...snapshot.groups].filter((w) => ids === null || ids.has(w.id)).map((w) => w.name);
}

test('an empty filter lets everybody pass', () => {
  expect(names('  ')).toHaveLength(15);
});

test('words ask for names, images, projects and networks', () => {
  expect(names('name:db')).toEqual(['db', 'db-replica']);
  expect(names('image:postgres*')).toEqual(['db', 'db-replica']);
  expect(names('network:shop_app')).toEqual(['cart', 'cache', 'api']);
  expect(names('project:shop service:web')).toEqual(['web']);
  expect(names('traefik')).toEqual(['proxy']);
});

test('an address or a subnet needs no word before it', () => {
  expect(names('172.20.0.12')).toEqual(['cart']);
  expect(names('172.22.0.0/16')).toEqual(['cart', 'cache', 'api']);
  expect(names('ip:172.17.0.3')).toEqual(['jenkins']);
  expect(names('02:42:ac:11:00:03')).toEqual(['jenkins']);
});

test('who shares with the host, and with whom', () => {
  expect(names('shares:host')).toEqual(['node-exporter', 'debian-build']);
  expect(names('pid:host')).toEqual(['node-exporter']);
  expect(names('shares:web-tap')).toEqual(['web']);
  expect(names('ipc:api')).toEqual(['worker']);
});

test('verdicts, rights, limits and use', () => {
  expect(names('risk:possible network:shop_front')).toEqual(['web', 'web-tap']);
  expect(names('risk:latent')).toEqual(['registry']);
  expect(names('cap:NET_ADMIN')).toEqual(['web-tap', 'worker']);
  expect(names('use:>88%')).toEqual(['jenkins']);
  expect(names('is:group')).toEqual(['debian-build']);
  expect(names('limit:no-memory')).toEqual(['node-exporter']);
});

test('and, or, not and brackets; side by side means and', () => {
  expect(names('cart or cache')).toEqual(['cart', 'cache']);
  expect(names('network:shop_back and not (risk:possible or name:api)')).toEqual([]);
  expect(names('network:shop_back -risk:possible')).toEqual(['api']);
  expect(names('NOT project:shop and NOT risk:possible')).toEqual(['registry', 'debian-build']);
});

test('quotation marks make text of anything', () => {
  expect(names('"web-tap"')).toEqual(['web-tap']);
  expect(names('"postgres:18"')).toEqual(['db', 'db-replica']);
  expect(names('image:"jenkins:lts"')).toEqual(['jenkins']);
});

test('who cannot be judged passes neither the question nor its negation', () => {
  const sets = { effective: unknown('denied', '/proc/1/status') };
  const process = aProcess();
  const hidden = aContainer({ name: 'hidden', processes: [{ ...process, capabilities: { ...process.capabilities, ...sets } }] });
  const host = aSnapshot({ containers: [hidden] });
  const of = { snapshot: host, judgement: judge(host), findings: [] };
  for (const [text, size] of [['cap:NET_RAW', 0], ['not cap:NET_RAW', 0], ['cap:unknown', 1]] as const) {
    const parsed = parseFilter(text);
    expect(parsed.ok && applyFilter(parsed.filter, of)?.size).toBe(size);
  }
});

test('a mistake is told with its place', () => {
  const wrong = (text: string) => {
    const parsed = parseFilter(text);
    return parsed.ok ? null : parsed.error;
  };
  expect(wrong('web risc:possible')).toEqual({ at: 4, length: 13, text: 'There is no word risc: here. Did you mean risk:?' });
  expect(wrong('risk:maybe')).toMatchObject({ at: 0, text: expect.stringContaining('possible') });
  expect(wrong('web and')).toMatchObject({ at: 7, text: 'Something is missing after and.' });
  expect(wrong('(web or cart')).toMatchObject({ at: 0, text: 'This bracket is not closed.' });
  expect(wrong('web)')).toMatchObject({ at: 3 });
  expect(wrong('"web')).toMatchObject({ at: 0 });
  expect(wrong('use:>much')).toMatchObject({ at: 0 });
  expect(wrong('or web')).toMatchObject({ at: 0 });
  expect(wrong('name:')).toMatchObject({ at: 0 });
  expect(wrong('('.repeat(500))).not.toBeNull();
});

test('whatever is typed, the answer is a filter or an error within the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 60 }), fc.array(fc.constantFrom('web', 'and', 'or', 'not', '(', ')', 'risk:possible', '-', '"', 'shares:host', '10.0.0.0/8', ':', 'use:>5'), { maxLength: 12 }).map((a) => a.join(' '))), (text) => {
      const parsed = parseFilter(text);
      if (parsed.ok) applyFilter(parsed.filter, facts);
      else expect(parsed.error.at + parsed.error.length).toBeLessThanOrEqual(text.length);
    }),
    { seed: 11, numRuns: 400 },
  );
});
