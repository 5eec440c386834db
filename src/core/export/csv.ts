import { csvFormatRow } from 'd3-dsv';
import { isKnown, workloads, type Reading, type Snapshot } from '../model/index.js';
import type { Finding } from '../model/finding.js';
import type { Judgement } from '../reach/types.js';

export type TableName = 'containers' | 'groups' | 'processes' | 'mounts' | 'namespaces' | 'cgroups' | 'segments' | 'endpoints' | 'interfaces' | 'reach' | 'findings';
export interface CsvTable {
  readonly name: TableName;
  readonly text: string;
}

/** A spreadsheet takes what begins so for a formula; a leading apostrophe makes it text. Numbers of our own are none. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u;

type Value = string | number | boolean | null;

function cell(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
   
  const clean = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu, '\ufffd');
  return FORMULA.test(clean) ? `'${clean}` : clean;
}

/** RFC 4180: every record ends with CR LF, every record has as many fields as the header. */
function table(name: TableName, header: readonly string[], rows: readonly (readonly Value[])[]): CsvTable {
  return { name, text: [header, ...rows].map((row) => `${csvFormatRow(row.map(cell))}\r\n`).join('') };
}

/** A reading in one field: its value, or `?` and why. Unknown never looks like nothing. */
function of(r: Reading<unknown>): Value {
  if (!isKnown(r)) return `?${r.unknown}`;
  const v = r.value;
  if (typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean') return v;
  if (Array.isArray(v) && v.every((x) => typeof x !== 'object')) return v.join(' ');
  return JSON.stringify(v);
}

const KINDS = ['net', 'mnt', 'pid', 'ipc', 'uts', 'user', 'cgroup', 'time'] as const;

/** One table for each kind of thing, without a filter all of it. Deterministic. `shown`: ids that pass the filter, null for all. */
export function csvTables(s: Snapshot, judgement: Judgement, findings: readonly Finding[], shown: ReadonlySet<string> | null = null): readonly CsvTable[] {
  const passes = (id: string): boolean => shown === null || shown.has(id);
  const all = workloads(s).filter((w) => passes(w.id));
  const names = new Map(workloads(s).map((w) => [w.id, w.name]));
  const name = (id: string): string => (id === 'host' ? '(host)' : id.startsWith('gateway:') ? '(gateway)' : (names.get(id) ?? id));
  const segment = (id: string): string => s.segments.find((g) => g.id === id)?.name ?? id;
  const limits = (w: (typeof all)[number]): readonly Value[] => {
    const { memory, cpu, pids } = w.cgroup;
    return [memory.limit, memory.effectiveLimit, memory.imposedBy, memory.usage, cpu.limit, cpu.effectiveLimit, cpu.usageMs, pids.limit, pids.usage].map(of);
  };
  const limitNames = ['memory_limit', 'memory_effective_limit', 'memory_imposed_by', 'memory_usage', 'cpu_limit', 'cpu_effective_limit', 'cpu_usage_ms', 'pids_limit', 'pids_usage'];
  const walls = (w: (typeof all)[number]): readonly Value[] => (w.process ? [w.process.uid, w.process.capabilities.effective, w.process.seccomp, w.process.lsm, w.process.noNewPrivs].map(of) : ['', '', '', '', '']);
  const wallNames = ['uid', 'capabilities', 'seccomp', 'lsm', 'no_new_privs'];
  const owners = KINDS.map((k) => `${k}_namespace`);
  return [
    table('containers', ['name', 'id', 'image', 'state', 'pid', 'project', 'service', ...owners, ...wallNames, 'root_read_only', ...limitNames], s.containers.filter((c) => passes(c.id)).map((c) => [c.name, c.id, c.image, c.state, c.pid, c.project, c.service, ...KINDS.map((k) => of(c.namespaces[k].owner)), ...walls(c), of(c.rootReadOnly), ...limits(c)])),
    table('groups', ['name', 'id', 'runtime', 'pid', 'folded', 'evidence', ...owners, ...wallNames, ...limitNames], s.groups.filter((g) => passes(g.id) || g.folded).map((g) => [g.name, g.id, g.runtime, g.pid, g.folded, g.evidence, ...KINDS.map((k) => of(g.namespaces[k].owner)), ...walls(g), ...limits(g)])),
    table('processes', ['of', 'pid', 'count', 'command', 'role', 'uid', 'effective', 'bounding', 'seccomp', 'lsm', 'no_new_privs'], all.flatMap((w) => w.processes.map((p) => [w.name, p.pid, p.count, p.comm, p.role, ...[p.uid, p.capabilities.effective, p.capabilities.bounding, p.seccomp, p.lsm, p.noNewPrivs].map(of)]))),
    table('mounts', ['of', 'destination', 'host_path', 'file_system', 'device', 'writable', 'propagation', 'declared'], all.flatMap((w) => (isKnown(w.mounts) ? w.mounts.value.map((m) => [w.name, m.destination, m.host, m.fstype, m.device, m.writable, m.propagation, m.declared]) : [[w.name, of(w.mounts), '', '', '', '', '', '']]))),
    table('namespaces', ['type', 'inode', 'owner', 'parent', 'members', 'processes', 'held_by'], s.namespaces.map((n) => [n.type, n.inode, n.owner, of(n.parent), n.members.map((m) => m.name).join(' '), n.processCount, n.heldBy.join(' ')])),
    table('cgroups', ['path', 'parent', 'of', 'processes', 'memory_limit', 'memory_usage', 'cpu_limit', 'pids_limit', 'pids_usage'], s.cgroups.map((c) => [c.id, c.parent, c.of === null ? '' : name(c.of), c.processCount, ...[c.facts.memory.limit, c.facts.memory.usage, c.facts.cpu.limit, c.facts.pids.limit, c.facts.pids.usage].map(of)])),
    table('segments', ['name', 'id', 'driver', 'internal', 'device', 'subnets', 'gateways', 'icc', 'project'], s.segments.map((g) => [g.name, g.id, g.driver, g.internal, of(g.device), g.subnets.join(' '), g.gateways.join(' '), of(g.icc), g.project])),
    table('endpoints', ['of', 'segment', 'interface', 'peer', 'mac', 'ipv4', 'ipv6', 'gateway'], all.flatMap((w) => w.endpoints.map((e) => [w.name, segment(e.segment), ...[e.interface, e.peer, e.mac, e.ipv4, e.ipv6, e.gateway].map(of)]))),
    table('interfaces', ['net', 'name', 'kind', 'mac', 'addresses', 'up', 'peer', 'master', 'mode'], s.interfaces.map((i) => [i.net, i.name, i.kind, ...[i.mac, i.addresses, i.up, i.peer, i.master, i.mode].map(of)])),
    table('reach', ['segment', 'attacker', 'right', 'verdict', 'victims', 'techniques', 'reads', 'unless', 'reason'], judgement.segments.flatMap((r) => r.attackers.filter((a) => passes(a.id)).flatMap((a) => a.groups.map((g) => [segment(r.segment), name(a.id), a.right, g.verdict, g.victims.map(name).join(' '), g.techniques.join(' '), g.reads, g.unless.join('; '), g.reason])))),
    table('findings', ['severity', 'rule', 'name', 'subjects', 'title', 'remedy', 'fingerprint'], findings.filter((f) => f.subjects.length === 0 || f.subjects.some((x) => passes(x.id) || (x.kind !== 'container' && x.kind !== 'group'))).map((f) => [f.severity, f.rule, f.name, f.subjects.map((x) => x.name).join(' '), f.title, f.remedy, f.fingerprint])),
  ];
}
