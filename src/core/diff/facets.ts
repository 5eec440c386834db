import { isEvery, plainCap } from '../facts/capabilities.js';
import { hostPaths } from '../facts/mounts.js';
import { isUnconfined } from '../facts/label.js';
import { bytes, cores, listOf } from '../facts/units.js';
import { sameFacts } from '../same.js';
import type { Limit } from '../model/cgroup.js';
import { NS_KINDS } from '../model/namespaces.js';
import type { Reading } from '../model/reading.js';
import type { Host, Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import type { Change } from './types.js';

/**
 * One thing that changed for a workload. `text` follows its name (`lost its memory limit (was 1 GiB)`); `key` is the
 * same without particulars, in the plural, so that many alike can be said in one sentence.
 */
export interface Told {
  readonly direction: Change['direction'];
  readonly text: string;
  readonly key: string;
}

/** Both sides of one workload. `dark` gathers what only one side could tell. */
export interface Pair {
  readonly before: Workload;
  readonly after: Workload;
  readonly a: Snapshot;
  readonly b: Snapshot;
  readonly dark: (what: string) => void;
}

/** The values of both sides; null where one is unknown (then there is nothing to say, and the pair is told as dark where it was known before). */
function both<T>(p: Pair, what: string, before: Reading<T>, after: Reading<T>): readonly [T, T] | null {
  if ('value' in before && 'value' in after) return [before.value, after.value];
  if (isRunning(p.before) && isRunning(p.after) && 'value' in before !== 'value' in after) p.dark(what);
  return null;
}

const isRunning = (w: Workload): boolean => w.pid !== null;

function limitChange(name: string, before: Limit, after: Limit, say: (n: number) => string): Told | null {
  if (before === after) return null;
  if (after === 'max') return { direction: 'worse', text: `lost its ${name} limit (was ${say(before as number)})`, key: `lost their ${name} limit` };
  if (before === 'max') return { direction: 'better', text: `has a ${name} limit now (${say(after)})`, key: `have a ${name} limit now` };
  const verb = after > before ? 'was raised' : 'was lowered';
  return { direction: 'neutral', text: `’s ${name} limit ${verb} from ${say(before)} to ${say(after)}`, key: `have another ${name} limit` };
}

/** The kernel's word where both have it, else what the engine was told. */
function limits(p: Pair): (Told | null)[] {
  const one = (name: string, read: (w: Workload) => { readonly limit: Reading<Limit>; readonly declared: Reading<Limit> }, say: (n: number) => string): Told | null => {
    const x = read(p.before);
    const y = read(p.after);
    if ('value' in x.limit && 'value' in y.limit) return limitChange(name, x.limit.value, y.limit.value, say);
    if ('value' in x.declared && 'value' in y.declared) return limitChange(name, x.declared.value, y.declared.value, say);
    return null;
  };
  return [
    one('memory', (w) => w.cgroup.memory, bytes),
    one('cpu', (w) => w.cgroup.cpu, (n) => `${cores(n)} cores`),
    one('pids', (w) => w.cgroup.pids, String),
  ];
}

function rights(p: Pair): (Told | null)[] {
  const x = p.before.process;
  const y = p.after.process;
  if (x === null || y === null) return [];
  const out: (Told | null)[] = [];
  const caps = both(p, 'capabilities', x.capabilities.effective, y.capabilities.effective);
  if (caps !== null && !sameFacts(caps[0], caps[1])) {
    const gained = caps[1].filter((c) => !caps[0].includes(c));
    const lost = caps[0].filter((c) => !caps[1].includes(c));
    if (isEvery(caps[1]) && !isEvery(caps[0])) out.push({ direction: 'worse', text: 'holds every capability now', key: 'hold every capability now' });
    else if (gained.length > 0) out.push({ direction: 'worse', text: `gained ${listOf(gained.map(plainCap))}`, key: `gained ${listOf(gained.map(plainCap))}` });
    if (lost.length > 0 && caps[1].length === 0) out.push({ direction: 'better', text: 'holds no capability any more', key: 'hold no capability any more' });
    else if (lost.length > 0) out.push({ direction: 'better', text: `lost ${listOf(lost.map(plainCap))}`, key: `lost ${listOf(lost.map(plainCap))}` });
  }
  const seccomp = both(p, 'seccomp', x.seccomp, y.seccomp);
  if (seccomp !== null && seccomp[0] !== seccomp[1]) {
    if (seccomp[1] === 'disabled') out.push({ direction: 'worse', text: 'runs without a seccomp filter now', key: 'run without a seccomp filter now' });
    else if (seccomp[0] === 'disabled') out.push({ direction: 'better', text: 'has a seccomp filter again', key: 'have a seccomp filter again' });
  }
  const nnp = both(p, 'no_new_privs', x.noNewPrivs, y.noNewPrivs);
  if (nnp !== null && nnp[0] !== nnp[1]) {
    out.push(nnp[1] ? { direction: 'better', text: 'has no_new_privs now', key: 'have no_new_privs now' } : { direction: 'worse', text: 'lost no_new_privs', key: 'lost no_new_privs' });
  }
  const uid = both(p, 'user', x.uid, y.uid);
  if (uid !== null && (uid[0] === 0) !== (uid[1] === 0)) {
    out.push(uid[1] === 0 ? { direction: 'worse', text: `runs as root now (was ${uid[0]})`, key: 'run as root now' } : { direction: 'better', text: `runs as ${uid[1]} now, not as root`, key: 'do not run as root any more' });
  }
  out.push(lsm(p, both(p, 'security module', x.lsm, y.lsm)));
  return out;
}

function lsm(p: Pair, labels: readonly [string, string] | null): Told | null {
  if (labels === null || labels[0] === labels[1]) return null;
  const [before, after] = labels;
  const module = 'value' in p.b.host.lsms && p.b.host.lsms.value.includes('selinux') ? 'SELinux' : 'AppArmor';
  const said = (label: string): string => label.replace(/ \((\w+)\)$/, ', $1');
  const mode = (label: string): string => /\((\w+)\)$/.exec(label)?.[1] ?? '';
  if (isUnconfined(after) && !isUnconfined(before)) return { direction: 'worse', text: `: ${module} is off (was ${said(before)})`, key: `are without ${module} now` };
  if (isUnconfined(before) && !isUnconfined(after)) return { direction: 'better', text: `: ${module} is back (${said(after)})`, key: `are under ${module} again` };
  if (mode(after) === 'complain' && mode(before) !== 'complain') return { direction: 'worse', text: `: ${module} only complains now (${said(after)})`, key: `are only watched by ${module} now` };
  if (mode(before) === 'complain' && mode(after) === 'enforce') return { direction: 'better', text: `: ${module} enforces now (${said(after)})`, key: `are held by ${module} now` };
  // SELinux gives each start categories of its own.
  if (module === 'SELinux' && before.split(':').slice(0, 3).join(':') === after.split(':').slice(0, 3).join(':')) return null;
  return { direction: 'neutral', text: `’s ${module} profile is ${said(after)} now (was ${said(before)})`, key: `have another ${module} profile` };
}

const DONOR = 'container:';

/** Whose a namespace is, in a word that outlives ids: `host`, `own`, the donor's name, or `shared`. */
function ownerWord(w: Workload, kind: (typeof NS_KINDS)[number], s: Snapshot): string | null {
  const { owner } = w.namespaces[kind];
  if (!('value' in owner)) return null;
  if (!owner.value.startsWith(DONOR)) return owner.value;
  const id = owner.value.slice(DONOR.length);
  return s.containers.find((c) => c.id === id)?.name ?? 'another container';
}

function namespaces(p: Pair): (Told | null)[] {
  if (!isRunning(p.before) || !isRunning(p.after)) return [];
  return NS_KINDS.map((kind): Told | null => {
    const x = ownerWord(p.before, kind, p.a);
    const y = ownerWord(p.after, kind, p.b);
    if ((x === null) !== (y === null)) p.dark('namespaces');
    if (x === null || y === null || x === y) return null;
    if (y === 'host') return { direction: 'worse', text: `joined the host’s ${kind} namespace`, key: `joined the host’s ${kind} namespace` };
    if (y === 'own') return { direction: 'better', text: `has a ${kind} namespace of its own now`, key: `have a ${kind} namespace of their own now` };
    return { direction: x === 'host' ? 'better' : 'worse', text: y === 'shared' ? `shares its ${kind} namespace now` : `joined ${y}’s ${kind} namespace`, key: `share their ${kind} namespace now` };
  });
}

function networks(p: Pair): (Told | null)[] {
  const names = (w: Workload): string[] => [...new Set(w.endpoints.map((e) => e.network))];
  const x = names(p.before);
  const y = names(p.after);
  if (!isRunning(p.before) || !isRunning(p.after)) return [];
  return [
    ...y.filter((n) => !x.includes(n)).map((n): Told => ({ direction: 'neutral', text: `joined ${n}`, key: `joined ${n}` })),
    ...x.filter((n) => !y.includes(n)).map((n): Told => ({ direction: 'neutral', text: `left ${n}`, key: `left ${n}` })),
  ];
}

function bound(w: Workload, host: Host): ReadonlyMap<string, string> {
  if (w.kind !== 'container') return new Map();
  const mounts = w.declared.mounts.filter((m) => m.type === 'bind').map((m) => ({ host: m.source, destination: m.destination, writable: m.writable }));
  return new Map(hostPaths(mounts, host).map((h) => [h.path, h.grade === 'socket' ? 'socket' : h.writable ? 'writable' : 'read-only']));
}

function mounts(p: Pair): (Told | null)[] {
  const x = bound(p.before, p.a.host);
  const y = bound(p.after, p.b.host);
  const out: Told[] = [];
  for (const [path, how] of y) {
    const had = x.get(path);
    if (had === how) continue;
    if (how === 'socket') out.push({ direction: 'worse', text: `can reach ${path} now: who is in it owns the host`, key: `can reach ${path} now` });
    else if (had === undefined) out.push({ direction: 'worse', text: `has ${path} of the host mounted now, ${how}`, key: `have ${path} of the host mounted now` });
    else out.push({ direction: how === 'writable' ? 'worse' : 'better', text: `’s mount of ${path} is ${how} now`, key: `have ${path} ${how} now` });
  }
  for (const path of x.keys()) if (!y.has(path)) out.push({ direction: 'better', text: `has ${path} of the host no longer`, key: `have ${path} of the host no longer` });
  return out;
}

function declared(p: Pair): (Told | null)[] {
  if (p.before.kind !== 'container' || p.after.kind !== 'container') return [];
  const x = p.before;
  const y = p.after;
  const out: (Told | null)[] = [];
  if (x.declared.privileged !== y.declared.privileged) {
    out.push(y.declared.privileged ? { direction: 'worse', text: 'is privileged now', key: 'are privileged now' } : { direction: 'better', text: 'is not privileged any more', key: 'are not privileged any more' });
  }
  const ports = y.declared.ports.filter((port) => !x.declared.ports.includes(port));
  if (ports.length > 0) out.push({ direction: 'neutral', text: `publishes ${listOf(ports)} now`, key: `publish ${listOf(ports)} now` });
  if (x.image !== y.image) out.push({ direction: 'neutral', text: `: image ${x.image} became ${y.image}`, key: `: image ${x.image} became ${y.image}` });
  if (isRunning(x) !== isRunning(y)) out.push(isRunning(y) ? { direction: 'neutral', text: 'runs now', key: 'run now' } : { direction: 'neutral', text: 'does not run any more', key: 'do not run any more' });
  else if ((x.state === 'paused') !== (y.state === 'paused')) out.push({ direction: 'neutral', text: y.state === 'paused' ? 'is paused' : 'is not paused any more', key: y.state === 'paused' ? 'are paused' : 'are not paused any more' });
  return out;
}

function rest(p: Pair): (Told | null)[] {
  const out: (Told | null)[] = [];
  const root = both(p, 'root file system', p.before.rootReadOnly, p.after.rootReadOnly);
  if (root !== null && root[0] !== root[1]) {
    out.push(root[1] ? { direction: 'better', text: '’s root is read-only now', key: 'have a read-only root now' } : { direction: 'worse', text: '’s root became writable', key: 'have a writable root now' });
  }
  const devices = both(p, 'devices', p.before.devices, p.after.devices);
  const added = devices === null ? [] : devices[1].filter((d) => !devices[0].includes(d));
  if (added.length > 0) out.push({ direction: 'worse', text: `has ${listOf(added)} now`, key: `have ${listOf(added)} now` });
  if (p.after.intruders.length > 0 && p.before.intruders.length === 0) {
    const comm = p.after.intruders[0]?.comm ?? '';
    out.push({ direction: 'worse', text: `was entered from outside (${comm}, pid ${p.after.intruders[0]?.pid ?? '?'})`, key: 'were entered from outside' });
  }
  const execs = (w: Workload): number => w.processes.filter((x) => x.role === 'exec').length;
  if (execs(p.after) > 0 && execs(p.before) === 0) out.push({ direction: 'worse', text: 'holds a process with other rights than declared', key: 'hold a process with other rights than declared' });
  return out;
}

/** Everything about isolation that differs between the two sides of a workload; pids, counters and times are no difference. */
export function differences(p: Pair): readonly Told[] {
  return [...declared(p), ...namespaces(p), ...rights(p), ...limits(p), ...mounts(p), ...rest(p), ...networks(p)].filter((t): t is Told => t !== null);
}
