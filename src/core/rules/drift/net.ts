import { isKnown, valueOf } from '../../model/reading.js';
import type { Endpoint, NetInterface, NetNamespace } from '../../model/network.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Container } from '../../model/workload.js';
import { settled } from '../subjects.js';

/** A container with a net namespace of its own, what the engine gave it there and what the kernel has. */
export interface GivenNet {
  readonly c: Container;
  readonly net: NetNamespace | undefined;
  /** Plugs that the engine speaks of. */
  readonly given: readonly Endpoint[];
  readonly interfaces: readonly NetInterface[];
  /** Of a given plug, the interface that it is; undefined where that could not be told. */
  readonly of: (e: Endpoint) => NetInterface | undefined;
  /** Whether every given plug was found: only then is what remains nobody's. */
  readonly complete: boolean;
}

/** Devices that the kernel itself makes in every net namespace once their module is loaded. */
const FALLBACK = new Set(['tunl0', 'gre0', 'gretap0', 'erspan0', 'ip_vti0', 'ip6_vti0', 'sit0', 'ip6tnl0', 'ip6gre0', 'ip6erspan0', 'teql0']);
/** Networks whose plugs the engine does not list with the container: a swarm's, and those of rootless helpers. */
const UNLISTED = /^(overlay|slirp4netns|pasta|null|host)$/u;

export function saysEngine(source: string): boolean {
  return source.startsWith('engine');
}

/** The containers whose net namespace can be held against what the engine gave: their own, read, on networks that the engine lists whole. */
export function givenNets(s: Snapshot): readonly GivenNet[] {
  let made = asked.get(s);
  if (!made) asked.set(s, (made = gather(s)));
  return made;
}

/** Four rules ask the same of one snapshot. */
const asked = new WeakMap<Snapshot, readonly GivenNet[]>();

function gather(s: Snapshot): readonly GivenNet[] {
  const drivers = new Map(s.segments.map((g) => [g.id, g.driver]));
  const nets = new Map(s.nets.map((n) => [n.key, n]));
  const byNet = new Map<string, NetInterface[]>();
  for (const i of s.interfaces) {
    const list = byNet.get(i.net) ?? [];
    if (list.length === 0) byNet.set(i.net, list);
    if (!FALLBACK.has(i.name)) list.push(i);
  }
  return settled(s).flatMap((c): GivenNet[] => {
    const owner = valueOf(c.namespaces.net.owner);
    if (c.net === null || c.net === 'host' || owner === 'host' || owner === undefined || owner.startsWith('container:')) return [];
    const mode = c.declared.networkMode;
    if (mode.startsWith('container:') || mode === 'host' || UNLISTED.test(mode) || mode.startsWith('ns:') || valueOf(s.host.engine.rootless) === true) return [];
    const given = c.endpoints.filter((e) => saysEngine(e.mac.source) || saysEngine(e.ipv4.source));
    if (given.some((e) => UNLISTED.test(drivers.get(e.segment) ?? 'bridge'))) return [];
    const interfaces = byNet.get(c.net) ?? [];
    if (interfaces.length === 0) return [];
    const of = (e: Endpoint): NetInterface | undefined => {
      const name = e.interface;
      return isKnown(name) ? interfaces.find((i) => i.name === name.value) : undefined;
    };
    return [{ c, net: nets.get(c.net), given, interfaces, of, complete: given.every((e) => of(e) !== undefined) }];
  });
}
