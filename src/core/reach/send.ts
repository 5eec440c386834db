import { isKnown, known, unknown, valueOf, type Reading } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import type { Workload } from '../model/workload.js';
import { answer, series, strongest, type Answer } from './answer.js';
import type { Host } from './host.js';
import { netOf, rulesNet, uidInside } from './made.js';
import { doors } from './seccomp.js';
import { holdsOpen, OPEN, socketKey, type Sends } from './sockets.js';
import type { Step } from './types.js';

/** How a frame gets on the wire: `packet` sends any, `datagram` any under its own MAC, `icmp6` any neighbour message by a raw IPv6 socket, `admin` sets addresses and MACs. */
export type Channel = 'packet' | 'datagram' | 'icmp6' | 'admin';

export interface Sender {
  readonly channels: Readonly<Record<Channel, Answer>>;
  /** Whether a process that can send has AF_XDP too, which goes past what stands on its way out. */
  readonly xdp: boolean;
  /** The right that decides, short: `NET_RAW`, `NET_ADMIN NET_RAW`, `cap-drop ALL`, `user 1000`, `own user ns`. */
  readonly right: string;
}

const NEEDS: Readonly<Record<Channel, string>> = { packet: 'CAP_NET_RAW', datagram: 'CAP_NET_RAW', icmp6: 'CAP_NET_RAW', admin: 'CAP_NET_ADMIN' };
const WHY: Readonly<Record<Channel, string>> = {
  packet: 'A packet socket sends any frame, with any addresses in it; it takes CAP_NET_RAW.',
  datagram: 'A packet socket for datagrams sends ARP of any content; the kernel writes the sender’s MAC.',
  icmp6: 'A raw IPv6 socket sends neighbour advertisements of any content; it takes CAP_NET_RAW.',
  admin: 'CAP_NET_ADMIN takes an address or a MAC: the kernel itself then tells the neighbours of it.',
};

/** One step about a capability of a process; outside of what asks, since that is asked thousands of times. */
function told(p: ProcessFacts, cap: string, holds: Step['holds'], reading: Reading<unknown>, why: string): () => readonly Step[] {
  return () => [{ link: 'send', step: `${p.comm} (pid ${p.pid}) holds ${cap}`, holds, reading, why }];
}

function holds(p: ProcessFacts, cap: string, w: Workload): Answer {
  const { effective, permitted, bounding, inheritable } = p.capabilities;
  if (valueOf(effective)?.includes(cap) === true) return answer('open', cap, told(p, cap, 'yes', effective, 'It is in effect.'));
  if (valueOf(permitted)?.includes(cap) === true) return answer('open', cap, told(p, cap, 'yes', permitted, 'It is permitted: the process puts it into effect when it likes (capset(2)).'));
  if (!isKnown(effective)) return answer('unknown', `whether it holds ${cap} was not read`, told(p, cap, 'unknown', effective, 'Its capabilities were not read.'));
  const no = `no process holds ${cap}`;
  const bound = valueOf(bounding);
  if (bound === undefined) return answer('unknown', 'its bounding set was not read', told(p, cap, 'unknown', bounding, 'What it could gain was not read.'));
  // What is inheritable comes back by a program that root starts, or by one whose file takes it, whatever bounds it (capabilities(7)).
  if (!bound.includes(cap) && valueOf(inheritable)?.includes(cap) !== true) return answer('shut', no, told(p, cap, 'no', bounding, 'It is not in the bounding set: no program that it starts can gain it.'));
  if (valueOf(p.noNewPrivs) === true) return answer('shut', no, told(p, cap, 'no', p.noNewPrivs, 'no_new_privs: no program that it starts can gain it.'));
  if (uidInside(p) === 0) return answer('latent', `${cap} by starting any program as root`, told(p, cap, 'no', effective, 'Root gains the bounding set with the next program that it starts.'));
  const programs = w.privilegedPrograms;
  const giving = valueOf(programs)?.filter((x) => x.setuid || x.capabilities.includes(cap));
  if (giving !== undefined && giving.length === 0) return answer('latent', `${cap} only by a process that the engine starts in it as root`, told(p, cap, 'no', bounding, 'No program of its image gives rights to who starts it; it is in the bounding set, which the engine gives to root (`docker exec -u 0`).'));
  const what = giving === undefined ? 'a setuid or file-capability program' : (giving[0]?.path ?? '');
  return answer(
    'latent',
    `${cap} only by starting ${what}`,
    () => [
      { link: 'send', step: `${p.comm} (pid ${p.pid}) holds ${cap}`, holds: 'no', reading: effective, why: 'It is not in effect.' },
      { link: 'send', step: `a program in its image can give ${cap}`, holds: giving === undefined ? 'unknown' : 'yes', reading: giving === undefined ? programs : known(giving.map((g) => g.path), programs.source), why: 'It is in the bounding set, and no_new_privs is off.' },
    ],
    giving === undefined ? ['its image holds no setuid or file-capability program (not read)'] : [],
  );
}

