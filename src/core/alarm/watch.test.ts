import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { known, unknown } from '../model/reading.js';
import type { FdbEntry, Neighbour } from '../model/network.js';
import type { Snapshot } from '../model/snapshot.js';
import { START, UNKNOWN_STAYS, UNREST_COVERS, watch, type Sight, type Watched, type WatchState } from './watch.js';

const shop = cast(14);
const T0 = Date.parse('2026-11-30T14:32:07.000Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();
const id = (name: string): string => {
  const c = shop.containers.find((x) => x.name === name);
  if (c === undefined) throw new Error(name);
  return c.id;
};
const net = (name: string): string => shop.containers.find((c) => c.name === name)?.net ?? '';
const plug = (name: string, network: string) => {
  const e = shop.containers.find((c) => c.name === name)?.endpoints.find((x) => x.network === network);
  if (e === undefined || !('value' in e.ipv4) || !('value' in e.mac) || !('value' in e.interface) || !('value' in e.peer)) throw new Error(name);
  return { ip: e.ipv4.value.split('/')[0] ?? '', mac: e.mac.value, dev: e.interface.value, port: e.peer.value };
};
const at = (dev: string, ip: string, mac: string): Neighbour => ({ ip, mac, dev, state: 'UNKNOWN' });
const table = (key: string, ...neighbours: Neighbour[]) => ({ key, neighbours: known(neighbours, `/proc/${key}/net/arp`) });

/** Plays readings one after another and keeps everything that was told. */
function play(sights: readonly Partial<Sight>[], from: WatchState = START): { last: Watched; alarms: Watched['alarms'][number][]; changes: Watched['changes'][number][] } {
  let last: Watched = { state: from, alarms: [], open: [], changes: [] };
  const alarms: Watched['alarms'][number][] = [];
  const changes: Watched['changes'][number][] = [];
  sights.forEach((s, i) => {
    last = watch(last.state, { snapshot: shop, tables: [], at: iso(i * 200), ...s });
    alarms.push(...last.alarms);
    changes.push(...last.changes);
  });
  return { last, alarms, changes };
}

const db = plug('db', 'shop_back');
const mailer = plug('mailer', 'shop_back');
const worker = plug('worker', 'shop_back');
const good = table(net('db'), at(db.dev, worker.ip, worker.mac));
const forged = table(net('db'), at(db.dev, worker.ip, mailer.mac));

describe('an address at another workload’s MAC', () => {
  test('is an alarm with attacker, victim, impersonated address and evidence', () => {
    const { alarms } = play([{ tables: [good] }, { tables: [forged] }]);
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatchObject({ kind: 'impersonation', attacker: id('mailer'), victim: id('db'), impersonates: id('worker'), address: worker.ip, healedAt: null });
    expect(alarms[0]?.sentence).toBe(`mailer poses as worker towards db on shop_back: ${worker.ip} is at ${mailer.mac}.`);
    expect(alarms[0]?.evidence.map((e) => e.source)).toContain(`/proc/${net('db')}/net/arp`);
  });

  test('is told once, however often it is read', () => {
    expect(play([{ tables: [good] }, { tables: [forged] }, { tables: [forged] }, { tables: [table(net('db'), at(db.dev, worker.ip, mailer.mac))] }]).alarms).toHaveLength(1);
  });

  test('is an alarm in a table that was poisoned before anybody watched', () => {
    expect(play([{ tables: [forged] }]).alarms).toHaveLength(1);
  });

  test('heals when the table does, and comes back as the same alarm', () => {
    const { alarms, last } = play([{ tables: [good] }, { tables: [forged] }, { tables: [good] }, { tables: [forged] }]);
    expect(alarms.map((a) => a.healedAt)).toEqual([null, iso(400), null]);
    expect(new Set(alarms.map((a) => a.id)).size).toBe(1);
    expect(last.open).toHaveLength(1);
  });

  test('heals when the entry, or the whole namespace, is gone', () => {
    expect(play([{ tables: [forged] }, { tables: [table(net('db'))] }]).last.open).toEqual([]);
    expect(play([{ tables: [forged] }, { tables: [] }]).last.open).toEqual([]);
  });

  test('stays open while the table cannot be read', () => {
    const denied = { key: net('db'), neighbours: unknown('denied', '/proc/1/net/arp') };
    expect(play([{ tables: [forged] }, { tables: [denied] }]).last.open).toHaveLength(1);
  });

  test('poses as the gateway, or towards the host', () => {
    const jenkins = plug('jenkins', 'bridge');
    const registry = plug('registry', 'bridge');
    const segment = shop.segments.find((s) => s.name === 'bridge');
    const towardsOne = play([{ tables: [table(net('registry'), at(registry.dev, '172.17.0.1', jenkins.mac))] }]);
    expect(towardsOne.alarms[0]).toMatchObject({ attacker: id('jenkins'), victim: id('registry'), impersonates: `gateway:${segment?.id}` });
    const towardsHost = play([{ tables: [table('host', at('docker0', registry.ip, jenkins.mac))] }]);
    expect(towardsHost.alarms[0]).toMatchObject({ attacker: id('jenkins'), victim: 'host', impersonates: id('registry') });
  });
});

describe('ordinary life is no alarm', () => {
  test('a container that got a new MAC, while the snapshot lags behind', () => {
    const fresh = at(db.dev, worker.ip, '02:42:ac:15:00:99');
    const renewed: Snapshot = {
      ...shop,
      containers: shop.containers.map((c) => (c.name === 'worker' ? { ...c, endpoints: c.endpoints.map((e) => ({ ...e, mac: known(fresh.mac, 'engine: NetworkSettings') })) } : c)),
    };
    const { alarms } = play([{ tables: [good] }, { tables: [table(net('db'), fresh)] }, { tables: [table(net('db'), fresh)], snapshot: renewed, at: iso(UNKNOWN_STAYS * 3) }]);
    expect(alarms).toEqual([]);
  });

  test('an address that went to a new container while another table still has the old owner', () => {
    // mailer gives its address to worker; db’s entry is older than that.
    const swapped: Snapshot = {
      ...shop,
      containers: shop.containers.map((c) =>
        c.name !== 'worker' && c.name !== 'mailer'
          ? c
          : { ...c, endpoints: c.endpoints.map((e) => ({ ...e, ipv4: known(c.name === 'worker' ? `${mailer.ip}/24` : `${worker.ip}/24`, 'engine: NetworkSettings') })) },
      ),
    };
    const old = table(net('db'), at(db.dev, mailer.ip, mailer.mac));
    expect(play([{ tables: [old] }, { tables: [old], snapshot: swapped }, { tables: [table(net('db'), at(db.dev, mailer.ip, mailer.mac))], snapshot: swapped }]).alarms).toEqual([]);
  });

  test('anything, while the engine has announced what the snapshot does not show yet', () => {
    const { alarms, last } = play([{ tables: [good] }, { tables: [forged], settled: false }]);
    expect(alarms).toEqual([]);
    expect(play([{ tables: [good], settled: true, at: iso(600) }], last.state).alarms).toEqual([]);
    expect(play([{ tables: [forged], settled: true, at: iso(600) }], last.state).alarms).toHaveLength(1);
  });

  test('but unrest is no cover: what stays is an alarm', () => {
    const { alarms } = play([{ tables: [good] }, { tables: [forged], settled: false }, { tables: [forged], settled: false, at: iso(UNREST_COVERS + 1000) }]);
    expect(alarms).toHaveLength(1);
  });

  test('a new MAC that many tables show is one change', () => {
    const other = plug('db-replica', 'shop_back');
    const seen = (mac: string) => [table(net('db'), at(db.dev, worker.ip, mac)), table(net('db-replica'), at(other.dev, worker.ip, mac))];
    const renewed: Snapshot = { ...shop, containers: shop.containers.map((c) => (c.name === 'worker' ? { ...c, endpoints: c.endpoints.map((e) => ({ ...e, mac: known('02:00:00:00:00:77', 'engine: NetworkSettings') })) } : c)) };
    const { changes, alarms } = play([{ tables: seen(worker.mac) }, { tables: seen('02:00:00:00:00:77'), snapshot: renewed }]);
    expect(alarms).toEqual([]);
    expect(changes.map((c) => c.reason)).toEqual(['restart']);
  });

  test('an address that the engine gave to nobody: failover is a change with its reason', () => {
    const vip = '172.21.0.200';
    const { alarms, changes } = play([
      { tables: [table(net('db'), at(db.dev, vip, worker.mac))] },
      { tables: [table(net('db'), at(db.dev, vip, mailer.mac))] },
      { tables: [table(net('db'), at(db.dev, vip, '00:00:5e:00:01:33'))] },
    ]);
    expect(alarms).toEqual([]);
    expect(changes.map((c) => c.reason)).toEqual(['failover', 'failover']);
    expect(changes[1]?.text).toContain('VRRP');
  });

  test('an address that flaps is told once, and not each time', () => {
    const vip = '172.21.0.200';
    const { changes } = play(Array.from({ length: 30 }, (_, i) => ({ tables: [table(net('db'), at(db.dev, vip, i % 2 === 0 ? worker.mac : mailer.mac))] })));
    expect(changes.filter((c) => c.reason === 'flapping')).toHaveLength(1);
    expect(changes.length).toBeLessThan(6);
  });

  test('a container that answers with the MAC of its other interface', () => {
    const proxyFront = plug('proxy', 'shop_front');
    const proxyBridge = plug('proxy', 'bridge');
    const web = plug('web', 'shop_front');
    expect(play([{ tables: [table(net('web'), at(web.dev, proxyFront.ip, proxyBridge.mac))] }]).alarms).toEqual([]);
  });

  test('an ipvlan, on which all have one MAC', () => {
    const ipvlan: Snapshot = { ...shop, segments: shop.segments.map((x) => (x.name === 'shop_back' ? { ...x, driver: 'ipvlan', mode: 'l2' } : x)) };
    expect(play([{ tables: [good], snapshot: ipvlan }, { tables: [forged], snapshot: ipvlan }]).alarms).toEqual([]);
  });

  test('a container that took another MAC, seen on its own port', () => {
    const own: FdbEntry = { mac: '0a:00:00:00:00:01', port: worker.port, bridge: 'br-c01d', vlan: null, permanent: false };
    const bridge = shop.segments.find((s) => s.name === 'shop_back');
    const fdb = known([{ ...own, bridge: bridge !== undefined && 'value' in bridge.device ? bridge.device.value : '' }], 'brforward');
    const changed = table(net('db'), at(db.dev, worker.ip, own.mac));
    const { alarms, changes } = play([{ tables: [good], fdb }, { tables: [changed], fdb }, { tables: [changed], fdb, at: iso(60_000) }]);
    expect(alarms).toEqual([]);
    expect(changes[0]?.reason).toBe('own-mac');
  });
});

test('a container that took another’s MAC is not held to be the other, where its port is seen', () => {
  const bridge = shop.segments.find((s) => s.name === 'shop_back')?.device;
  const taken = known([{ mac: mailer.mac, port: worker.port, bridge: bridge !== undefined && 'value' in bridge ? bridge.value : '', vlan: null, permanent: false }], 'brforward');
  const { alarms } = play([{ tables: [good], fdb: taken }, { tables: [forged], fdb: taken }]);
  expect(alarms.map((a) => [a.kind, a.attacker, a.victim])).toEqual([['mac-move', id('worker'), id('mailer')]]);
});

describe('a MAC that nobody is known to own', () => {
  const strange = table(net('db'), at(db.dev, worker.ip, '0a:00:00:00:00:01'));

  test('is held against its sender only when it stays', () => {
    expect(play([{ tables: [good] }, { tables: [strange] }, { tables: [good] }]).alarms).toEqual([]);
    const { alarms } = play([{ tables: [good] }, { tables: [strange] }, { tables: [strange], at: iso(400 + UNKNOWN_STAYS) }]);
    expect(alarms[0]).toMatchObject({ attacker: 'unknown:0a:00:00:00:00:01', impersonates: id('worker') });
  });

  test('is nobody’s fault in a table that is seen for the first time: it may be that of a container long gone', () => {
    expect(play([{ tables: [strange] }, { tables: [strange], at: iso(60_000) }]).alarms).toEqual([]);
  });

  test('is told of the port it comes from, where forwarding entries can be read', () => {
    const bridge = shop.segments.find((s) => s.name === 'shop_back')?.device;
    const fdb = known([{ mac: '0a:00:00:00:00:01', port: mailer.port, bridge: bridge !== undefined && 'value' in bridge ? bridge.value : '', vlan: null, permanent: false }], 'brforward');
    expect(play([{ tables: [good], fdb }, { tables: [strange], fdb }]).alarms[0]).toMatchObject({ attacker: id('mailer') });
  });
});

describe('the IPv6 table of a namespace', () => {
  const six = (mac: string, reading = known([at(db.dev, 'fd00::5', mac)], 'ip -j -6 neigh')) => ({ key: net('db'), family: 6 as const, neighbours: reading });
  const dual: Snapshot = {
    ...shop,
    containers: shop.containers.map((c) => (c.name === 'worker' ? { ...c, endpoints: c.endpoints.map((e) => (e.network === 'shop_back' ? { ...e, ipv6: known('fd00::5/64', 'engine: GlobalIPv6Address') } : e)) } : c)),
  };

  test('is judged beside the IPv4 one, and each heals by itself', () => {
    const { alarms } = play([
      { snapshot: dual, tables: [good, six(worker.mac)] },
      { snapshot: dual, tables: [good, six(mailer.mac)] },
      { snapshot: dual, tables: [good, six(mailer.mac)] },
      { snapshot: dual, tables: [good, six(worker.mac)] },
    ]);
    expect(alarms.map((a) => [a.attacker, a.impersonates, a.address, a.healedAt])).toEqual([
      [id('mailer'), id('worker'), 'fd00::5', null],
      [id('mailer'), id('worker'), 'fd00::5', iso(600)],
    ]);
  });

  test('keeps its alarm while it cannot be read', () => {
    const { last } = play([{ snapshot: dual, tables: [good, six(mailer.mac)] }, { snapshot: dual, tables: [good, { ...six(''), neighbours: unknown('absent', 'ip -j -6 neigh') }] }]);
    expect(last.open).toHaveLength(1);
  });
});

describe('forwarding entries', () => {
  const device = shop.segments.find((s) => s.name === 'shop_back')?.device;
  const bridge = device !== undefined && 'value' in device ? device.value : '';
  const entry = (mac: string, port: string): FdbEntry => ({ mac, port, bridge, vlan: null, permanent: false });

  test('that lead a MAC to another’s port tell of MAC stealing, which leaves the tables clean', () => {
    const home = known([entry(db.mac, db.port)], 'brforward');
    const away = known([entry(db.mac, mailer.port)], 'brforward');
    const { alarms } = play([{ tables: [good], fdb: home }, { tables: [good], fdb: away }, { tables: [good], fdb: home }]);
    expect(alarms.map((a) => [a.kind, a.attacker, a.victim, a.healedAt])).toEqual([
      ['mac-move', id('mailer'), id('db'), null],
      ['mac-move', id('mailer'), id('db'), iso(400)],
    ]);
  });

  test('on a port that nobody is known behind are a container being made', () => {
    expect(play([{ tables: [], fdb: known([entry(db.mac, 'veth0000001')], 'brforward') }]).alarms).toEqual([]);
  });
});

test('no table, however odd, raises an exception or an alarm without a victim and an attacker', () => {
  const macs = fc.constantFrom(db.mac, mailer.mac, worker.mac, '00:00:5e:00:01:01', 'ff:ff:ff:ff:ff:ff', '0a:00:00:00:00:01');
  const ips = fc.constantFrom(db.ip, mailer.ip, worker.ip, '172.21.0.1', '10.0.0.1', '::1', '');
  const entries = fc.array(fc.record({ ip: ips, mac: macs, dev: fc.constantFrom('eth0', 'eth1', 'docker0', ''), state: fc.constant('UNKNOWN') }), { maxLength: 6 });
  const reading = fc.record({ key: fc.constantFrom(net('db'), net('mailer'), 'host', 'net:1'), neighbours: entries });
  fc.assert(
    fc.property(fc.array(fc.array(reading, { maxLength: 3 }), { maxLength: 8 }), (steps) => {
      const { alarms, last } = play(steps.map((tables) => ({ tables: tables.map((t) => table(t.key, ...t.neighbours)) })));
      for (const a of alarms) expect(a.attacker === a.victim || a.attacker === a.impersonates || a.victim === '').toBe(false);
      for (const a of last.open) expect(a.healedAt).toBeNull();
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('tables that did not move are not judged again', () => {
  const first = watch(START, { snapshot: shop, tables: [good], at: iso(0) });
  const second = watch(first.state, { snapshot: { ...shop, takenAt: iso(200) }, tables: [good], at: iso(200) });
  expect(second.state.index).toBe(first.state.index);
  expect(second.state.entries.get(net('db'))).toBe(first.state.entries.get(net('db')));
});
