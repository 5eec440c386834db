import { known, valueOf } from '../model/reading.js';
import type { ProcessFacts } from '../model/process.js';
import type { Container, Workload } from '../model/workload.js';
import { shellWord } from '../shell-word.js';
import { mayRoam } from './enter.js';
import type { Host } from './host.js';
import { senderOf } from './send.js';
import { tableWrite } from './table.js';
import type { Puppet } from './trace.js';
import type { Remedy, Step } from './types.js';
import type { Party, Wire } from './wire.js';

/** A workload as it would be without some capabilities, in every set of every process. */
function without(w: Workload, caps: readonly string[]): Workload {
  const less = (p: ProcessFacts): ProcessFacts => {
    const { effective, permitted, bounding, ambient, inheritable } = p.capabilities;
    const take = (set: typeof effective): typeof effective => ('value' in set ? { ...set, value: set.value.filter((cap) => !caps.includes(cap)) } : set);
    return { ...p, capabilities: { effective: take(effective), permitted: take(permitted), bounding: take(bounding), ambient: take(ambient), inheritable: take(inheritable) } };
  };
  const parts = { processes: w.processes.map(less), process: w.process === null ? null : less(w.process) };
  return w.kind === 'container' ? { ...w, ...parts, declared: { ...w.declared, capDrop: [...w.declared.capDrop, ...caps] } } : { ...w, ...parts };
}

const NAMES = ['NET_RAW', 'NET_ADMIN'] as const;

/** The host with a container that was started anew: the sockets that its processes hold open are gone. */
function startedAnew(w: Workload, host: Host): Host {
  const net = host.nets.get(w.net ?? '');
  return net === undefined ? host : { ...host, nets: new Map([...host.nets, [net.key, { ...net, sockets: known([], 'a container started anew') }]]) };
}

/** Which of the two it has, or could get; taken away, it sends nothing and writes no table. Null where that would not do. */
function takeable(w: Workload, v: Party, host: Host): readonly string[] | null {
  const sets = (p: ProcessFacts) => [p.capabilities.effective, p.capabilities.permitted, p.capabilities.bounding];
  const has = (set: 'in effect' | 'at all') => NAMES.filter((c) => w.processes.some((p) => (set === 'in effect' ? sets(p).slice(0, 1) : sets(p)).some((s) => valueOf(s)?.includes(`CAP_${c}`) === true)));
  const anew = startedAnew(w, host);
  const does = (caps: readonly string[]): boolean => {
    const less = without(w, caps.map((c) => `CAP_${c}`));
    return Object.values(senderOf(less, anew, new Map()).channels).every((c) => c.state === 'shut') && tableWrite(less, v, anew).state === 'shut';
  };
  return [has('in effect'), has('at all')].find((caps) => caps.length > 0 && does(caps)) ?? null;
}

interface Change {
  readonly text: string;
  /** Options of the engine's `run` that make it so, and those that must not be there. */
  readonly options: readonly string[];
  readonly not: readonly string[];
}

