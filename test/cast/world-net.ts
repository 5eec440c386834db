import { known, unknown, type BridgePort, type Endpoint, type NetInterface, type NetNamespace } from '../../src/core/model/index.js';
import { HOST_NS, idOf } from './small.js';
import type { HostSpec, PlugSpec } from './spec.js';
import { segmentOf, type Placed } from './world.js';

const mac = (prefix: string, at: number) => `02:42:${prefix.split('.').map((n) => Number(n).toString(16).padStart(2, '0')).join(':')}:${at.toString(16).padStart(2, '0')}`;
const veth = (p: Placed, network: string, plug: PlugSpec) => plug.veth ?? `veth${idOf(`${p.spec.name} ${network}`).slice(0, 7)}`;

/** Its plugs in the order of the host's networks, with the interface's name inside. */
function plugs(p: Placed, host: HostSpec) {
  const mine = host.networks.filter((n) => p.spec.on?.[n.name]);
  return mine.map((network, i) => ({ network, plug: p.spec.on![network.name]!, inside: `eth${i}` }));
}

export function endpointsOf(p: Placed, host: HostSpec, all: ReadonlyMap<string, Placed>): Endpoint[] {
  const donor = p.spec.join?.net;
  if (donor !== undefined && donor !== 'host') return endpointsOf(all.get(donor)!, host, all);
  if (p.pid === null) return [];
  return plugs(p, host).map(({ network, plug, inside }) => {
    const source = 'engine: NetworkSettings.Networks';
    return {
      segment: segmentOf(network).id,
      network: network.name,
      interface: known(inside, `/proc/${p.pid}/net/dev`),
      peer: known(veth(p, network.name, plug), `/sys/class/net/${veth(p, network.name, plug)}/ifindex`),
      mac: known(mac(network.prefix, plug.at), source),
      ipv4: known(`${network.prefix}.${plug.at}/${network.bits ?? 24}`, source),
      ipv6: unknown('absent', source),
      gateway: network.internal ? unknown('absent', source) : known(`${network.prefix}.1`, source),
    };
  });
}

const PORT = (isolated: boolean, at: string): BridgePort => ({
  isolated: known(isolated, `${at}/isolated`),
  learning: known(true, `${at}/learning`),
  unicastFlood: known(true, `${at}/unicast_flood`),
  neighSuppress: known(false, `${at}/neigh_suppress`),
  locked: known(false, `${at}/port_locked`),
  hairpin: known(false, `${at}/hairpin_mode`),
  state: known('forwarding', `${at}/state`),
  vlans: known([{ vid: 1, pvid: true, untagged: true }], 'bridge -j vlan'),
});

function iface(net: string, name: string, kind: NetInterface['kind'], index: number, over: Partial<NetInterface>): NetInterface {
  const at = `/sys/class/net/${name}`;
  return {
    id: `${net}/${name}`, net, name, kind, index: known(index, `${at}/ifindex`), mac: known('02:42:00:00:00:01', `${at}/address`),
    addresses: known([], 'ip -j addr'), up: known(true, `${at}/operstate`), noarp: known(false, `${at}/flags`), peer: known('', at),
    master: known('', `${at}/master`), mode: known('', 'ip -j -d link'), port: null, bridge: null, xdp: known([], 'ip -j -d link'), ...over,
  };
}

