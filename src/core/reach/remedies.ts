import { valueOf } from '../model/reading.js';
import type { Remedy, Technique } from './types.js';
import type { Party, Wire } from './wire.js';

/** What would stop one pair, least intrusive first. Commands are shown, never run. */
export function remediesFor(technique: Technique, a: Party, v: Party, wire: Wire): readonly Remedy[] {
  const name = a.workload?.name ?? a.id;
  const image = a.workload?.kind === 'container' ? a.workload.image : 'IMAGE';
  const held = (cap: string) => a.workload?.processes.some((p) => valueOf(p.capabilities.effective)?.includes(cap)) === true;
  if (technique === 'table-write') {
    return [{ text: `Give ${name} a pid namespace of its own, without CAP_SYS_ADMIN and CAP_SYS_PTRACE`, command: `docker run --cap-drop SYS_ADMIN --cap-drop SYS_PTRACE … ${image}   (without --pid host, --privileged)`, breaks: 'Agents that watch the host’s processes; they need another way.', link: 'send' }];
  }
  const out: Remedy[] = [];
  const caps = ['NET_RAW', 'NET_ADMIN'].filter((c) => held(`CAP_${c}`));
  const drop = caps.length > 0 ? caps : ['NET_RAW'];
  out.push({ text: `Take ${drop.join(' and ')} from ${name}`, command: `docker run ${drop.map((c) => `--cap-drop ${c}`).join(' ')} … ${image}`, breaks: 'arping, nmap and tcpdump in it; ping itself goes on (ping_group_range).', link: 'send' });
  const from = a.plug.port?.name;
  const to = v.plug.port?.name;
  if (from !== undefined && to !== undefined) {
    out.push({ text: 'Isolate both ports', command: `bridge link set dev ${from} isolated on; bridge link set dev ${to} isolated on`, breaks: 'They no longer reach each other at all; gone at the next restart of either.', link: 'way' });
  }
  out.push({ text: `Give ${name} its own network`, command: `docker network create own; docker network connect own ${name}; docker network disconnect ${wire.segment.name} ${name}`, breaks: `Who talks to it on ${wire.segment.name} reaches it by a published port only.`, link: 'wire' });
  return out;
}
