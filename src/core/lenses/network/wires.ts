import { isKnown, valueOf, workloads, type Segment, type Snapshot, type Workload } from '../../model/index.js';
import type { Attacker, SegmentReach, Verdict } from '../../reach/types.js';
import { isDrift } from '../../rules/index.js';
import type { Item } from '../../scene/scene.js';
import type { View } from '../view.js';
import { onTheWire } from './reaches.js';
import { shortAddress } from './addresses.js';

/** Where a station is plugged into a segment. `isolated` null where it could not be read; only ports of bridges can be. */
export interface Plug {
  readonly segment: string;
  /** The part of the address that differs within the segment, `.12`; `''` where it has none. */
  readonly address: string;
  readonly veth: string;
  readonly isolated: boolean | null;
  /** Whether some attacker possibly reaches it here. */
  readonly exposed: boolean;
}

/** One workload as the lens sees it. */
export interface Party {
  readonly workload: Workload;
  readonly state: Item['state'];
  /** The right that decides on the wire, short. */
  readonly right: string;
  /** An alarm about it: `now` while it lasts, `was` once it healed. */
  readonly alarm: 'none' | 'now' | 'was';
  /** Whether the kernel contradicts the declaration. */
  readonly drifted: boolean;
  readonly shown: boolean;
  readonly focused: boolean;
}

/** Those who are in one net namespace: they have one set of plugs. */
export interface Wired {
  readonly net: string;
  readonly inode: number | null;
  readonly parties: readonly Party[];
  readonly plugs: readonly Plug[];
}

/** A segment with its verdicts. */
export interface Wire {
  readonly segment: Segment;
  readonly reach: SegmentReach | null;
  readonly gateway: string;
  readonly device: string;
  /** n of m, of containers alone. */
  readonly reached: number;
  readonly of: number;
  readonly gatewayReached: boolean;
  readonly hostReached: boolean;
  /** Members and others whom a forged frame possibly reaches. */
  readonly exposed: ReadonlySet<string>;
  readonly state: Item['state'];
  readonly focused: boolean;
  /** Whether somebody is being impersonated here now. */
  readonly alarm: boolean;
}

export interface Wiring {
  /** Everybody, plugged in or not. */
  readonly parties: readonly Party[];
  readonly wires: readonly Wire[];
  readonly wired: readonly Wired[];
  readonly host: Wired | null;
  /** Running, with a net namespace of their own and no plug. */
  readonly unplugged: readonly Party[];
  /** `none`: the host's routes were read and none leads out; null: not read. */
  readonly uplink: { readonly name: string; readonly address: string } | 'none' | null;
}

const STATES: Readonly<Record<Verdict, Item['state']>> = { possible: 'risk', latent: 'mind', unknown: 'unknown', blocked: 'fine' };
const RANK: Readonly<Record<Verdict, number>> = { possible: 3, latent: 2, unknown: 1, blocked: 0 };

/** The strongest answer for each workload over all its segments. */
function strongest(reach: readonly SegmentReach[]): Map<string, Attacker> {
  const best = new Map<string, Attacker>();
  for (const s of reach) {
    for (const a of s.attackers) {
      const known = best.get(a.id);
      if (!known || RANK[a.verdict] > RANK[known.verdict]) best.set(a.id, a);
    }
  }
  return best;
}

/** In the host's net namespace, but with a user namespace of its own, which does not own it: no right of it counts there. */
function ownUserNs(w: Workload): boolean {
  return w.net === 'host' && isKnown(w.namespaces.user.owner) && w.namespaces.user.owner.value !== 'host';
}

function parties(view: View): Map<string, Party> {
  const best = strongest(view.judgement.segments);
  const alarm = new Map<string, Party['alarm']>();
  for (const a of view.alarms) {
    for (const id of [a.victim, a.attacker]) if (a.healedAt === null || alarm.get(id) !== 'now') alarm.set(id, a.healedAt === null ? 'now' : 'was');
  }
  const drifted = new Set(view.findings.filter(isDrift).flatMap((f) => f.subjects.map((s) => s.id)));
  const out = new Map<string, Party>();
  for (const workload of workloads(view.snapshot)) {
    const answer = best.get(workload.id);
    const process = workload.process;
    const caps = process && valueOf(process.capabilities.effective);
    const harmless = answer === undefined && ownUserNs(workload);
    const all = process?.role === 'exec' && caps && caps.length > 30 ? `all ${caps.length}, exec` : null;
    out.set(workload.id, {
      workload,
      state: answer ? STATES[answer.verdict] : harmless ? 'fine' : 'none',
      right: all ?? answer?.right ?? (harmless ? 'own user ns' : ''),
      alarm: alarm.get(workload.id) ?? 'none',
      drifted: drifted.has(workload.id) || all !== null,
      shown: view.shown === null || view.shown.has(workload.id),
      focused: view.project === null || (workload.kind === 'container' && workload.project === view.project),
    });
  }
  return out;
}

function uplink(s: Snapshot): Wiring['uplink'] {
  const net = s.nets.find((n) => n.key === 'host');
  const routes = net ? (valueOf(net.routes) ?? []) : [];
  const dev = routes.find((r) => r.to === 'default' && r.table === undefined)?.dev;
  const mine = s.interfaces.filter((i) => i.net === 'host' && i.kind !== 'loopback');
  const found = mine.find((i) => i.name === dev) ?? mine.find((i) => i.kind === 'physical' && valueOf(i.up) !== false);
  if (!found) return net && isKnown(net.routes) ? 'none' : null;
  const address = (valueOf(found.addresses) ?? []).find((a) => !a.startsWith('fe80')) ?? '';
  return { name: found.name, address: address.split('/')[0] ?? '' };
}