/** A capability counts in the user namespace that owns the net namespace, or in one above it. */
function owns(p: ProcessFacts, w: Workload, host: Host): Answer {
  const at = netOf(p, host);
  if (strays(p, w, host) && ![p.capabilities.effective, p.capabilities.permitted].some((set) => valueOf(set)?.includes('CAP_SYS_ADMIN') !== false)) {
    return answer('shut', 'in another net namespace', () => [{ link: 'send', step: 'it is in the workload’s net namespace', holds: 'no', reading: p.namespaces.net, why: `It is in ${at}, and without CAP_SYS_ADMIN it does not come back.` }]);
  }
  const owner = host.ownerOf(w.net);
  const mine = p.namespaces.user;
  const step = (state: Step['holds'], reading: Reading<unknown>, why: string): (() => readonly Step[]) => () => [
    { link: 'send', step: 'its user namespace owns the net namespace', holds: state, reading, why },
  ];
  const own = valueOf(mine);
  const map = valueOf(p.uidMap);
  const first = own !== undefined ? own === host.userNs : map?.length === 1 && map[0]?.inside === 0 && map[0].outside === 0 && map[0].length === 4294967295;
  if (first) return answer('open', '', step('yes', own !== undefined ? mine : p.uidMap, 'It is in the first user namespace, which is above every other.'));
  const above = own === undefined || !isKnown(owner) ? undefined : host.isAbove(own, owner.value);
  if (above === true) return answer('open', '', step('yes', owner, 'Its rights count on this wire.'));
  if (above === false) return answer('shut', 'own user namespace, which does not own the net namespace', step('no', owner, `It is in user namespace ${own}; its rights count for nothing on this wire.`));
  return answer('open', '', step('unknown', isKnown(owner) ? mine : owner, 'Which user namespace owns the wire was not read.'), ['its net namespace belongs to a user namespace above its own (not read)']);
}

function lsm(p: ProcessFacts, w: Workload, host: Host): Answer {
  const label = valueOf(p.lsm);
  const declared = w.kind === 'container' ? w.declared.appArmorProfile : '';
  const said = label ?? ('unknown' in p.lsm && p.lsm.unknown === 'denied' && host.mayHaveLsm ? declared : '');
  const fine = said === '' || /^(unconfined|docker-default|containers-default|crio-default|cri-containerd\.apparmor\.d)\b/.test(said) || /\((complain|unconfined)\)/.test(said) || /:(container|spc|unconfined|svirt_lxc_net|container_runtime)_t\b/.test(said);
  const reading: Reading<unknown> = label !== undefined || said === '' ? p.lsm : known(declared, 'engine: AppArmorProfile');
  const steps = (): readonly Step[] => (said === '' ? [] : [{ link: 'send', step: 'no security module refuses it', holds: fine ? 'yes' : 'unknown', reading, why: fine ? 'This profile lets packet sockets pass.' : 'What this profile allows cannot be read from a running kernel.' }]);
  return answer('open', '', steps, fine ? [] : [`the profile ${said} refuses raw sockets (its rules cannot be read)`]);
}

/** Whether a process is in another net namespace than its workload. */
export function strays(p: ProcessFacts, w: Workload, host: Host): boolean {
  if (!host.strays.has(w.id)) return false;
  const at = netOf(p, host);
  return at !== undefined && w.net !== null && !w.net.startsWith('of:') && at !== w.net;
}