/** What would keep it from acting in others' namespaces or by their processes; empty where it does not. Sockets that it holds open elsewhere end with it. */
function changesInside(w: Workload, v: Party, puppets: readonly Puppet[], host: Host): readonly Change[] {
  const held = (host.held.get(w.id) ?? []).some((net) => net !== w.net);
  const writes = w.net !== v.plug.net && tableWrite(w, v, host).state !== 'shut';
  const strays = host.strays.has(w.id);
  if (!mayRoam(w, host) && puppets.length === 0 && !writes && !held && !strays) return [];
  const out: Change[] = [];
  if (valueOf(w.namespaces.pid.owner) !== 'own' || host.mates.has(w.id)) out.push({ text: `give ${w.name} a pid namespace of its own`, options: [], not: [w.kind === 'container' && w.declared.pidMode.startsWith('container:') ? '--pid container:…' : '--pid host', '--privileged'] });
  if (host.windows.has(w.id)) out.push({ text: `take the mount of the host’s files from ${w.name}`, options: [], not: ['-v of /proc, /run or /'] });
  if (held || strays) out.push({ text: `start ${w.name} anew: processes of it are in other net namespaces, or hold sockets of them open`, options: [], not: [] });
  return out;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

interface Told {
  readonly w: Workload;
  /** `docker` or `podman`. */
  readonly engine: string;
}

function run({ w, engine }: Told, options: readonly string[], not: readonly string[]): string {
  if (w.kind !== 'container') return '';
  return `${engine} run ${[...options, '…'].join(' ')} ${shellWord(w.image)}${not.length > 0 ? `   (without ${not.join(', ')})` : ''}`;
}

const TOOLS = 'arping, nmap and tcpdump in it; ping itself goes on (ping_group_range).';

function byRights(told: Told, caps: readonly string[], changes: readonly Change[]): Remedy {
  const drops = caps.map((c) => `--cap-drop ${c}`);
  const text = [...changes.map((c) => c.text), ...(caps.length > 0 ? [`take ${caps.join(' and ')} from ${told.w.name}`] : [])].join(', and ');
  const breaks = [...(changes.length > 0 ? ['Agents that watch the host’s or another’s processes; they need another way.'] : []), ...(caps.length > 0 ? [TOOLS] : [])].join(' ');
  return { text: capital(text), command: run(told, [...changes.flatMap((c) => c.options), ...drops], changes.flatMap((c) => c.not)), breaks, link: 'send' };
}

/** Another network for the attacker, as far as its engine can give it one. */
function ownNetwork(told: Told, c: Container, wire: Wire, plug: Party['plug']): Remedy | null {
  const { networkMode } = c.declared;
  const shared = networkMode === 'host' ? '--network host' : networkMode.startsWith('container:') ? '--network container:…' : null;
  if (shared !== null) return { text: `Start ${c.name} in a net namespace and network of its own`, command: run(told, ['--network own'], [shared]), breaks: `What it reaches at ${networkMode === 'host' ? 'the host’s' : 'the other’s'} loopback, and who reaches it there.`, link: 'wire' };
  const endpoint = c.endpoints.find((e) => valueOf(e.interface) === plug.iface?.name && plug.iface !== undefined) ?? c.endpoints.find((e) => e.segment === wire.segment.id);
  if (endpoint === undefined) return null;
  const [name, network] = [shellWord(c.name), shellWord(endpoint.network)];
  return { text: `Give ${c.name} its own network`, command: `${told.engine} network create own; ${told.engine} network connect own ${name}; ${told.engine} network disconnect ${network} ${name}`, breaks: `Who talks to it on ${endpoint.network} reaches it by a published port only.`, link: 'wire' };
}

/**
 * What would stop one pair, least intrusive first: each alone is enough for every technique that is open, as far as the
 * model tells. Commands are shown, never run. `because`: the chain of the strongest technique.
 */
export function remediesFor(a: Party, v: Party, wire: Wire, because: readonly Step[], puppets: readonly Puppet[], host: Host): readonly Remedy[] {
  const w = a.workload;
  if (w === null) return [];
  const told: Told = { w, engine: host.snapshot.host.engine.name === 'Podman' ? 'podman' : 'docker' };
  const changes = changesInside(w, v, puppets, host);
  const plugged = [...wire.members, ...wire.beyond, ...wire.hostParties].some((p) => p.id === w.id);
  const sends = plugged && Object.values(senderOf(w, host, new Map()).channels).some((c) => c.state !== 'shut');
  const caps = sends || w.net === v.plug.net ? takeable(w, v, host) : [];
  const out: Remedy[] = [];
  if (changes.length === 0) {
    if (caps !== null && caps.length > 0) out.push(byRights(told, caps, []));
  } else if (!sends) out.push(byRights(told, [], changes));
  else {
    const inside = NAMES.filter((c) => w.processes.some((p) => valueOf(p.capabilities.effective)?.includes(`CAP_${c}`) === true));
    if (inside.length > 0) out.push(byRights(told, inside, changes));
  }
  if (changes.length > 0) return out;
  const [from, to] = [a.plug.port?.name, v.plug.port?.name];
  const parts = a.plug.kind === 'port' && a.plug.bridge === v.plug.bridge && because.some((s) => s.step === 'no port flag parts them' && s.holds !== 'no');
  if (from !== undefined && to !== undefined && from !== to && parts) {
    out.push({ text: 'Isolate both ports', command: `bridge link set dev ${shellWord(from)} isolated on; bridge link set dev ${shellWord(to)} isolated on`, breaks: 'They no longer reach each other at all; gone at the next restart of either.', link: 'way' });
  }
  const own = w.kind === 'container' ? ownNetwork(told, w, wire, a.plug) : null;
  if (own !== null) out.push(own);
  return out;
}
