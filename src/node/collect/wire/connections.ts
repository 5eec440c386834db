import { known, unknown, type Reading } from '../../../core/model/reading.js';
import type { Connection } from '../../../core/model/network.js';
import { joinConnections, type NetSockets } from '../../../core/parse/net-connections.js';
import { parseSockets, type Socket } from '../../../core/parse/net-proc.js';
import type { Snapshot } from '../../../core/model/snapshot.js';
import { readFile } from './files.js';

/**
 * Open TCP connections between workloads of a snapshot, and between them and the host. On request only: each file
 * costs about 2 ms, since a read walks the whole kernel's table. UDP has no connections to tell of.
 */
export function readConnections(snapshot: Pick<Snapshot, 'containers' | 'groups' | 'nets' | 'interfaces' | 'host'>, roots: { readonly proc: string }): Reading<readonly Connection[]> {
  const source = `${roots.proc}/<pid>/net/tcp`;
  if (snapshot.host.proof.kind !== 'proved') return unknown('unsupported', source);
  const pids = new Map([...snapshot.containers, ...snapshot.groups].map((w) => [w.id, w.pid]));
  const nets: NetSockets[] = [];
  let denied: Reading<never> | null = null;
  for (const n of snapshot.nets) {
    const pid = n.key === 'host' ? 'self' : n.of.map((id) => pids.get(id)).find((p) => p !== null && p !== undefined);
    if (pid === undefined) continue;
    const sockets: Socket[] = [];
    for (const file of ['tcp', 'tcp6']) {
      const read = readFile(`${roots.proc}/${pid}/net/${file}`, parseSockets);
      if ('value' in read) sockets.push(...read.value);
      else if (read.unknown !== 'absent') denied = read;
    }
    const addresses = snapshot.interfaces.filter((i) => i.net === n.key).flatMap((i) => ('value' in i.addresses ? i.addresses.value : []));
    const spoken = [...snapshot.containers, ...snapshot.groups].filter((w) => n.of.includes(w.id)).flatMap((w) => w.endpoints.flatMap((e) => ('value' in e.ipv4 ? [e.ipv4.value] : [])));
    nets.push({ of: n.of, addresses: [...new Set([...addresses, ...spoken].map((a) => a.split('/')[0] ?? ''))], sockets });
  }
  if (nets.every((n) => n.sockets.length === 0) && denied !== null) return denied;
  return known(joinConnections(nets), source);
}
