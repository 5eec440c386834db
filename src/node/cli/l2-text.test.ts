import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { explain } from '../../core/reach/index.js';
import type { Io } from './io.js';
import { chainText } from './l2-text.js';

const io = { width: 100, paint: (_: string, text: string) => text } as unknown as Io;
const s = cast(14);
const id = (name: string): string => s.containers.find((c) => c.name === name)?.id ?? name;
const told = (from: string, to: string, of = s): string => chainText(io, of, id(from), id(to), explain(of, id(from), id(to)));

test('a pair of which nothing is said is told why', () => {
  expect(told('db', 'db')).toBe('db is one: nobody is impersonated to oneself.\n');
  expect(told('host', 'db')).toMatch(/^The host is not judged as an attacker/);
  const exited = { ...s, containers: s.containers.map((c) => (c.name === 'db' ? { ...c, state: 'exited' as const, pid: null, net: null } : c)) };
  expect(told('api', 'db', exited)).toBe('db does not run (exited), so it is on no wire.\n');
  expect(told('cache', 'scratch')).toMatch(/^cache and scratch share no wire/);
});

test('who is one of several is one of them, and whether the traffic is read has its evidence', () => {
  const text = told('db', 'mailer');
  expect(text).toMatch(/believe that it is [^.]* or [^.]*, on shop_back/);
  expect(text).toMatch(/(read as well|read the traffic)[^:]*: .*\(.*;.*\)/s);
});
