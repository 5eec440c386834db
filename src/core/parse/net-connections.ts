import type { Connection } from '../model/network.js';
import { ESTABLISHED, LISTEN, type Socket } from './net-proc.js';

/** The sockets of one net namespace, who is in it and its own addresses (without prefix). */
export interface NetSockets {
  readonly of: readonly string[];
  readonly addresses: readonly string[];
  readonly sockets: readonly Socket[];
}

/**
 * Connections between namespaces. Who listens on the port was connected to; where neither is known to listen, the
 * lower port is taken for the server's. Each connection is told once, though both ends show it.
 */
export function joinConnections(nets: readonly NetSockets[]): readonly Connection[] {
  const owner = new Map<string, NetSockets>();
  for (const n of nets) for (const a of n.addresses) if (!a.startsWith('127.') && a !== '::1') owner.set(a, n);
  const listens = (n: NetSockets | undefined, port: number): boolean => n?.sockets.some((s) => s.state === LISTEN && s.localPort === port) ?? false;
  const seen = new Set<string>();
  const out = new Map<string, Connection>();
  for (const n of nets) {
    for (const s of n.sockets) {
      if (s.state !== ESTABLISHED) continue;
      const other = owner.get(s.remoteIp);
      const from = owner.get(s.localIp) ?? n;
      if (other === undefined || other === from) continue;
      const ends = [`${s.localIp}:${s.localPort}`, `${s.remoteIp}:${s.remotePort}`].sort().join(' ');
      if (seen.has(ends)) continue;
      seen.add(ends);
      const inward = listens(from, s.localPort) || (!listens(other, s.remotePort) && s.localPort < s.remotePort);
      const [a, aIp, b, bIp, port] = inward ? [other, s.remoteIp, from, s.localIp, s.localPort] : [from, s.localIp, other, s.remoteIp, s.remotePort];
      const key = `${aIp} ${bIp} ${port}`;
      const has = out.get(key);
      out.set(key, { protocol: 'tcp', from: a.of[0] ?? '', fromIp: aIp, to: b.of[0] ?? '', toIp: bIp, port, count: (has?.count ?? 0) + 1 });
    }
  }
  return [...out.values()];
}
