import { DANGEROUS, capName } from '../facts/capabilities.js';
import { NS_KINDS, type NsKind } from '../model/namespaces.js';
import { isKnown, valueOf } from '../model/reading.js';
import { SEVERITIES } from '../model/finding.js';
import type { Workload } from '../model/workload.js';
import { VERDICTS } from '../reach/types.js';
import { isDrift } from '../rules/index.js';
import { inSubnet, isSubnet } from './addresses.js';
import type { Known } from './known.js';
import type { Term } from './parse.js';

/** Unknown never turns into a hit, nor does its negation. */
export type Answer = 'yes' | 'no' | 'unknown';

export interface Word {
  readonly key: string;
  /** What it asks, for help and completion. */
  readonly about: string;
  readonly values: readonly string[];
  readonly ask: (w: Workload, t: Term, known: Known) => Answer;
  /** Says what is wrong with a value, or null. */
  readonly check?: (t: Term) => string | null;
}

const yes = (b: boolean): Answer => (b ? 'yes' : 'no');

/** `*` stands for anything; without one the value may stand anywhere. Case does not matter. */
export function matches(text: string, pattern: string): boolean {
  const [have, want] = [text.toLowerCase(), pattern.toLowerCase()];
  if (!want.includes('*')) return have.includes(want);
  const parts = want.split('*');
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (i === 0) {
      if (!have.startsWith(part)) return false;
      at = part.length;
      continue;
    }
    if (i === parts.length - 1) return have.length - part.length >= at && have.endsWith(part);
    const found = have.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

const some = (texts: readonly (string | null | undefined)[], t: Term): Answer => yes(texts.some((x) => x !== null && x !== undefined && x !== '' && matches(x, t.value)));

function container<T>(w: Workload, pick: (c: Extract<Workload, { kind: 'container' }>) => T): T | null {
  return w.kind === 'container' ? pick(w) : null;
}

function addresses(w: Workload): string[] {
  return w.endpoints.flatMap((e) => [valueOf(e.ipv4), valueOf(e.ipv6)].filter((x) => x !== undefined).map((x) => x.split('/')[0]!));
}

function byAddress(w: Workload, value: string): Answer {
  return yes(addresses(w).some((a) => (isSubnet(value) ? inSubnet(a, value) : a === value.toLowerCase())));
}

function networks(w: Workload, known: Known): string[] {
  return w.endpoints.map((e) => known.segments.get(e.segment) ?? e.network);
}

const oneOf = (values: readonly string[]) => (t: Term): string | null =>
  values.includes(t.value.toLowerCase()) ? null : `${t.key}: knows ${values.slice(0, -1).join(', ')} and ${values.at(-1)!}.`;

/** `host`, `any`, or the name of somebody that it shares a namespace with; over one kind or all that are not ordinary. */
function shares(w: Workload, value: string, known: Known, only: NsKind | null): Answer {
  const party = known.parties.get(w.id);
  if (!party) return 'no';
  const kinds = only === null ? NS_KINDS.filter((k) => !known.ordinary.has(k)) : [only];
  const want = value.toLowerCase();
  let unread = false;
  for (const kind of kinds) {
    const at = party.at[kind];
    if (at === null) {
      unread = true;
      continue;
    }
    const others = [...(known.inNamespace.get(`${kind} ${at}`) ?? [])].filter((id) => id !== w.id);
    if (want === 'host' && at === 'host') return 'yes';
    if (want === 'any' && (at === 'host' || others.length > 0)) return 'yes';
    if (want === 'own' && at !== 'host' && at !== 'none' && others.length === 0) return 'yes';
    if (want !== 'host' && want !== 'any' && want !== 'own' && others.some((id) => matches(known.parties.get(id)?.name ?? '', value))) return 'yes';
  }
  return unread ? 'unknown' : 'no';
}

function capability(w: Workload, value: string): Answer {
  const sets = w.processes.map((p) => p.capabilities.effective);
  const want = value.toLowerCase();
  if (want === 'unknown') return yes(sets.some((s) => !isKnown(s)));
  const held = sets.flatMap((s) => valueOf(s) ?? []);
  const hit = want === 'any' ? held.length > 0 : want === 'dangerous' ? held.some((c) => c in DANGEROUS) : held.some((c) => c === capName(value.toUpperCase()) || matches(c, value));
  return hit ? 'yes' : sets.some((s) => !isKnown(s)) ? 'unknown' : 'no';
}

function limited(w: Workload, value: string): Answer {
  const of = { memory: w.cgroup.memory, cpu: w.cgroup.cpu, pids: w.cgroup.pids };
  const want = value.toLowerCase();
  const asked = want === 'none' ? Object.values(of) : [of[want.replace(/^no-/, '') as keyof typeof of]];
  const limits = asked.map((x) => x.effectiveLimit);
  if (limits.some((l) => isKnown(l) && l.value === 'max')) return yes(want === 'none' || want.startsWith('no-'));
  if (limits.some((l) => !isKnown(l))) return 'unknown';
  return yes(!(want === 'none' || want.startsWith('no-')));
}

function used(w: Workload, t: Term): Answer {
  const [use, limit] = [w.cgroup.memory.usage, w.cgroup.memory.effectiveLimit];
  if (!isKnown(use) || !isKnown(limit)) return 'unknown';
  if (limit.value === 'max') return 'no';
  const share = (use.value / Math.max(1, limit.value)) * 100;
  const want = Number(t.value.replace('%', ''));
  return yes(t.compare === '<' ? share < want : share >= want);
}

function runsAs(w: Workload, value: string): Answer {
  const uid = w.process?.uid;
  if (uid === undefined) return 'no';
  if (!isKnown(uid)) return 'unknown';
  return yes(value.toLowerCase() === 'root' ? uid.value === 0 : String(uid.value) === value);
}

const LIMITS = ['none', 'memory', 'cpu', 'pids', 'no-memory', 'no-cpu', 'no-pids'];
const IS = ['container', 'group', 'running', 'paused', 'stopped', 'privileged', 'intruded'];

function is(w: Workload, value: string): Answer {
  switch (value.toLowerCase()) {
    case 'container': return yes(w.kind === 'container');
    case 'group': return yes(w.kind === 'group');
    case 'running': return yes(w.pid !== null);
    case 'stopped': return yes(w.pid === null);
    case 'paused': return yes(container(w, (c) => c.state) === 'paused');
    case 'privileged': return yes(container(w, (c) => c.declared.privileged) === true);
    default: return yes(w.intruders.length > 0);
  }
}

/** The words that may stand before a colon. One entry is all that a new one takes. */
export const WORDS: readonly Word[] = [
  { key: 'name', about: 'its name', values: [], ask: (w, t) => some([w.name], t) },
  { key: 'image', about: 'its image', values: [], ask: (w, t) => some([container(w, (c) => c.image)], t) },
  { key: 'project', about: 'its compose project', values: [], ask: (w, t) => some([container(w, (c) => c.project)], t) },
  { key: 'service', about: 'its compose service', values: [], ask: (w, t) => some([container(w, (c) => c.service)], t) },
  { key: 'id', about: 'its id, or the beginning of it', values: [], ask: (w, t) => yes(w.id.startsWith(t.value.toLowerCase())) },
  { key: 'pid', about: 'a pid of it, or of a process that entered', values: [], ask: (w, t) => yes([w.pid, ...w.processes.map((p) => p.pid), ...w.intruders.map((i) => i.pid)].some((p) => String(p) === t.value)) },
  { key: 'runtime', about: 'the runtime of a group', values: ['systemd-nspawn', 'lxc', 'podman', 'kubernetes'], ask: (w, t) => some([w.kind === 'group' ? w.runtime : 'docker'], t) },
  { key: 'label', about: 'a label, key or key=value', values: [], ask: (w, t) => some(container(w, (c) => Object.entries(c.labels).map(([k, v]) => `${k}=${v}`)) ?? [], t) },
  { key: 'network', about: 'a segment it is plugged into', values: [], ask: (w, t, known) => some(networks(w, known), t) },
  { key: 'ip', about: 'its address, or a subnet', values: [], ask: (w, t) => byAddress(w, t.value) },
  { key: 'mac', about: 'its MAC', values: [], ask: (w, t) => some(w.endpoints.map((e) => valueOf(e.mac)), t) },
  { key: 'shares', about: 'a namespace with the host, with somebody, with any', values: ['host', 'any'], ask: (w, t, known) => shares(w, t.value, known, null) },
  ...NS_KINDS.map((kind): Word => ({ key: kind, about: `its ${kind} namespace is the host’s, shared, its own`, values: ['host', 'any', 'own'], ask: (w, t, known) => shares(w, t.value, known, kind) })),
  { key: 'risk', about: 'whether it can impersonate others', values: VERDICTS, check: oneOf(VERDICTS), ask: (w, t, known) => yes((known.verdicts.get(w.id) ?? '') === t.value.toLowerCase()) },
  { key: 'reached', about: 'whether a spoofer reaches it', values: ['yes', 'no'], check: oneOf(['yes', 'no']), ask: (w, t, known) => yes(known.exposed.has(w.id) === (t.value.toLowerCase() === 'yes')) },
  { key: 'cap', about: 'a capability in effect', values: ['NET_RAW', 'SYS_ADMIN', 'dangerous', 'any', 'unknown'], ask: (w, t) => capability(w, t.value) },
  { key: 'user', about: 'the uid it runs as', values: ['root'], ask: (w, t) => runsAs(w, t.value) },
  { key: 'limit', about: 'a limit in force, or none', values: LIMITS, check: oneOf(LIMITS), ask: (w, t) => limited(w, t.value) },
  { key: 'use', about: 'memory used of its limit', values: ['>80%'], check: (t) => (/^\d+(\.\d+)?%?$/.test(t.value) ? null : 'use: wants a share, for example use:>80%.'), ask: used },
  { key: 'drift', about: 'whether the kernel contradicts the declaration', values: ['any'], check: oneOf(['any', 'none']), ask: (w, t, known) => yes((known.findings.get(w.id) ?? []).some(isDrift) === (t.value.toLowerCase() === 'any')) },
  { key: 'finding', about: 'a rule that holds for it, by id or name', values: ['any'], ask: (w, t, known) => yes((known.findings.get(w.id) ?? []).some((f) => t.value.toLowerCase() === 'any' || matches(f.rule, t.value) || matches(f.name, t.value))) },
  { key: 'severity', about: 'a finding at least so severe', values: SEVERITIES, check: oneOf(SEVERITIES), ask: (w, t, known) => yes((known.findings.get(w.id) ?? []).some((f) => SEVERITIES.indexOf(f.severity) >= SEVERITIES.findIndex((s) => s === t.value.toLowerCase()))) },
  { key: 'is', about: 'what it is, or its state', values: IS, check: oneOf(IS), ask: (w, t) => is(w, t.value) },
];

/** A word alone: its name, image, project, service, networks, or its address. */
export function askPlain(w: Workload, t: Term, known: Known): Answer {
  if (isSubnet(t.value) || addresses(w).includes(t.value.toLowerCase())) return byAddress(w, t.value);
  return some([w.name, ...(container(w, (c) => [c.image, c.project, c.service]) ?? []), ...(w.kind === 'group' ? [w.runtime] : []), ...networks(w, known), ...addresses(w), ...w.endpoints.map((e) => valueOf(e.mac))], t);
}