/** Whether the engine draws it as a wire at all: `host` and `none` are its words for having none. */
const isWire = (s: Segment): boolean => s.driver !== 'host' && s.driver !== 'null';

function wireOf(segment: Segment, reach: SegmentReach | null, exposed: ReadonlySet<string>, members: number, focused: boolean, alarm: boolean): Wire {
  const of = reach?.members.length ?? members;
  const reached = (reach?.members ?? []).filter((m) => exposed.has(m)).length;
  const gatewayReached = exposed.has(`gateway:${segment.id}`);
  const verdicts = new Set((reach?.attackers ?? []).map((a) => a.verdict));
  const state =
    reached > 0 || gatewayReached || exposed.has('host') ? 'risk' : reach === null || verdicts.has('unknown') ? (of === 0 ? 'none' : 'unknown') : verdicts.has('latent') ? 'mind' : of === 0 ? 'none' : 'fine';
  return {
    segment,
    reach,
    gateway: segment.gateways[0] ? shortAddress(segment.gateways[0], segment.subnets) : '',
    device: valueOf(segment.device) ?? '',
    reached,
    of,
    gatewayReached,
    hostReached: exposed.has('host'),
    exposed,
    state,
    focused,
    alarm,
  };
}

/** Where the engine has no network at all the host's uplink is the one wire, for those in its net namespace to stand at. */
function bareUplink(found: Wiring['uplink']): Wire {
  const name = found === null || found === 'none' ? 'uplink' : found.name;
  const segment: Segment = {
    id: `lan:${name}`, name, driver: 'host', scope: 'local', internal: false, device: { unknown: 'absent', source: 'engine: networks' }, mode: '', subnets: [], gateways: [],
    icc: { unknown: 'absent', source: 'engine: networks' }, project: null,
  };
  return { segment, reach: null, gateway: '', device: '', reached: 0, of: 0, gatewayReached: false, hostReached: false, exposed: new Set(), state: 'none', focused: true, alarm: false };
}

/** Who is plugged in where, with the verdicts beside. */
export function wiring(view: View): Wiring {
  const { snapshot } = view;
  const known = parties(view);
  const segments = snapshot.segments.filter(isWire);
  const bySegment = new Map(segments.map((s) => [s.id, s]));
  const reaches = new Map(view.judgement.segments.map((r) => [r.segment, r]));
  const exposed = new Map(view.judgement.segments.map((r) => [r.segment, onTheWire(r)]));
  const ports = new Map(snapshot.interfaces.flatMap((i) => (i.port ? [[i.name, i.port] as const] : [])));
  const groups = new Map<string, Party[]>();
  for (const p of known.values()) {
    if (p.workload.net === null) continue;
    groups.set(p.workload.net, [...(groups.get(p.workload.net) ?? []), p]);
  }
  const inodes = new Map(snapshot.nets.map((n) => [n.key, valueOf(n.inode) ?? null]));
  const all: Wired[] = [...groups].map(([net, members]) => {
    const plugs = new Map<string, Plug>();
    for (const p of members) {
      for (const e of p.workload.endpoints) {
        const segment = bySegment.get(e.segment);
        if (!segment || plugs.has(e.segment)) continue;
        const veth = valueOf(e.peer) ?? '';
        const port = ports.get(veth);
        const reached = exposed.get(e.segment);
        plugs.set(e.segment, {
          segment: e.segment,
          address: shortAddress(valueOf(e.ipv4) ?? valueOf(e.ipv6) ?? '', segment.subnets),
          veth,
          isolated: segment.driver !== 'bridge' ? false : port && isKnown(port.isolated) ? port.isolated.value : null,
          exposed: reached !== undefined && members.some((m) => reached.has(m.workload.id)),
        });
      }
    }
    return { net, inode: inodes.get(net) ?? null, parties: members, plugs: [...plugs.values()] };
  });
  const counts = new Map<string, number>();
  for (const w of all) for (const p of w.plugs) counts.set(p.segment, (counts.get(p.segment) ?? 0) + w.parties.length);
  const focusedSegments = new Set(all.filter((w) => w.parties.some((p) => p.focused)).flatMap((w) => w.plugs.map((p) => p.segment)));
  const host = all.find((w) => w.net === 'host') ?? null;
  const alarmed = new Set(view.alarms.filter((a) => a.healedAt === null).map((a) => a.segment));
  const up = uplink(snapshot);
  const bare = segments.length === 0 && host !== null;
  return {
    parties: [...known.values()],
    wires: bare ? [bareUplink(up)] : segments.map((s) => wireOf(s, reaches.get(s.id) ?? null, exposed.get(s.id) ?? new Set(), counts.get(s.id) ?? 0, view.project === null || s.project === view.project || focusedSegments.has(s.id), alarmed.has(s.id))),
    wired: all.filter((w) => w.net !== 'host' && w.plugs.length > 0),
    host,
    unplugged: all.filter((w) => w.net !== 'host' && w.plugs.length === 0).flatMap((w) => w.parties),
    uplink: up,
  };
}