export function frozen(w: Workload): Answer {
  if (w.kind !== 'container' || w.state !== 'paused') return answer('open', '');
  return answer('latent', 'paused', () => [{ link: 'send', step: 'its processes run', holds: 'no', reading: known('paused', 'engine: State.Status'), why: 'They are frozen; `docker unpause` lets them go on.' }]);
}

function rightOf(w: Workload, channels: Readonly<Record<Channel, Answer>>, main: ProcessFacts | undefined): string {
  const held = (['admin', 'packet'] as const).filter((c) => channels[c].state === 'open').map((c) => NEEDS[c].slice(4));
  if (channels.packet.state === 'open' && channels.packet.reason.startsWith('open ')) return [...held.filter((c) => c !== 'NET_RAW'), channels.packet.reason].join(' ');
  if (held.length > 0) return held.join(' ');
  if (channels.datagram.state === 'open') return channels.datagram.reason.startsWith('open ') ? channels.datagram.reason : 'NET_RAW, datagrams only';
  if (channels.icmp6.state === 'open' && channels.icmp6.reason === OPEN('raw6')) return channels.icmp6.reason;
  if (channels.icmp6.state === 'open') return 'NET_RAW, IPv6 only';
  if (channels.packet.reason === 'paused') return 'paused';
  if (channels.packet.reason.startsWith('own user')) return 'own user ns';
  if (channels.packet.reason.startsWith('seccomp')) return 'seccomp';
  const uid = main === undefined ? undefined : uidInside(main);
  if (w.kind === 'container' && w.declared.capDrop.some((c) => /^(CAP_)?ALL$/i.test(c))) return 'cap-drop ALL';
  if (uid !== undefined && uid !== 0) return `user ${uid}`;
  return channels.packet.state === 'unknown' ? 'not read' : 'no NET_RAW';
}

const profiles = new WeakMap<object, number>();
let profileCount = 0;

/** What its image's programs give, as a text: most images hold none, or the same few. */
function programsOf({ privilegedPrograms }: Workload): string {
  if (!isKnown(privilegedPrograms)) return '?';
  return privilegedPrograms.value.length === 0 ? '' : JSON.stringify(privilegedPrograms.value);
}

/** All that the answers depend on, short; steps alone name pids and sources. */
function sketch(w: Workload, host: Host): string {
  const own = host.ownerOf(w.net);
  const container = w.kind === 'container' ? w : null;
  const profile = container?.declared.seccomp;
  let number = 0;
  if (profile !== undefined && profile.kind === 'custom') {
    number = profiles.get(profile) ?? ++profileCount;
    profiles.set(profile, number);
  }
  let key = `${valueOf(own) ?? '?'}|${container?.state === 'paused'}|${profile?.kind ?? ''}${number}|${container?.declared.appArmorProfile ?? ''}|${programsOf(w)}|${container?.declared.capDrop.join() ?? ''}|${socketKey(w.id, host.nets.get(w.net ?? ''))}`;
  for (const p of w.processes) {
    const c = p.capabilities;
    const map = valueOf(p.uidMap);
    const ruled = rulesNet(p, w.net, host);
    if (ruled !== undefined) key += `|${ruled.state} ${ruled.unless.join()}`;
    if (strays(p, w, host)) key += `|at ${netOf(p, host)}${valueOf(c.permitted)?.includes('CAP_SYS_ADMIN') === true}`;
    key += `|${held(c.effective)}${held(c.permitted)}${held(c.bounding)}${held(c.inheritable)},${valueOf(p.noNewPrivs) ?? '?'},${uidInside(p) ?? '?'},${valueOf(p.namespaces.user) ?? '?'},${map === undefined ? '?' : `${map.length}:${map[0]?.inside}:${map[0]?.outside}:${map[0]?.length}`},${valueOf(p.seccomp) ?? '?'}${valueOf(p.seccompFilters) ?? '?'},${valueOf(p.lsm) ?? ('unknown' in p.lsm ? p.lsm.unknown : '')}`;
    if (number > 0) key += `,${(valueOf(c.bounding) ?? []).join()}`;
  }
  return key;
}

