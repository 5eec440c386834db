import { isUnconfined } from '../facts/label.js';
import { known, valueOf, type Reading } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import type { Workload } from '../model/workload.js';
import { answer, series, strongest, type Answer } from './answer.js';
import type { Host } from './host.js';
import { rulesNet, stands, uidInside } from './made.js';
import { showsNames } from './window.js';
import { judgeCall } from './seccomp.js';
import type { Step } from './types.js';
import type { Party } from './wire.js';

const step = (link: Step['link'], text: string, holds: Step['holds'], reading: Reading<unknown>, why: string): Step => ({ link, step: text, holds, reading, why });

export function has(p: ProcessFacts, cap: string): Answer {
  // What is permitted is put into effect when the process likes (capset(2)).
  const e = valueOf(p.capabilities.permitted)?.includes(cap) === true ? p.capabilities.permitted : p.capabilities.effective;
  const read = valueOf(e);
  // What the next program that it starts may give it is latent, as for sending.
  const gains = valueOf(p.capabilities.bounding)?.includes(cap) === true && valueOf(p.noNewPrivs) !== true;
  const state = read === undefined ? 'unknown' : read.includes(cap) ? 'open' : gains ? 'latent' : 'shut';
  return answer(state, state === 'shut' ? `no process holds ${cap}` : state === 'latent' ? `${cap} only by a program that gives it` : cap, () => [step('send', `${p.comm} (pid ${p.pid}) holds ${cap}`, state === 'open' ? 'yes' : state === 'unknown' ? 'unknown' : 'no', e, cap === 'CAP_NET_RAW' ? 'It sends any frame from the net namespace that it enters.' : 'It takes this to enter another net namespace, or to write its table.')]);
}

/** Whether a process's rights count in the victim's net namespace. */
export function counts(p: ProcessFacts, net: string, host: Host): Answer {
  const mine = valueOf(p.namespaces.user);
  const owner = host.ownerOf(net);
  const map = valueOf(p.uidMap);
  const first = mine !== undefined ? mine === host.userNs : map?.length === 1 && map[0]?.outside === 0 && map[0].length === 4294967295;
  const above = first ? true : mine === undefined || valueOf(owner) === undefined ? undefined : host.isAbove(mine, valueOf(owner) as number);
  const text = 'its user namespace stands above the victim’s net namespace';
  if (above === true) return answer('open', '', () => [step('wire', text, 'yes', first ? p.uidMap : owner, 'Its rights count there.')]);
  if (above === false) return answer('shut', 'own user namespace', () => [step('wire', text, 'no', owner, 'Its rights count for nothing there.')]);
  return answer('unknown', 'user namespaces were not read', () => [step('wire', text, 'unknown', owner, 'Which user namespace owns the victim’s was not read.')]);
}

/** Whether a workload has a file of a net namespace, by which it enters without any right over a process there. */
const hasFile = (w: Workload, net: string, host: Host): boolean => host.doors.get(w.id)?.has(net) ?? (host.windows.has(w.id) && showsNames(w));

/** Whether the attacker sees a process of the victim's namespace, by a pid namespace or by a mount of the host's files. */
export function sees(w: Workload, v: Party, host: Host): Answer {
  const pidns = w.namespaces.pid;
  const owner = valueOf(pidns.owner);
  const text = 'it can name the victim’s net namespace';
  if (owner === 'host') return answer('open', '', () => [step('wire', text, 'yes', pidns.owner, 'In the host’s pid namespace, /proc shows every process with its namespaces.')]);
  const theirs = v.workload?.namespaces.pid.inode;
  const a = valueOf(pidns.inode);
  const b = theirs === undefined ? undefined : valueOf(theirs);
  const joinedBy = v.workload === null ? undefined : valueOf(v.workload.namespaces.pid.owner);
  if ((a !== undefined && a === b) || (v.workload !== null && (owner === `container:${v.workload.id}` || joinedBy === `container:${w.id}`))) {
    return answer('open', '', () => [step('wire', text, 'yes', pidns.owner, 'They share one pid namespace.')]);
  }
  if (hasFile(w, v.plug.net, host)) return answer('open', '', () => [step('wire', text, 'yes', known(host.windows.get(w.id), w.mounts.source), 'A file of that namespace is among its own: bound into it, or kept open.')]);
  const window = host.windows.get(w.id);
  if (window === 'processes' || window === 'memory') return answer('open', '', () => [step('wire', text, 'yes', known(window, w.mounts.source), 'A mount of the host’s files shows namespaces by the processes in them.')]);
  if (owner === undefined) return answer('unknown', 'its pid namespace was not read', () => [step('wire', text, 'unknown', pidns.owner, 'Which processes it sees was not read.')]);
  return answer('shut', 'own pid namespace', () => [step('wire', text, 'no', pidns.owner, 'It sees its own processes only.')]);
}

