import { valueOf } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import type { Workload } from '../model/workload.js';
import { alike } from './alike.js';
import { answer, series, strongest, type Answer } from './answer.js';
import type { Host } from './host.js';
import { callPasses, counts, has, mayOpen, mayTraceHost, ruling, sees, tracesHost } from './table.js';
import { doors } from './seccomp.js';
import type { Technique } from './types.js';
import type { Party, Wire } from './wire.js';

/** More kinds of places than this to send from tell nothing new. */
const MOST_SEATS = 8;

/** Whether a workload sees others' processes (the host's, or of one pid namespace) and may put itself into their net namespaces, or make a process of the host do so: worth asking where from it can send. */
export function mayRoam(w: Workload, host: Host): boolean {
  const may = (p: ProcessFacts, cap: string): boolean => valueOf(p.capabilities.effective)?.includes(cap) !== false || [p.capabilities.permitted, p.capabilities.bounding].some((set) => valueOf(set)?.includes(cap) === true);
  const all = mayTraceHost(w, host);
  return (all || host.windows.has(w.id) || host.mates.has(w.id)) && w.processes.some((p) => (may(p, 'CAP_SYS_ADMIN') && may(p, 'CAP_NET_RAW')) || (all && may(p, 'CAP_SYS_PTRACE')) || (host.remapped && callPasses(p, w, 'setns').state !== 'shut'));
}

/** Whether it is in one pid namespace with another workload, which is not the host's. */
const isMate = (w: Workload, other: Workload | null, host: Host): boolean => other !== null && host.mates.get(w.id)?.includes(other) === true;

/** Net namespaces on a wire, other than its own and the victim's, from which a workload could send: one of each kind. */
export function seatsOf(w: Workload, v: Party, wire: Wire, host: Host): readonly Party[] {
  const out = new Map<string, Party>();
  const everywhere = valueOf(w.namespaces.pid.owner) === 'host' || host.windows.has(w.id);
  const own = (p: Party): boolean => p.plug.net === w.net || p.plug.net === v.plug.net;
  for (const p of [...wire.hostParties.slice(0, 1), ...wire.members, ...wire.beyond]) {
    const key = alike(p, host);
    if (!own(p) && !out.has(key) && out.size < MOST_SEATS && (everywhere || isMate(w, p.workload, host))) out.set(key, p);
  }
  return [...out.values()];
}

/** Net namespaces on a wire, other than its own and the victim's, in which it holds a socket that sends. */
export function seatsHeld(w: Workload, v: Party, wire: Wire, host: Host): readonly Party[] {
  const held = host.held.get(w.id) ?? [];
  if (held.length === 0) return [];
  return [...wire.hostParties.slice(0, 1), ...wire.members, ...wire.beyond].filter((p) => p.plug.net !== w.net && p.plug.net !== v.plug.net && held.includes(p.plug.net)).slice(0, MOST_SEATS);
}

/** Net namespaces on a wire, other than its own and the victim's, in which processes of it are. */
export function seatsStrayed(w: Workload, v: Party, wire: Wire, host: Host): readonly Party[] {
  const there = host.strays.get(w.id);
  if (there === undefined) return [];
  return [...wire.hostParties.slice(0, 1), ...wire.members, ...wire.beyond].filter((p) => p.plug.net !== v.plug.net && there.has(p.plug.net)).slice(0, MOST_SEATS);
}

/** Whether those processes send a technique's frames from there. */
export function strayed(technique: Technique, w: Workload, net: string, host: Host): Answer {
  const kinds = technique === 'mac-steal' ? (['packet', 'admin'] as const) : technique === 'arp-spoof' ? (['packet', 'datagram', 'admin'] as const) : (['packet', 'icmp6', 'datagram', 'admin'] as const);
  const ways = (host.strays.get(w.id)?.get(net) ?? []).flatMap((p) => {
    const door = doors(p, w);
    const in_ = answer('open', '', () => [{ link: 'wire', step: `${p.comm} (pid ${p.pid}) is in the net namespace of another`, holds: 'yes', reading: p.namespaces.net, why: 'A process sends from the net namespace that it is in.' }]);
    return kinds.map((kind) => series([in_, has(p, kind === 'admin' ? 'CAP_NET_ADMIN' : 'CAP_NET_RAW'), counts(p, net, host), door[kind]]));
  });
  return strongest(ways) ?? answer('shut', 'no process of it is there');
}

/** Whether it can put itself into one of those namespaces with what it takes to send there. */
export function entersToSend(w: Workload, seat: Party, host: Host): Answer {
  const seen = sees(w, seat, host);
  const traces = w.processes.map((p) => tracesHost(p, w, seen, host));
  const ways = w.processes.flatMap((p) => [series([has(p, 'CAP_SYS_ADMIN'), has(p, 'CAP_NET_RAW'), counts(p, seat.plug.net, host), mayOpen(p, w, seat, host)]), ...ruling(p, seat, host)].map((may) => series([seen, may, callPasses(p, w, 'setns')])));
  return strongest([...ways, ...traces]) ?? seen;
}
