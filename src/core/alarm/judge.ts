import type { FdbEntry, NetKey, Neighbour } from '../model/network.js';
import { known, type Reading } from '../model/reading.js';
import { endsHere, type Owner, type WireIndex } from './index-of.js';
import type { Alarm } from './types.js';

/** Who is suspected of what; an alarm without its time. */
export interface Suspicion extends Pick<Alarm, 'kind' | 'attacker' | 'victim' | 'impersonates' | 'address' | 'segment' | 'evidence'> {
  readonly names: { readonly attacker: string; readonly victim: string; readonly impersonates: string; readonly segment: string };
  readonly mac: string;
}

/**
 * What one entry of a neighbour table is. `clean`: the address is at its owner's MAC. `nobody`: an address that the
 * engine gave to nobody. `ordinary`: another MAC with a good reason. `forged`: at the MAC of another on the wire.
 * `unknown`: at a MAC of which nobody knows whose it is.
 */
export type EntryVerdict =
  | { readonly is: 'clean'; readonly owner: Owner }
  | { readonly is: 'nobody' }
  | { readonly is: 'ordinary'; readonly why: 'own-mac' | 'proxy'; readonly text: string }
  | { readonly is: 'forged' | 'unknown'; readonly suspicion: Suspicion };

/** The net namespace that a MAC is sent from, by the bridge's forwarding entries; `host` for the bridge's own. */
function behind(index: WireIndex, mac: string, segment: string, fdb: Reading<readonly FdbEntry[]> | null): { readonly net: NetKey; readonly entry: FdbEntry } | null {
  if (fdb === null || !('value' in fdb)) return null;
  for (const e of fdb.value) {
    if (e.mac !== mac || index.bridges.get(e.bridge) !== segment) continue;
    const net = e.permanent ? 'host' : index.ports.get(`${e.bridge} ${e.port}`);
    if (net !== undefined) return { net, entry: e };
  }
  return null;
}

function segmentOf(index: WireIndex, key: NetKey, n: Neighbour): string | null {
  const direct = index.segmentOf.get(`${key} ${n.dev}`);
  if (direct !== undefined) return direct;
  if (key === 'host') return null;
  // The interface's name is not known here: the one segment of this namespace on which somebody owns the address.
  const candidates = [...index.plugged].filter(([id, nets]) => nets.has(key) && index.owners.has(`${id} ${n.ip}`)).map(([id]) => id);
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

/** Judges one entry of the table of a net namespace. `source`: where the table was read. */
export function judgeEntry(index: WireIndex, key: NetKey, n: Neighbour, source: string, fdb: Reading<readonly FdbEntry[]> | null): EntryVerdict {
  const segment = segmentOf(index, key, n);
  const owner = segment === null ? undefined : index.owners.get(`${segment} ${n.ip}`);
  if (segment === null || owner === undefined || owner.net === key) return { is: 'nobody' };
  const nets = index.macs.get(n.mac);
  const wire = index.segments.get(segment);
  // All on an ipvlan have the parent's MAC: who answers cannot be told by it.
  if (wire?.driver === 'ipvlan') return { is: 'nobody' };
  const remoteGateway = owner.net === 'host' && !endsHere(wire);
  if (nets?.has(owner.net) === true && !remoteGateway) return { is: 'clean', owner };

  const plugged = index.plugged.get(segment);
  const owners = [...(nets ?? [])].filter((net) => net !== key && plugged?.has(net) === true);
  const sender = behind(index, n.mac, segment, fdb);
  // The port that frames come from tells more than whose the MAC was: it may have been taken.
  const attacker = sender !== null && sender.net !== key ? sender.net : owners[0];
  // A router outside this host has a MAC that nobody here can know.
  if (remoteGateway && owners.length === 0) return { is: 'nobody' };
  if (attacker === owner.net) return { is: 'ordinary', why: 'own-mac', text: `${owner.name} answers for ${n.ip} with another MAC (${n.mac}), from its own port.` };
  const [family, proxy] = n.ip.includes(':') ? ['ipv6 ', 'proxy_ndp'] : ['', 'proxy_arp'];
  if (attacker === 'host' && wire !== undefined && 'value' in wire.device && (index.proxies.has(`${family}${wire.device.value}`) || index.proxies.has(`${family}all`))) {
    return { is: 'ordinary', why: 'proxy', text: `The host answers for ${n.ip}: ${proxy} is on for ${wire.device.value}.` };
  }
  const victim = index.named.get(key) ?? { id: key, name: key };
  const by = attacker === undefined ? { id: `unknown:${n.mac}`, name: `somebody at ${n.mac}` } : (index.named.get(attacker) ?? { id: `unknown:${n.mac}`, name: `somebody at ${n.mac}` });
  const evidence: Reading<unknown>[] = [known(`${n.ip} at ${n.mac} on ${n.dev}`, source), known(`${n.ip} belongs to ${owner.name}`, owner.source)];
  if (attacker !== undefined && owners.includes(attacker)) evidence.push(known(`${n.mac} is ${by.name}'s`, 'ip -j -d link'));
  if (sender !== null && sender.net === attacker && fdb !== null) evidence.push(known(`${n.mac} is sent from ${sender.entry.port} on ${sender.entry.bridge}`, fdb.source));
  return {
    is: attacker === undefined ? 'unknown' : 'forged',
    suspicion: {
      kind: 'impersonation', attacker: by.id, victim: victim.id, impersonates: owner.id, address: n.ip, segment, evidence, mac: n.mac,
      names: { attacker: by.name, victim: victim.name, impersonates: owner.name, segment: wire?.name ?? segment },
    },
  };
}

/** A forwarding entry that leads a workload's MAC to another workload's port; null where it leads home or nobody knows. */
export function judgeForwarding(index: WireIndex, e: FdbEntry, source: string): Suspicion | null {
  const at = index.ports.get(`${e.bridge} ${e.port}`);
  const segment = index.bridges.get(e.bridge);
  const nets = index.macs.get(e.mac);
  if (e.permanent || at === undefined || segment === undefined || nets === undefined || nets.has(at)) return null;
  const plugged = index.plugged.get(segment);
  const owner = [...nets].find((net) => plugged?.has(net) === true);
  const by = index.named.get(at);
  if (owner === undefined || by === undefined) return null;
  const whose = index.named.get(owner) ?? { id: owner, name: owner };
  return {
    kind: 'mac-move', attacker: by.id, victim: whose.id, impersonates: whose.id, address: e.mac, segment, mac: e.mac,
    evidence: [known(`${e.mac} leads to ${e.port} on ${e.bridge}, the port of ${by.name}`, source), known(`${e.mac} belongs to ${whose.name}`, 'ip -j -d link')],
    names: { attacker: by.name, victim: whose.name, impersonates: whose.name, segment: index.segments.get(segment)?.name ?? segment },
  };
}