export function callPasses(p: ProcessFacts, w: Workload, call: string): Answer {
  if (valueOf(p.seccomp) === 'disabled') return answer('open', '');
  const profile = w.kind === 'container' ? w.declared.seccomp : null;
  const source = known(profile?.kind ?? 'filter', 'engine: HostConfig.SecurityOpt');
  if (profile === null || (profile.kind === 'custom' && profile.defaultAction === '')) return answer('open', '', () => [], [`seccomp refuses ${call} (not read)`]);
  if (profile.kind === 'unconfined') return answer('open', '');
  const bounding = valueOf((w.processes[0] ?? p).capabilities.bounding) ?? [];
  const allowed = profile.kind === 'default' ? call !== 'setns' || bounding.includes('CAP_SYS_ADMIN') : judgeCall(profile, [call], bounding) !== 'refused';
  return answer(allowed ? 'open' : 'shut', allowed ? '' : `seccomp refuses ${call}`, () => [step('send', `seccomp lets ${call}(2) through`, allowed ? 'yes' : 'no', source, 'The engine’s profile is made for the capabilities that the container was started with.')]);
}

/** Whether a process may have another's uid: as it is, or because it may take any (setresuid(2), its rights kept by PR_SET_KEEPCAPS). */
export function canBe(p: ProcessFacts, q: ProcessFacts, could = valueOf(p.capabilities.permitted)): boolean | undefined {
  const [me, them] = [valueOf(p.uid), valueOf(q.uid)];
  if (me !== undefined && me === them) return true;
  if (could === undefined) return undefined;
  return could.includes('CAP_SETUID') && could.includes('CAP_SETGID') ? true : me === undefined || them === undefined ? undefined : false;
}

/** Opening /proc/<pid>/ns takes ptrace rights over a process there: CAP_SYS_PTRACE, or its uid and all that it holds. A file of the namespace takes none. */
export function mayOpen(p: ProcessFacts, w: Workload, v: Party, host: Host): Answer {
  const held = [...(valueOf(p.capabilities.effective) ?? []), ...(valueOf(p.capabilities.permitted) ?? [])];
  if (held.includes('CAP_SYS_PTRACE') || hasFile(w, v.plug.net, host)) return answer('open', '');
  const there = host.inNet.get(v.plug.net)?.flatMap((o) => o.processes) ?? [];
  const may = (mine: readonly string[], is: (q: ProcessFacts) => boolean | undefined) => there.map((q) => {
    const theirs = valueOf(q.capabilities.permitted);
    const over = stands(p, q, host);
    return over === 'unread' || theirs === undefined ? undefined : over === 'same' && theirs.every((c) => mine.includes(c)) && is(q);
  });
  const now = may(held, (q) => canBe(p, q));
  if (now.includes(true)) return answer('open', '');
  const say = (state: 'open' | 'latent' | 'shut', unless: readonly string[] = []): Answer =>
    answer(state, 'it holds less than who is in the victim’s net namespace', () => [step('wire', 'it may open the victim’s net namespace', state === 'open' ? 'unknown' : 'no', p.capabilities.permitted, 'It takes CAP_SYS_PTRACE, or the uid of a process there and all that this one holds (ptrace(2)).')], unless);
  // The host's own processes are many, and one that holds nothing is easily among them.
  if (v.plug.net === 'host' || there.length === 0 || now.includes(undefined)) return say('open', ['the kernel refuses it the victim’s namespace (ptrace rights, see ptrace(2))']);
  // A program that gives rights is root's as well.
  const gains = valueOf(p.noNewPrivs) === true ? [] : (valueOf(p.capabilities.bounding) ?? []);
  return say(gains.includes('CAP_SYS_PTRACE') || may(gains, (q) => uidInside(q) === 0 || canBe(p, q, gains)).includes(true) ? 'latent' : 'shut');
}

