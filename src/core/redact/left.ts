import { listOf } from '../facts/units.js';
import { valueOf, type Snapshot } from '../model/index.js';

type Plain = Readonly<Record<string, unknown>>;

/** What stayed as it was, gathered by what it is. */
interface Stayed {
  readonly words: Map<string, Set<string>>;
  readonly counts: Map<string, number>;
}

const NAMES = new Set(['name', 'comm', 'project', 'service', 'network', 'hostname']);
const PATHS = new Set(['source', 'destination', 'host', 'path', 'root', 'dataRoot', 'maskedPaths', 'readonlyPaths', 'devices']);
const INTERFACES = new Set(['interface', 'dev', 'bridge', 'master', 'device']);
const ADDRESSES = new Set(['ipv4', 'ipv6', 'gateway', 'gateways', 'subnets', 'addresses', 'ip', 'via', 'fromIp', 'toIp', 'to']);
const TIMES = new Set(['createdAt', 'startedAt']);
const USERS = new Set(['uid']);
const INODES = new Set(['inode', 'ownerUserNs']);

function groupOf(key: string): string | null {
  if (NAMES.has(key)) return 'names';
  if (PATHS.has(key)) return 'paths';
  if (INTERFACES.has(key)) return 'interfaces';
  if (ADDRESSES.has(key)) return 'addresses';
  if (key === 'image') return 'images';
  if (key === 'lsm' || key === 'appArmorProfile') return 'profiles';
  if (key === 'names') return 'calls';
  return null;
}

/** Walks both sides in step: what is the same on both is left. */
function compare(before: unknown, after: unknown, key: string, into: Stayed): void {
  if (typeof after === 'string') {
    const group = before !== after || after === '' ? null : after.startsWith('/') && key === 'device' ? 'paths' : groupOf(key);
    if (group !== null) into.words.set(group, (into.words.get(group) ?? new Set()).add(after));
    return;
  }
  if (typeof after !== 'object' || after === null || typeof before !== 'object' || before === null) return;
  if (Array.isArray(after)) return after.forEach((item, i) => compare((before as readonly unknown[])[i], item, key, into));
  const [a, b] = [before as Plain, after as Plain];
  if ('source' in b && 'unknown' in b) return;
  if ('source' in b && 'value' in b) {
    if (USERS.has(key) || INODES.has(key)) into.words.set(key, (into.words.get(key) ?? new Set()).add(String(b['value'])));
    return compare(a['value'], b['value'], key, into);
  }
  for (const [name, value] of Object.entries(b)) {
    if (name === 'engine') continue;
    if (TIMES.has(name) && value !== '') into.counts.set('times', (into.counts.get('times') ?? 0) + 1);
    if (name === 'pid' && typeof value === 'number') into.words.set('pid', (into.words.get('pid') ?? new Set()).add(String(value)));
    if (name === 'labels' || name === 'sysctls') {
      const had = typeof a[name] === 'object' && a[name] !== null ? a[name] : {};
      for (const label of Object.keys(value as object)) if (label in had) into.words.set(name, (into.words.get(name) ?? new Set()).add(label));
      if (name === 'labels') continue;
    }
    compare(a[name], value, name, into);
  }
}

const count = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;

/**
 * What a redacted snapshot still tells of its host, in lines for people, read off the two snapshots: what is the same in both, by
 * name where there are few. `after` is `before` redacted.
 */
export function leftOf(before: Snapshot, after: Snapshot): readonly string[] {
  const stayed: Stayed = { words: new Map(), counts: new Map() };
  for (const part of ['host', 'containers', 'groups', 'segments', 'interfaces', 'nets'] as const) compare(before[part], after[part], part, stayed);
  const { host } = after;
  const of = (group: string, most: number): string => listOf([...(stayed.words.get(group) ?? [])].sort(), most);
  const many = (group: string): number => stayed.words.get(group)?.size ?? 0;
  const out: string[] = [];
  const add = (when: boolean, line: string): void => {
    if (when) out.push(line);
  };
  const versions = [`${host.engine.name} ${host.engine.version}`.trim(), valueOf(host.kernel), valueOf(host.os), valueOf(host.cgroupVersion) === undefined ? undefined : `cgroup ${valueOf(host.cgroupVersion)}`, valueOf(host.lsms)?.join(', ')];
  out.push(`versions: ${versions.filter((v) => v !== undefined && v !== '').join(', ')}`);
  out.push(`the size of the host: ${[valueOf(host.cpus) === undefined ? undefined : count(valueOf(host.cpus) ?? 0, 'cpu', 'cpus'), valueOf(host.memory) === undefined ? undefined : `${valueOf(host.memory)} bytes of memory`].filter((v) => v !== undefined).join(', ') || 'not read'}`);
  out.push(`times: ${after.takenAt}, when it was taken${(stayed.counts.get('times') ?? 0) > 0 ? `, and when ${count(after.containers.length, 'container was', 'containers were')} made and started` : ''}`);
  out.push(`how many there are and how they hang together: ${count(after.containers.length, 'container', 'containers')}, ${count(after.groups.length, 'group', 'groups')}, ${count(after.segments.length, 'network', 'networks')} (${listOf([...new Set(after.segments.map((s) => s.driver))].sort(), 5) || 'none'}), ${count(after.interfaces.length, 'interface', 'interfaces')}`);
  add(after.containers.length + after.groups.length > 0, 'states, limits and use, rights and security settings of each');
  add(many('uid') > 0, `user ids: ${of('uid', 8)}`);
  add(many('pid') + many('inode') > 0, `${count(many('pid'), 'pid', 'pids')} and ${count(many('inode'), 'inode', 'inodes')}`);
  add(many('names') > 0, `names that every host has: ${of('names', 8)}`);
  add(many('images') > 0, `images: ${of('images', 8)}`);
  add(many('paths') > 0, `folders, devices and files that every host has: ${of('paths', 8)}`);
  add(many('interfaces') > 0, `interfaces: ${of('interfaces', 8)}`);
  add(many('addresses') > 0, `addresses that every host has: ${of('addresses', 6)}`);
  add(after.interfaces.some((i) => (valueOf(i.addresses) ?? []).length > 0) || after.containers.some((c) => c.endpoints.length > 0), 'of other addresses their length of prefix, and the last byte of IPv4, the last half of IPv6');
  const ports = [...new Set(after.containers.flatMap((c) => c.declared.ports.flatMap((p) => p.match(/\d+(?:-\d+)?\/(?:tcp|udp|sctp)/gu) ?? [])))].sort();
  add(ports.length > 0, `ports: ${listOf(ports, 8)}`);
  add(many('labels') > 0, `names of labels, without their values: ${of('labels', 6)}`);
  add(many('profiles') > 0, `profiles of security modules: ${of('profiles', 6)}`);
  add(many('calls') > 0, `${count(many('calls'), 'call', 'calls')} that seccomp profiles name`);
  add(many('sysctls') > 0, `${count(many('sysctls'), 'sysctl', 'sysctls')}, with their numbers`);
  add(before.notes.length > 0, `left out: ${count(before.notes.length, 'note', 'notes')} of what happened while it was read`);
  return out;
}
