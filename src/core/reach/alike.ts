import { valueOf, type Reading } from '../model/reading.js';
import { filtersOf } from './filter/rules.js';
import { amongEnds } from './filter/ends.js';
import { arpSysctls } from './filter/heeds.js';
import type { Host } from './host.js';
import type { Neighbour } from '../model/network.js';
import type { Party, Plug, Wire } from './wire.js';

/** Parties with the same key get the same answer, towards any other of another net namespace. */
export function alike(p: Party, host: Host): string {
  return `${plugKey(p.plug, host)}|${pidKey(p, host)}`;
}

/** What table-write depends on, coarsely: who shares the host's pid namespace or another's is a class of its own. */
function pidKey(p: Party, host: Host): string {
  if (p.workload === null) return 'host';
  const owner = valueOf(p.workload.namespaces.pid.owner);
  return owner === 'own' && !host.mates.has(p.id) ? 'own' : owner === 'host' ? 'host' : p.id;
}

const keys = new WeakMap<Host, Map<Plug, string>>();

function plugKey(plug: Plug, host: Host): string {
  let mine = keys.get(host);
  if (mine === undefined) keys.set(host, (mine = new Map()));
  let key = mine.get(plug);
  if (key === undefined) {
    const port = plug.port?.port;
    const net = host.nets.get(plug.net);
    const read = (r: Reading<boolean | string>): string => ('value' in r ? String(r.value) : r.unknown);
    const vlans = port == null ? undefined : valueOf(port.vlans);
    const filtered = vlans === undefined ? '?' : vlans.length === 1 ? `${vlans[0]?.vid}${vlans[0]?.pvid === true ? 'p' : ''}${vlans[0]?.untagged === true ? 'u' : ''}${vlans[0]?.state ?? ''}` : JSON.stringify(vlans);
    const flags = port == null ? '' : `${read(port.isolated)},${read(port.learning)},${read(port.locked)},${read(port.state)},${port.settles === undefined ? '' : read(port.settles)},${read(port.unicastFlood)},${port.bcastFlood === undefined ? '' : read(port.bcastFlood)},${port.mcastFlood === undefined ? '' : read(port.mcastFlood)},${filtered}${valueOf(port.unicastFlood) === false ? plug.net : ''}`;
    const table = net === undefined ? '' : [net.neighbours, net.neighbours6].map((t) => (valueOf(t) === undefined ? '?' : valueOf(t)?.some((e) => e.state === 'PERMANENT' || e.state === 'NOARP') === true ? plug.net : '')).join(',');
    const own = net === undefined ? '?' : [net.nft, net.arptables, net.tc].map((r) => ('unknown' in r ? r.unknown : '')).join() + (filtersOf(net).touching ? plug.net : '');
    const stack = plug.stack ?? plug.iface;
    const iface = plug.iface === undefined ? '?' : [plug.iface.up, (stack ?? plug.iface).noarp].map(read).join(',');
    const sysctls = net === undefined ? undefined : valueOf(net.sysctls);
    const six = ['forwarding', 'disable_ipv6'].map((k) => sysctls?.[`net.ipv6.conf.${stack?.name ?? ''}.${k}`] ?? '?').join(',');
    const arp = Object.values(arpSysctls(plug, host)).join();
    const programs = [plug.iface, plug.port, plug.entry ?? undefined].map((i) => (i === undefined ? undefined : valueOf(i.xdp)?.join())).join();
    const locked = port != null && valueOf(port.locked) === true ? plug.net : '';
    key = [plug.kind, plug.on, plug.mode, flags, table, own, iface, six, arp, programs, locked, plug.ipv4.length > 0, plug.ipv6.length > 0, plug.addressesRead, plug.port === undefined ? '' : read(plug.port.up), outer(host) ? plug.net : '', plug.net === 'host', [plug.iface, stack].some((i) => i !== undefined && host.uppers.has(i.id)) ? plug.net : '', speaker(plug, host)].join('|');
    mine.set(plug, key);
  }
  return key;
}

/** Whether the host has rules that can tell one port from another; then every port is a class of its own. */
function outer(host: Host): boolean {
  const net = host.nets.get('host');
  return filtersOf(net).ethernet;
}

/** Whether a victim believes some addresses and not others, by entries that stay or by rules of its own. */
export function tellsApart(v: Party, host: Host): boolean {
  const net = host.nets.get(v.plug.net);
  if (net === undefined) return false;
  const dev = (v.plug.stack ?? v.plug.iface)?.name;
  const stays = (e: Neighbour): boolean => (e.state === 'PERMANENT' || e.state === 'NOARP') && (dev === undefined || e.dev === dev);
  return [net.neighbours, net.neighbours6].some((t) => valueOf(t)?.some(stays) === true) || filtersOf(net).touching;
}

const staying = new WeakMap<Host, ReadonlySet<string>>();

/** Whether a bridge's entry for a member's MAC stays, so that it cannot be stolen while others can, or a MAC was not read. */
export function someMacStays(wire: Wire, host: Host): boolean {
  let stays = staying.get(host);
  if (stays === undefined) staying.set(host, (stays = new Set([...host.nets.values()].flatMap((n) => valueOf(n.fdb) ?? []).filter((e) => e.stays === true).map((e) => e.mac))));
  return [...wire.members, ...wire.beyond].some((p) => p.plug.mac === undefined || stays.has(p.plug.mac));
}

/** By whose packets, or by what is sent to whom, rules of the host tell one member from another on the way to who fooled it. */
function speaker(plug: Plug, host: Host): string {
  const net = host.nets.get('host');
  return net === undefined ? '' : (amongEnds([...plug.ipv4, ...plug.ipv6], net) ?? plug.net);
}