/** Whether it sees the host's processes and may write their memory: from the host's pid namespace, or by a writable mount of the host's /proc. */
export const mayTraceHost = (w: Workload, host: Host): boolean => valueOf(w.namespaces.pid.owner) === 'host' || host.windows.get(w.id) === 'memory';

/** Whether a process in the host's pid namespace may trace one of the host's, which then does what it likes: by ptrace(2), or by its memory in /proc, which no seccomp filter sees. */
export function tracesHost(p: ProcessFacts, w: Workload, seen: Answer, host: Host): Answer {
  if (!mayTraceHost(w, host)) return answer('shut', 'own pid namespace');
  const label = valueOf(p.lsm) ?? '';
  const confined = !isUnconfined(label) && host.mayHaveLsm;
  return series([seen, has(p, 'CAP_SYS_PTRACE'), counts(p, 'host', host), answer('open', '', () => [], confined ? [`the profile ${label} keeps it from tracing the host’s processes`] : [])]);
}

/** By the user namespace below its own to which the other's net namespace belongs. */
export function ruling(p: ProcessFacts, v: Party, host: Host): readonly Answer[] {
  const ruled = rulesNet(p, v.plug.net, host);
  return ruled === undefined ? [] : [ruled];
}

/** Whether a workload can write into the victim's own table, without any frame. */
export function tableWrite(w: Workload, v: Party, host: Host): Answer {
  const processes = w.processes.length > 0 ? w.processes : w.process === null ? [] : [w.process];
  if (w.net !== null && w.net === v.plug.net) {
    const shared = () => [step('wire', 'it can name the victim’s net namespace', 'yes', known(w.net, 'namespaces(7)'), 'It is in it: they share the table.')];
    const traced = mayTraceHost(w, host) ? processes.map((p) => tracesHost(p, w, sees(w, v, host), host)) : [];
    const best = strongest([...processes.flatMap((p) => [series([has(p, 'CAP_NET_ADMIN'), counts(p, v.plug.net, host)]), ...ruling(p, v, host)].map((may) => series([answer('open', '', shared), may]))), ...traced]);
    return best ?? answer('unknown', 'its processes were not read', shared);
  }
  const seen = sees(w, v, host);
  const there = host.strays.get(w.id)?.get(v.plug.net) ?? [];
  const within = there.map((p) => series([answer('open', '', () => [step('wire', `${p.comm} (pid ${p.pid}) is in the victim’s net namespace`, 'yes', p.namespaces.net, 'The table there is its own.')]), has(p, 'CAP_NET_ADMIN'), counts(p, v.plug.net, host)]));
  const ways = processes.flatMap((p) => {
    const count = counts(p, v.plug.net, host);
    const enter = series([seen, has(p, 'CAP_SYS_ADMIN'), has(p, 'CAP_NET_ADMIN'), count, mayOpen(p, w, v, host), callPasses(p, w, 'setns')]);
    // Who rules the user namespace there goes in, has every right of it, and goes on from there.
    const ruled = ruling(p, v, host).map((may) => series([seen, may, callPasses(p, w, 'setns')]));
    return [enter, ...ruled, ...(mayTraceHost(w, host) ? [tracesHost(p, w, seen, host)] : [])];
  });
  return strongest([...within, ...ways]) ?? (seen.state === 'shut' ? seen : answer('unknown', 'its processes were not read', seen.steps));
}
