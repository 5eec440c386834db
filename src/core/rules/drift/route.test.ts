import { expect, test } from 'vitest';
import { known } from '../../model/reading.js';
import { plainInterface } from '../example.js';
import { driftRoute as rule } from './route.js';

const good = rule.good.facts();
const has = (...routes: { to: string; via: string; dev: string }[]) => rule.find({ ...good, snapshot: { ...good.snapshot, nets: good.snapshot.nets.map((n) => ({ ...n, routes: known(routes, 'ip') })) } });

test('the kernel’s own routes are quiet', () => {
  expect(has({ to: 'fe80::/64', via: '', dev: 'eth0' }, { to: 'ff00::/8', via: '', dev: 'eth0' }, { to: '172.20.0.0/24', via: '', dev: 'eth0' })).toEqual([]);
});
test('another default gateway is drift', () => {
  expect(has({ to: 'default', via: '172.20.0.9', dev: 'eth0' })).toHaveLength(1);
});
test('a route in a table of its own is drift, and says in which', () => {
  const routes = known([{ to: 'default', via: '172.20.0.9', dev: 'eth0', table: '77' }], 'ip');
  const [hit, ...more] = rule.find({ ...good, snapshot: { ...good.snapshot, nets: good.snapshot.nets.map((n) => ({ ...n, routes })) } });
  expect(more).toEqual([]);
  expect(hit?.title).toContain('default via 172.20.0.9 dev eth0 in table 77');
});
test('a host’s route through the right gateway is drift as well', () => {
  expect(has({ to: '10.9.0.0/16', via: '172.20.0.1', dev: 'eth0' })).toHaveLength(1);
});
test('the route that the kernel makes with an address is told by the rule on addresses alone', () => {
  const interfaces = [plainInterface({ addresses: known(['172.20.0.2/24', '10.9.9.9/24'], 'ip') })];
  const nets = good.snapshot.nets.map((n) => ({ ...n, routes: known([{ to: '10.9.9.0/24', via: '', dev: 'eth0' }], 'ip') }));
  expect(rule.find({ ...good, snapshot: { ...good.snapshot, interfaces, nets } })).toEqual([]);
});
