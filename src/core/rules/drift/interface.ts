import { isKnown, known } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { plainFacts, plainInterface } from '../example.js';
import { subjectOf } from '../subjects.js';
import { givenNets, saysEngine, type GivenNet } from './net.js';

/** Drivers that put an interface of their own into a container, and keep it there. */
const PLUGGED = new Set(['bridge', 'macvlan', 'ipvlan']);

/** Plugs of the engine's that no interface is: those of a namespace that was read, where each other interface is another plug. */
function missing({ given, interfaces, of }: GivenNet, driver: (segment: string) => string): GivenNet['given'] {
  const taken = new Set(given.map((e) => of(e)?.name));
  if (interfaces.some((i) => i.kind !== 'loopback' && !taken.has(i.name))) return [];
  return given.filter((e) => !isKnown(e.interface) && e.interface.unknown === 'absent' && isKnown(e.mac) && saysEngine(e.mac.source) && PLUGGED.has(driver(e.segment)));
}

export const driftInterface: Rule = {
  id: 'BH-DRIFT-12',
  name: 'drift-interface',
  family: 'drift',
  severity: 'high',
  title: 'A container has an interface that the engine did not give it, or lacks one that it gave.',
  why: 'A wire that inspect does not show: it may reach a segment that the container was kept from, or bring in frames past the engine’s filters.',
  remedy: 'Find out who made it (ip -d link in its net namespace); delete it, or connect the container by the engine (docker network connect).',
  references: ['veth(4)', 'ip-link(8)'],
  good: { text: 'eth0 of network shop, and lo', facts: () => plainFacts() },
  bad: { text: 'ip link add veth9 type veth peer name eth9 netns PID', facts: () => plainFacts(undefined, { interfaces: [plainInterface(), plainInterface({ id: 'net:4026532840/eth9', name: 'eth9', mac: known('5e:00:00:00:00:09', 'ip -j -d link'), addresses: known([], 'ip -j addr') })] }) },
  find: ({ snapshot }) =>
    givenNets(snapshot).flatMap((one): Hit[] => {
      const { c, given, interfaces, of, complete } = one;
      if (!complete) {
        return missing(one, (id) => snapshot.segments.find((s) => s.id === id)?.driver ?? '').map((e): Hit => ({
          title: `${c.name} no longer has the interface by which the engine connected it to ${e.network}.`,
          severity: 'medium',
          subjects: [subjectOf(c)],
          evidence: [e.mac, ...(isKnown(e.ipv4) ? [e.ipv4] : []), e.interface],
          key: `without ${e.network}`,
        }));
      }
      const theirs = new Set(given.map((e) => of(e)?.name));
      return interfaces.filter((i) => i.kind !== 'loopback' && !theirs.has(i.name)).map((i): Hit => ({
        title: `${c.name} has the interface ${i.name} (${i.kind}), which the engine did not give it.`,
        severity: i.kind === 'veth' || i.kind === 'macvlan' || i.kind === 'ipvlan' || i.kind === 'physical' || i.kind === 'vlan' ? 'high' : 'medium',
        subjects: [subjectOf(c)],
        evidence: [known(i.name, i.index.source), i.mac, ...(isKnown(i.peer) ? [i.peer] : [])],
        key: i.name,
      }));
    }),
};
