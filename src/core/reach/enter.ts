import { valueOf } from '../model/reading.js';
import type { Workload } from '../model/workload.js';
import { alike } from './alike.js';
import { series, strongest, type Answer } from './answer.js';
import type { Host } from './host.js';
import { callPasses, counts, has, mayOpen, sees } from './table.js';
import type { Party, Wire } from './wire.js';

/** More kinds of places than this to send from tell nothing new. */
const MOST_SEATS = 8;

/** Whether a workload sees the host's processes and may put itself into their net namespaces: worth asking where from it can send. */
export function mayRoam(w: Workload): boolean {
  return valueOf(w.namespaces.pid.owner) === 'host' && w.processes.some((p) => valueOf(p.capabilities.effective)?.includes('CAP_SYS_ADMIN') !== false && valueOf(p.capabilities.effective)?.includes('CAP_NET_RAW') !== false);
}

/** Net namespaces on a wire, other than its own and the victim's, from which a workload could send: one of each kind. */
export function seatsOf(w: Workload, v: Party, wire: Wire, host: Host): readonly Party[] {
  const out = new Map<string, Party>();
  const own = (p: Party): boolean => p.plug.net === w.net || p.plug.net === v.plug.net;
  for (const p of [...wire.hostParties.slice(0, 1), ...wire.members, ...wire.beyond]) {
    const key = alike(p, host);
    if (!own(p) && !out.has(key) && out.size < MOST_SEATS) out.set(key, p);
  }
  return [...out.values()];
}

/** Whether it can put itself into one of those namespaces with what it takes to send there. */
export function entersToSend(w: Workload, seat: Party, host: Host): Answer {
  const seen = sees(w, seat);
  const ways = w.processes.map((p) => series([seen, has(p, 'CAP_SYS_ADMIN'), has(p, 'CAP_NET_RAW'), counts(p, seat.plug.net, host), mayOpen(p, seat), callPasses(p, w, 'setns')]));
  return strongest(ways) ?? seen;
}
