import { isUnconfined } from '../facts/label.js';
import { isKnown, known, valueOf } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import type { Workload } from '../model/workload.js';
import { alike } from './alike.js';
import { answer, series, strongest, type Answer } from './answer.js';
import type { Host } from './host.js';
import { rules, stands } from './made.js';
import { canBe } from './table.js';
import type { Step } from './types.js';
import type { Party, Wire } from './wire.js';

/** More kinds of others than this, by whom it could send, tell nothing new. */
const MOST = 8;

/**
 * Whether a workload sees another's processes by their numbers. A group of the host's processes (an engine's aside) that has no pid
 * namespace of its own is not asked: it is among the host's others, and nothing was meant to part them.
 */
function watches(w: Workload, other: Workload, host: Host): boolean {
  if (w.kind === 'group' && !w.runtime.includes('docker') && !w.runtime.includes('podman') && valueOf(w.namespaces.pid.owner) === 'host') return false;
  return w.id !== other.id && other.pid !== null && (valueOf(w.namespaces.pid.owner) === 'host' || host.windows.get(w.id) === 'memory' || host.mates.get(w.id)?.includes(other) === true);
}

/** __ptrace_may_access in kernel/ptrace.c and cap_ptrace_access_check: what it takes to trace, to write another's memory and to take its open files. */
function one(p: ProcessFacts, q: ProcessFacts, host: Host): Answer {
  const text = `${p.comm} (pid ${p.pid}) may trace ${q.comm} (pid ${q.pid})`;
  const why = 'Whoever may trace a process makes it do what it likes, by ptrace(2) or by its memory in /proc, which no seccomp filter sees.';
  const say = (state: 'open' | 'shut' | 'unknown', holds: Step['holds'], reason: string, unless: readonly string[] = []): Answer =>
    answer(state, reason, () => [{ link: 'send', step: text, holds, reading: p.capabilities.effective, why }], unless);
  const over = stands(p, q, host);
  if (over === 'no') return say('shut', 'no', 'own user namespace');
  if (over === 'unread') return say('unknown', 'unknown', 'user namespaces were not read');
  const [mine, theirs] = [valueOf(p.lsm) ?? '', valueOf(q.lsm) ?? ''];
  const kept = host.mayHaveLsm && !isUnconfined(mine) && mine !== theirs ? [`the profile ${mine} keeps it from tracing ${q.comm}`] : [];
  const rights = valueOf(p.capabilities.effective);
  const could = valueOf(p.capabilities.permitted);
  const scope = host.snapshot.host.ptraceScope;
  const yama = scope === undefined ? undefined : valueOf(scope);
  if (yama === 3) return answer('shut', 'Yama refuses all tracing', () => [{ link: 'send', step: text, holds: 'no', reading: scope ?? known(3, ''), why: 'kernel.yama.ptrace_scope=3 lets nobody trace.' }]);
  // What is permitted is put into effect when the process likes (capset(2)).
  if (rights?.includes('CAP_SYS_PTRACE') === true || could?.includes('CAP_SYS_PTRACE') === true) return say('open', 'yes', 'CAP_SYS_PTRACE', kept);
  if (over === 'above') {
    const made = rules(p, [q]);
    if (made.state === 'open') return series([made, say('open', 'yes', made.reason, kept)]);
    return say(rights === undefined ? 'unknown' : 'shut', rights === undefined ? 'unknown' : 'no', 'no process holds CAP_SYS_PTRACE');
  }
  const others = valueOf(q.capabilities.permitted);
  const like = canBe(p, q);
  if (rights === undefined || could === undefined || others === undefined || like === undefined) return say('unknown', 'unknown', 'its rights were not read');
  if (!like || !others.every((c) => could.includes(c))) return say('shut', 'no', 'it holds less than what it would trace');
  if (yama !== undefined && yama > 0) return answer('shut', 'Yama lets it trace its own children alone', () => [{ link: 'send', step: text, holds: 'no', reading: scope ?? known(yama, ''), why: 'From kernel.yama.ptrace_scope=1 on it takes CAP_SYS_PTRACE to trace others than one’s own children.' }]);
  const lsms = valueOf(host.snapshot.host.lsms);
  const unread = yama === undefined && (scope === undefined || isKnown(scope) || scope.unknown !== 'absent') && (lsms === undefined || lsms.includes('yama'));
  return say('open', 'yes', 'traces its like', [...kept, ...(unread ? ['Yama lets it trace its own children alone (kernel.yama.ptrace_scope, not read)'] : []), `${q.comm} is of another group, or refuses to be traced (PR_SET_DUMPABLE; not read)`]);
}

/** Whether a workload may make a process of another do what it likes. */
export function mayTrace(w: Workload, other: Workload, host: Host): Answer {
  const ways = w.processes.flatMap((p) => other.processes.map((q) => one(p, q, host)));
  const seen = answer('open', '', () => [{ link: 'wire', step: 'it sees the other’s processes', holds: 'yes', reading: w.namespaces.pid.owner, why: host.windows.get(w.id) === 'memory' ? 'A writable mount of the host’s /proc shows them with their memory.' : 'They are in its pid namespace, or below it.' }]);
  const best = strongest(ways) ?? answer('unknown', 'its processes were not read', () => [{ link: 'send', step: 'it may trace the other', holds: 'unknown', reading: known([], '/proc'), why: 'Which processes there are was not read.' }]);
  return { ...series([seen, best]), reason: best.reason };
}

/** A party by whom a workload can act, and whether it may. */
export interface Puppet {
  readonly party: Party;
  readonly may: Answer;
}

/** Parties on a wire whose processes a workload may trace: two of each kind, so that one is left where the other is the victim. */
export function puppetsOf(w: Workload, wire: Wire, host: Host, kindOf: (w: Workload) => string): readonly Puppet[] {
  const out = new Map<string, Puppet[]>();
  const asked = new Map<string, Answer>();
  for (const party of [...wire.members, ...wire.beyond, ...wire.hostParties]) {
    const other = party.workload;
    if (other === null || !watches(w, other, host)) continue;
    const key = `${alike(party, host)}\n${kindOf(other)}`;
    const list = out.get(key) ?? [];
    if (list.length > 1 || (list.length === 0 && out.size >= MOST)) continue;
    let may = asked.get(other.id);
    if (may === undefined) asked.set(other.id, (may = mayTrace(w, other, host)));
    if (may.state !== 'shut') out.set(key, [...list, { party, may }]);
  }
  return [...out.values()].flat();
}
