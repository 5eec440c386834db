import { expect, test } from 'vitest';
import { known, unknown, type Neighbour } from '../../core/model/index.js';
import { differs, withStates } from './moved.js';

const entry = (ip: string, mac: string, state: Neighbour['state']): Neighbour => ({ ip, mac, dev: 'eth0', state });
const [web, group] = [entry('10.0.0.2', '02:42:0a:00:00:02', 'STALE'), entry('224.0.0.22', '01:00:5e:00:00:16', 'NOARP')];
const listed = known([web, group], 'ip -j neigh');
const polled = (...entries: readonly Neighbour[]) => known(entries, '/proc/7/net/arp');

test('an entry that /proc never lists is no less there for it', () => {
  expect(differs(listed, polled(entry(web.ip, web.mac, 'REACHABLE')))).toBe(false);
  expect(differs(listed, polled())).toBe(true);
  expect(differs(listed, polled(web, entry('10.0.0.3', '02:42:0a:00:00:03', 'REACHABLE')))).toBe(true);
  expect(differs(listed, polled(entry(web.ip, '02:42:0a:00:00:09', 'REACHABLE')))).toBe(true);
  expect(differs(listed, unknown('absent', '/proc/7/net/arp'))).toBe(true);
});

test('what moved is taken with the states that were listed, beside what /proc does not list', () => {
  const now = polled(entry(web.ip, web.mac, 'REACHABLE'), entry('10.0.0.3', '02:42:0a:00:00:03', 'REACHABLE'));
  expect(withStates(now, listed)).toEqual(known([web, entry('10.0.0.3', '02:42:0a:00:00:03', 'REACHABLE'), group], '/proc/7/net/arp'));
  const taken = entry(group.ip, '02:42:0a:00:00:09', 'REACHABLE');
  expect(withStates(polled(taken), listed)).toEqual(known([taken], '/proc/7/net/arp'));
});