function held(set: Reading<readonly string[]>): string {
  const caps = valueOf(set);
  return caps === undefined ? '?' : `${caps.includes('CAP_NET_RAW') ? 'r' : '-'}${caps.includes('CAP_NET_ADMIN') ? 'a' : '-'}`;
}

/** Senders by sketch, for one host: a thousand containers are of few kinds. */
export type Kinds = Map<string, Sender>;

/** What a workload's processes can put on the wire; the strongest process counts. */
export function senderOf(w: Workload, host: Host, kinds: Kinds): Sender {
  if (w.processes.length === 0) return workOut(w, host);
  const key = sketch(w, host);
  const like = kinds.get(key);
  if (like === undefined) {
    const made = workOut(w, host);
    kinds.set(key, made);
    return made;
  }
  let own: Sender | null = null;
  const lazy = (name: Channel): Answer => ({ ...like.channels[name], steps: () => (own ??= workOut(w, host)).channels[name].steps() });
  return { channels: { packet: lazy('packet'), datagram: lazy('datagram'), icmp6: lazy('icmp6'), admin: lazy('admin') }, xdp: like.xdp, right: like.right };
}

/** Whether it sends by a socket that one of its processes holds open in a net namespace, be it its own or another. */
export function sendsOpen(w: Workload, net: string, what: Sends, host: Host): Answer {
  const held = holdsOpen(w.id, host.nets.get(net), what);
  const doors_ = held.state === 'shut' ? undefined : strongest(w.processes.map((p) => doors(p, w).open));
  return doors_ === undefined ? held : series([held, doors_]);
}

function workOut(w: Workload, host: Host): Sender {
  const processes = w.processes.length > 0 ? w.processes : w.process === null ? [] : [w.process];
  if (processes.length === 0) {
    const source = w.process === null ? 'no process was read' : '';
    const none = answer('unknown', 'its processes were not read', () => [{ link: 'send', step: 'a process can send the frame', holds: 'unknown', reading: unknown('unsupported', source), why: 'Its capabilities are the kernel’s to tell.' }]);
    return { channels: { packet: none, datagram: none, icmp6: none, admin: none }, xdp: true, right: 'not read' };
  }
  const facts = processes.map((p) => ({ p, owned: owns(p, w, host), ruled: rulesNet(p, w.net, host), door: doors(p, w), label: lsm(p, w, host) }));
  const still = frozen(w);
  const open = (name: Channel): readonly Answer[] => (name === 'admin' ? [] : [sendsOpen(w, w.net ?? '', name === 'icmp6' ? 'raw6' : name, host)]);
  const channel = (name: Channel): Answer => {
    const ways = [...facts.flatMap(({ p, owned, ruled, door, label }) => [series([holds(p, NEEDS[name], w), owned]), ...(ruled === undefined ? [] : [ruled])].map((may) => series([may, door[name], label]))), ...open(name)];
    const all = series([strongest(ways) ?? answer('unknown', ''), still]);
    const steps = (): readonly Step[] => {
      const list = all.steps();
      const holds_ = all.state === 'open' ? 'yes' : all.state === 'unknown' ? 'unknown' : 'no';
      return [{ link: 'send', step: SAYS[name], holds: holds_, reading: list[0]?.reading ?? unknown('not-asked', ''), why: WHY[name] }, ...list];
    };
    return { ...all, steps };
  };
  const channels = { packet: channel('packet'), datagram: channel('datagram'), icmp6: channel('icmp6'), admin: channel('admin') };
  const xdp = valueOf(host.nets.get(w.net ?? '')?.sockets ?? unknown('not-asked', ''))?.some((s) => s.kind === 'xdp') === true || facts.some(({ p, owned, ruled, door }) => door.xdp && (ruled?.state === 'open' || (owned.state !== 'shut' && holds(p, NEEDS.packet, w).state !== 'shut')));
  return { channels, xdp, right: rightOf(w, channels, processes[0]) };
}

const SAYS: Readonly<Record<Channel, string>> = {
  packet: 'a process can send the frame',
  datagram: 'a process can send the frame',
  icmp6: 'a process can send the neighbour message',
  admin: 'a process can take an address',
};
