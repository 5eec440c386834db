import { isKnown, known, valueOf } from '../../model/reading.js';
import type { Route } from '../../model/network.js';
import type { Hit, Rule } from '../rule.js';
import { plainContainer, plainFacts } from '../example.js';
import { subjectOf } from '../subjects.js';
import { addressOf, inNetwork, sameAddress } from './cidr.js';
import { givenNets } from './net.js';

const net = (routes: readonly Route[]) => {
  const none = known([], 'ip');
  return { key: 'net:4026532840', of: [plainContainer().id], inode: known(4026532840, 'ns'), ownerUserNs: known(4026531837, 'ns'), neighbours: none, neighbours6: none, routes: known(routes, 'ip -j route'), sysctls: known({}, 'sysctl'), nft: none, ebtables: none, arptables: none, tc: none, fdb: none };
};
const ordinary: readonly Route[] = [{ to: 'default', via: '172.20.0.1', dev: 'eth0' }, { to: '172.20.0.0/24', via: '', dev: 'eth0' }];
const DEFAULT = new Set(['default', '0.0.0.0/0', '::/0', '0.0.0.0', '']);
/** Made by the kernel with every interface or address. */
const KERNELS = ['fe80::/10', 'ff00::/8', '127.0.0.0/8', '::1/128', '224.0.0.0/4'];

export const driftRoute: Rule = {
  id: 'BH-DRIFT-15',
  name: 'drift-route',
  family: 'drift',
  severity: 'medium',
  title: 'A container has a route that the engine did not give it.',
  why: 'Its packets leave by another way than its networks say: past the gateway and its filters, or through another container.',
  remedy: 'Delete it (ip route del in its net namespace); drop NET_ADMIN where a process inside made it.',
  references: ['ip-route(8)'],
  good: { text: 'default via 172.20.0.1, as the engine gave it', facts: () => plainFacts(undefined, { nets: [net(ordinary)] }) },
  bad: { text: 'ip route add 10.0.0.0/8 via 172.20.0.9', facts: () => plainFacts(undefined, { nets: [net([...ordinary, { to: '10.0.0.0/8', via: '172.20.0.9', dev: 'eth0' }])] }) },
  find: ({ snapshot }) =>
    givenNets(snapshot).flatMap(({ c, net: read, given, interfaces, of, complete }): Hit[] => {
      const routes = read?.routes;
      if (!complete || !routes || !isKnown(routes)) return [];
      const devices = new Set(given.flatMap((e) => of(e)?.name ?? []));
      const segments = snapshot.segments.filter((s) => given.some((e) => e.segment === s.id));
      const subnets = [...segments.flatMap((s) => s.subnets), ...given.flatMap((e) => [valueOf(e.ipv4), valueOf(e.ipv6)].flatMap((a) => a ?? []))];
      const gateways = [...segments.flatMap((s) => s.gateways), ...given.flatMap((e) => valueOf(e.gateway) ?? [])];
      // A LAN's router tells IPv6 routes, and an ipvlan of layer 3 has a default without a gateway.
      const lan = segments.some((s) => s.driver !== 'bridge');
      const fine = (r: Route): boolean => {
        const six = r.to.includes(':') || r.via.includes(':');
        // A device that is not the engine's is found by its own rule.
        if (!devices.has(r.dev)) return true;
        if (six && lan) return true;
        if (r.via !== '') {
          if (gateways.some((g) => sameAddress(addressOf(g), r.via))) return DEFAULT.has(r.to) || subnets.some((n) => inNetwork(r.to, n));
          // Older engines do not tell the IPv6 gateway with the network.
          return six && DEFAULT.has(r.to) && !gateways.some((g) => g.includes(':')) && subnets.some((n) => inNetwork(r.via, n));
        }
        if (DEFAULT.has(r.to)) return lan;
        // An address that the engine did not give is found by its own rule; the kernel makes the route to its network.
        if (interfaces.some((i) => i.name === r.dev && (valueOf(i.addresses) ?? []).some((a) => inNetwork(addressOf(a), r.to)))) return true;
        return subnets.some((n) => inNetwork(r.to, n)) || KERNELS.some((n) => inNetwork(r.to, n)) || r.to.startsWith('multicast');
      };
      return routes.value.filter((r) => !fine(r)).map((r): Hit => {
        const text = `${DEFAULT.has(r.to) ? 'default' : r.to}${r.via === '' ? '' : ` via ${r.via}`} dev ${r.dev}${r.table === undefined ? '' : ` in table ${r.table}`}`;
        return { title: `${c.name} has the route ${text}, which the engine did not give it.`, subjects: [subjectOf(c)], evidence: [known(text, routes.source), ...given.map((e) => e.gateway)], key: text };
      });
    }),
};
