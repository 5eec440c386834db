import { valueOf } from '../model/reading.js';
import type { NetNamespace, Segment } from '../model/network.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import type { Change } from './types.js';

/** A network across recreation: the engine's name for it; one made by hand by its id. */
const lasting = (s: Segment): string => (s.id.startsWith('network:') ? `network:${s.name}` : s.id);

function segments(a: Snapshot, b: Snapshot): Change[] {
  const out: Change[] = [];
  const before = new Map(a.segments.map((s) => [lasting(s), s]));
  const after = new Map(b.segments.map((s) => [lasting(s), s]));
  for (const [key, s] of after) {
    const old = before.get(key);
    const about = [s.id];
    if (old === undefined) {
      out.push({ direction: 'neutral', text: `network ${s.name} came (${s.driver}${s.internal ? ', internal' : ''})`, about });
      continue;
    }
    if (old.internal !== s.internal) {
      out.push(s.internal ? { direction: 'better', text: `network ${s.name} is internal now`, about } : { direction: 'worse', text: `network ${s.name} is not internal any more`, about });
    }
    const icc = [valueOf(old.icc), valueOf(s.icc)];
    if (icc[0] !== undefined && icc[1] !== undefined && icc[0] !== icc[1]) {
      out.push(icc[1] ? { direction: 'worse', text: `network ${s.name} lets its containers talk to each other again (icc)`, about } : { direction: 'better', text: `network ${s.name} does not let its containers talk to each other now (icc)`, about });
    }
  }
  for (const [key, s] of before) if (!after.has(key)) out.push({ direction: 'neutral', text: `network ${s.name} went`, about: [s.id] });
  return out;
}

/** Names of the host's ports that are isolated: few, on most hosts none. */
function isolated(s: Snapshot): ReadonlySet<string> {
  const out = new Set<string>();
  for (const i of s.interfaces) if (i.port !== null && i.net === 'host' && valueOf(i.port.isolated) === true) out.add(i.name);
  return out;
}

/** Whether it was read of a host's port that it is not isolated. */
const isOpen = (s: Snapshot, name: string | undefined): boolean => s.interfaces.some((i) => i.port !== null && i.net === 'host' && i.name === name && valueOf(i.port.isolated) === false);

/** A container's port on a network, as it is told for the host's end of its plug. */
function ports(a: Snapshot, b: Snapshot, matched: readonly (readonly [Workload, Workload])[]): Change[] {
  const [before, after] = [isolated(a), isolated(b)];
  if (before.size + after.size === 0) return [];
  const out: Change[] = [];
  for (const [then, now] of matched) {
    for (const e of now.endpoints) {
      const old = then.endpoints.find((x) => x.network === e.network);
      if (old === undefined) continue;
      const [was, is] = [valueOf(old.peer), valueOf(e.peer)];
      const [shut, shutNow] = [was !== undefined && before.has(was), is !== undefined && after.has(is)];
      if (shut === shutNow || !(shut ? isOpen(b, is) : isOpen(a, was))) continue;
      out.push(
        shutNow
          ? { direction: 'better', text: `${now.name}’s port on ${e.network} is isolated now`, about: [now.id] }
          : { direction: 'worse', text: `${now.name}’s port on ${e.network} is not isolated any more`, about: [now.id] },
      );
    }
  }
  return out;
}

/** A rule without what only counts: packets, bytes and the handle that a reload renumbers. */
function still(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(still);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([k]) => k !== 'handle' && k !== 'packets' && k !== 'bytes' && k !== 'index').map(([k, v]) => [k, still(v)]));
}

function guards(a: Snapshot, b: Snapshot): Change[] {
  const hostOf = (s: Snapshot): NetNamespace | undefined => s.nets.find((n) => n.key === 'host');
  const x = hostOf(a);
  const y = hostOf(b);
  if (x === undefined || y === undefined) return [];
  const out: Change[] = [];
  const families = (n: NetNamespace): string | undefined => {
    const rules = valueOf(n.nft);
    // The engine's own tables (ip, ip6) move with each published port; those that see frames are what counts here.
    const seen = rules?.filter((o) => /"family":"(bridge|netdev|arp|inet)"/.test(JSON.stringify(o)));
    return seen === undefined ? undefined : JSON.stringify(still(seen));
  };
  const compare = (what: string, before: string | undefined, after: string | undefined, none: string): void => {
    if (before === undefined || after === undefined || before === after) return;
    const direction: Change['direction'] = after === none ? 'worse' : before === none ? 'better' : 'neutral';
    const text = after === none ? `the host’s ${what} rules are gone` : before === none ? `the host has ${what} rules now` : `the host’s ${what} rules changed`;
    out.push({ direction, text, about: ['host'] });
  };
  compare('nftables (bridge, netdev, arp)', families(x), families(y), '[]');
  compare('ebtables', valueOf(x.ebtables)?.join('\n'), valueOf(y.ebtables)?.join('\n'), '');
  compare('arptables', valueOf(x.arptables)?.join('\n'), valueOf(y.arptables)?.join('\n'), '');
  compare('tc filter', valueOf(x.tc) === undefined ? undefined : JSON.stringify(still(valueOf(x.tc))), valueOf(y.tc) === undefined ? undefined : JSON.stringify(still(valueOf(y.tc))), '[]');
  return out;
}

function host(a: Snapshot, b: Snapshot): Change[] {
  const out: Change[] = [];
  const about = ['host'];
  if (a.host.engine.version !== b.host.engine.version) out.push({ direction: 'neutral', text: `the engine is ${b.host.engine.name} ${b.host.engine.version} now (was ${a.host.engine.version})`, about });
  const kernel = [valueOf(a.host.kernel), valueOf(b.host.kernel)];
  if (kernel[0] !== undefined && kernel[1] !== undefined && kernel[0] !== kernel[1]) out.push({ direction: 'neutral', text: `the kernel is ${kernel[1]} now (was ${kernel[0]})`, about });
  const remap = [valueOf(a.host.engine.usernsRemap), valueOf(b.host.engine.usernsRemap)];
  if (remap[0] !== undefined && remap[1] !== undefined && remap[0] !== remap[1]) {
    out.push(remap[1] ? { direction: 'better', text: 'the engine maps containers into a user namespace now', about } : { direction: 'worse', text: 'the engine does not map containers into a user namespace any more', about });
  }
  const lsms = [valueOf(a.host.lsms), valueOf(b.host.lsms)];
  for (const l of ['apparmor', 'selinux']) {
    if (lsms[0] === undefined || lsms[1] === undefined || lsms[0].includes(l) === lsms[1].includes(l)) continue;
    const name = l === 'apparmor' ? 'AppArmor' : 'SELinux';
    out.push(lsms[1].includes(l) ? { direction: 'better', text: `${name} is on for the host now`, about } : { direction: 'worse', text: `${name} is off for the whole host`, about });
  }
  return out;
}

/** What changed around the workloads (`matched`: those of both sides): networks, ports, the host's filters, the host itself. */
export function surroundings(a: Snapshot, b: Snapshot, matched: readonly (readonly [Workload, Workload])[]): readonly Change[] {
  return [...ports(a, b, matched), ...guards(a, b), ...segments(a, b), ...host(a, b)];
}