export function interfacesOf(host: HostSpec, placed: readonly Placed[]): NetInterface[] {
  const out: NetInterface[] = [
    iface('host', 'lo', 'loopback', 1, { addresses: known(['127.0.0.1/8'], 'ip -j addr') }),
    iface('host', 'eth0', 'physical', 2, { mac: known('3c:7c:3f:10:22:9a', '/sys/class/net/eth0/address'), addresses: known([`${host.address}/24`], 'ip -j addr') }),
  ];
  let index = 3;
  for (const n of host.networks) {
    out.push(iface('host', n.device, 'bridge', index++, {
      mac: known(mac(n.prefix, 1), `/sys/class/net/${n.device}/address`),
      addresses: known(n.internal ? [] : [`${n.prefix}.1/${n.bits ?? 24}`], 'ip -j addr'),
      bridge: { vlanFiltering: known(false, `/sys/class/net/${n.device}/bridge/vlan_filtering`), nfCallIptables: known(true, '/proc/sys/net/bridge/bridge-nf-call-iptables'), learnsLocal: known(true, `/sys/class/net/${n.device}/bridge/no_linklocal_learn`) },
    }));
  }
  for (const p of placed) {
    const donor = p.spec.join?.net;
    if (p.pid === null || donor !== undefined || p.net === null) continue;
    out.push(iface(p.net, 'lo', 'loopback', 1, { addresses: known(['127.0.0.1/8'], 'ip -j addr') }));
    for (const { network, plug, inside } of plugs(p, host)) {
      const outside = veth(p, network.name, plug);
      out.push(iface('host', outside, 'veth', index, {
        peer: known(`${p.net}/${inside}`, 'ip -j -d link'), master: known(network.device, `/sys/class/net/${outside}/master`),
        port: PORT(plug.isolated ?? false, `/sys/class/net/${network.device}/brif/${outside}`),
      }));
      out.push(iface(p.net, inside, 'veth', index + 1, {
        mac: known(mac(network.prefix, plug.at), `/proc/${p.pid}/net`), addresses: known([`${network.prefix}.${plug.at}/${network.bits ?? 24}`], 'ip -j addr'),
        peer: known(`host/${outside}`, 'ip -j -d link'),
      }));
      index += 2;
    }
  }
  return out;
}

const SYSCTLS = {
  'net.ipv4.conf.all.arp_accept': '0', 'net.ipv4.conf.all.arp_ignore': '0', 'net.ipv4.conf.all.arp_filter': '0', 'net.ipv4.conf.all.drop_gratuitous_arp': '0',
};

/** What each net namespace says of itself; one that is shared names all who are in it. */
export function netsOf(host: HostSpec, placed: readonly Placed[], interfaces: readonly NetInterface[]): NetNamespace[] {
  const keys = [...new Set(['host', ...placed.flatMap((p) => (p.net === null ? [] : [p.net]))])];
  const members = new Map<string, Placed[]>();
  for (const p of placed) if (p.net !== null) members.set(p.net, [...(members.get(p.net) ?? []), p]);
  const byNet = new Map<string, NetInterface[]>();
  for (const i of interfaces) byNet.set(i.net, [...(byNet.get(i.net) ?? []), i]);
  return keys.map((key) => {
    const of = members.get(key) ?? [];
    const first = of[0];
    const isHost = key === 'host';
    const pid = isHost ? 1 : first!.pid;
    const inode = isHost ? HOST_NS.net : first!.inodes.net;
    const denied = <T>(value: T, source: string) => (isHost && host.filters === 'denied' ? unknown('denied', source) : known(value, source));
    const plugged = isHost ? [] : plugs(first!, host);
    const gateways = plugged.filter((x) => !x.network.internal);
    return {
      key,
      of: [...(isHost ? ['host'] : []), ...of.map((p) => p.id)],
      inode: known(inode, `/proc/${pid}/ns/net`),
      ownerUserNs: known(!isHost && first!.spec.ownUserNs ? first!.inodes.user : HOST_NS.user, 'ioctl NS_GET_USERNS'),
      neighbours: known(
        gateways.map(({ network, inside }) => ({ ip: `${network.prefix}.1`, mac: mac(network.prefix, 1), dev: inside, state: 'UNKNOWN' })),
        `/proc/${pid}/net/arp`,
      ),
      neighbours6: known([], 'ip -6 -j neigh'),
      routes: known(gateways.slice(0, 1).map(({ network, inside }) => ({ to: 'default', via: `${network.prefix}.1`, dev: inside })), 'ip -j route'),
      sysctls: known(SYSCTLS, `/proc/${pid}/sys/net`),
      nft: denied([], 'nft -j list ruleset'),
      ebtables: denied([], 'ebtables-save'),
      arptables: denied([], 'arptables-save'),
      tc: denied([], 'tc -j filter show'),
      fdb: denied([], 'bridge -j fdb'),
      sockets: known([], `/proc/${pid}/net/protocols`),
    };
  });
}
