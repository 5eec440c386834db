import { isKnown, known, valueOf } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainFacts, plainInterface } from '../example.js';
import { subjectOf } from '../subjects.js';
import { addressOf, inNetwork, sameAddress } from './cidr.js';
import { givenNets, saysEngine } from './net.js';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

export const driftAddress: Rule = {
  id: 'BH-DRIFT-13',
  name: 'drift-address',
  family: 'drift',
  severity: 'high',
  title: 'A container has an address that the engine did not give it, or lacks one that it gave.',
  why: 'With NET_ADMIN a process takes an address: another container’s, the gateway’s, or one of a network that it should not be in. Others then speak to it without a single forged frame.',
  remedy: 'Drop NET_ADMIN; ask the engine for the address (--ip), so that it is known.',
  references: ['ip-address(8)'],
  good: { text: '172.20.0.2/24, as the engine gave it', facts: () => plainFacts() },
  bad: { text: 'ip addr add 172.20.0.1/24 dev eth0', facts: () => plainFacts(undefined, { interfaces: [plainInterface({ addresses: known(['172.20.0.2/24', '172.20.0.1/24'], 'ip -j addr') })] }) },
  find: ({ snapshot }) =>
    givenNets(snapshot).flatMap(({ c, given, interfaces, of }): Hit[] => {
      const check = (name: string, addresses: readonly string[], source: string, ok: (address: string) => boolean): Hit[] =>
        addresses.filter((a) => !inNetwork(addressOf(a), 'fe80::/10') && !ok(a)).map((a) => ({
          title: `${c.name} has the address ${a} on ${name}, which the engine did not give it.`,
          subjects: [subjectOf(c)],
          evidence: [known(a, source), ...given.flatMap((e) => [e.ipv4, e.ipv6].filter(isKnown))],
          key: `${name} ${a}`,
        }));
      const plugs = given.flatMap((e): Hit[] => {
        const i = of(e);
        if (!i || !isKnown(i.addresses)) return [];
        const driver = snapshot.segments.find((s) => s.id === e.segment)?.driver ?? 'bridge';
        const outside = driver !== 'bridge';
        const there = i.addresses.value;
        // What anyone may read (fib_trie, if_inet6) leaves out those of an interface that is down: ip(8) alone knows all.
        // Without a single IPv6 address, IPv6 is off there (a sysctl, the interface down), and the engine still speaks of one.
        const on = (a: string): boolean => !a.includes(':') || there.some((x) => x.includes(':'));
        const gone = i.addresses.source.startsWith('ip ')
          ? [e.ipv4, e.ipv6].filter(isKnown).filter((a) => saysEngine(a.source) && on(a.value) && !there.some((x) => sameAddress(x, a.value))).map((a): Hit => ({
              title: `${c.name} no longer has the address ${a.value} on ${i.name}, which the engine gave it.`,
              severity: 'medium',
              subjects: [subjectOf(c)],
              evidence: [a, known(there.join(', '), i.addresses.source)],
              key: `${i.name} without ${a.value}`,
            }))
          : [];
        const mine = given.filter((x) => of(x) === i).flatMap((x) => [valueOf(x.ipv4), valueOf(x.ipv6)].flatMap((a) => a ?? []));
        return [...gone, ...check(i.name, there, i.addresses.source, (a) => {
          if (mine.some((m) => sameAddress(m, a))) return true;
          // On a LAN a router tells IPv6 addresses; a network without addresses from the engine leaves them to DHCP.
          const six = a.includes(':');
          return (outside && six) || (!six && !isKnown(e.ipv4)) || (!saysEngine(e.ipv4.source) && !saysEngine(e.ipv6.source));
        })];
      });
      const lo = interfaces.find((i) => i.kind === 'loopback');
      const own = lo && isKnown(lo.addresses) ? check(lo.name, lo.addresses.value, lo.addresses.source, (a) => LOOPBACK.some((n) => inNetwork(addressOf(a), n))) : [];
      return [...plugs, ...own];
    }),
};
