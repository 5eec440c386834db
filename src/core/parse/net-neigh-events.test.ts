import { expect, test } from 'vitest';
import { parseNeighbourEvent, tellsForwarding } from './net-neigh-events.js';

test('a line tells of which namespace, which address and which MAC', () => {
  expect(parseNeighbourEvent('[nsid 0]fd00:77::3 dev if4 lladdr 02:42:ac:11:00:04 REACHABLE ')).toEqual({ nsid: 0, ip: 'fd00:77::3', mac: '02:42:ac:11:00:04' });
  expect(parseNeighbourEvent('[nsid 12]172.17.0.2 dev if6 lladdr 02:42:ac:11:00:02 STALE ')).toEqual({ nsid: 12, ip: '172.17.0.2', mac: '02:42:ac:11:00:02' });
  expect(parseNeighbourEvent('[nsid 0]fd00:77::1 dev if4 lladdr 02:42:05:58:a3:2e router REACHABLE ')).toEqual({ nsid: 0, ip: 'fd00:77::1', mac: '02:42:05:58:a3:2e' });
});

test('the listener’s own namespace has no number', () => {
  expect(parseNeighbourEvent('[nsid current]fd00:77::2 dev br-eb9ab036e790 lladdr 02:42:ac:11:00:02 STALE ')).toEqual({ nsid: 'own', ip: 'fd00:77::2', mac: '02:42:ac:11:00:02' });
});

test('an entry that failed or was deleted has no MAC', () => {
  expect(parseNeighbourEvent('[nsid 0]fd00:77::3 dev if4 FAILED ')).toEqual({ nsid: 0, ip: 'fd00:77::3', mac: null });
  expect(parseNeighbourEvent('[nsid 0]Deleted fd00:77::3 dev if4 lladdr 02:42:ac:11:00:04 STALE ')).toEqual({ nsid: 0, ip: 'fd00:77::3', mac: null });
});

test.each([
  '',
  'netlink receive error No buffer space available (105)',
  'fd00:77::3 dev if4 lladdr 02:42:ac:11:00:04 REACHABLE ',
  '[nsid -1]fd00:77::3 dev if4 lladdr 02:42:ac:11:00:04 REACHABLE ',
  '[nsid 0]miss fd00:77::3 dev if4',
  '[nsid 0]$(reboot) dev if4 lladdr 02:42:ac:11:00:04 REACHABLE ',
  '[nsid 99999999999]fd00:77::3 dev if4 FAILED ',
  `[nsid 0]fd00:77::3 dev if4 FAILED ${'x'.repeat(400)}`,
])('anything else is passed over: %j', (line) => {
  expect(parseNeighbourEvent(line)).toBeNull();
});

test('what a bridge of the listener’s own namespace learnt or forgot is told by a line without an address', () => {
  expect(tellsForwarding('[nsid current]dev veth2c lladdr 4e:5f:99:f0:90:9e REACHABLE ')).toBe(true);
  expect(tellsForwarding('[nsid current]Deleted dev veth2c lladdr 4e:5f:99:f0:90:9e STALE ')).toBe(true);
  for (const line of ['[nsid 3]dev veth2c lladdr 4e:5f:99:f0:90:9e REACHABLE ', '[nsid current]172.17.0.2 dev docker0 lladdr 02:42:ac:11:00:02 STALE ', `[nsid current]dev v lladdr 4e:5f:99:f0:90:9e ${'x'.repeat(400)}`, '']) expect(tellsForwarding(line)).toBe(false);
});
