import { freeField, freshValue, withFree } from './free.js';
import { innerType, type Frame } from './frames.js';
import type { Carried, Compared } from './filter/fields.js';
import type { Road } from './filter/road.js';

/** What became of all forged frames for one mask. */
export interface Trial {
  /** The first frame that passes for certain, or the first that may. */
  readonly through: Frame | null;
  readonly certain: boolean;
  /** Rules that dropped frames, with the first frame that each dropped. */
  readonly dropped: ReadonlyMap<string, string>;
  /** Rules of which it could not be told whether they drop. */
  readonly unclear: readonly string[];
  /** Programs that decide on every frame that is left, and whose content nobody can judge. */
  readonly programs: readonly string[];
}

type Fate = 'stopped' | 'through' | 'unclear';

/** More frames than this are not made for the rules of one road. */
const MOST_MADE = 4_000;
/** So many free fields are chosen in one frame. */
const MOST_CHOSEN = 4;
/** Of what one rule compares a field with, so many are tried. */
const MOST_VALUES = 6;

const keyOf = (f: Frame): string => JSON.stringify([f.source, f.destination, f.type, f.length, f.tags, f.body]);

/** Frames that differ in one free field from one that was stopped, each by what a rule compared that field with. */
function* variants(f: Frame, compared: readonly Compared[]): Generator<Frame> {
  const tried = new Map<string, number>();
  for (const c of compared) {
    const n = tried.get(c.field) ?? 0;
    if (n >= MOST_VALUES) continue;
    tried.set(c.field, n + 1);
    const old = freeField(f, c.field);
    if (old === undefined) continue;
    const made = withFree(f, c.field, c.hit === true ? freshValue(old, c.field) : c.value);
    if (made !== null) yield made;
  }
}

interface Stopped {
  readonly frame: Frame;
  readonly compared: readonly Compared[];
}

/** Whether a frame still does what it was sent for, as rules on the way have written it (`now`). */
export type Arrives = (now: Frame, sent: Frame) => boolean;

class Trying {
  through: Frame | null = null;
  maybe: Frame | null = null;
  /** A frame that no program decides on, as far as can be told. */
  free = false;
  readonly programs = new Set<string>();
  readonly dropped = new Map<string, string>();
  readonly unclear = new Set<string>();

  constructor(private readonly road: Road, private readonly arrives: Arrives) {}

  send(f: Frame, compared: Compared[]): Fate {
    let sure = true;
    let decided = false;
    // What the attacker itself puts on it counts until it comes into another namespace.
    const carried: Carried = { mark: null, compared };
    let now = f;
    let writer: string | null = null;
    for (const stage of this.road.stages) {
      const fate = stage.ask(now, carried);
      if (carried.written !== undefined) {
        ({ frame: now, by: writer } = carried.written);
        delete carried.written;
      }
      if (fate.by !== null && fate.drops && !this.dropped.has(fate.by) && !fate.passes) this.dropped.set(fate.by, f.name);
      if (!fate.passes) return 'stopped';
      if (fate.drops) {
        sure = false;
        decided ||= fate.opaque === true;
        (fate.opaque === true ? this.programs : this.unclear).add(fate.by ?? stage.where);
      }
    }
    if (!this.arrives(now, f)) {
      if (writer !== null && !this.dropped.has(writer)) this.dropped.set(writer, f.name);
      return 'stopped';
    }
    this.free ||= !decided;
    if (sure) this.through ??= f;
    else this.maybe ??= f;
    return sure ? 'through' : 'unclear';
  }

  /** Chooses what is free in frames that were stopped by what the rules compare it with, until one passes. */
  search(stopped: readonly Stopped[]): void {
    const seen = new Set<string>();
    let queue = stopped;
    for (let chosen = 0; chosen < MOST_CHOSEN; chosen++) {
      const next: Stopped[] = [];
      for (const { frame, compared } of queue) {
        for (const made of variants(frame, compared)) {
          const key = keyOf(made);
          if (seen.has(key) || seen.size > MOST_MADE) continue;
          seen.add(key);
          const more: Compared[] = [];
          if (this.send(made, more) === 'through') return;
          if (more.length > 0) next.push({ frame: made, compared: more });
        }
      }
      queue = next;
    }
  }
}

/** Sends every forged frame down a road; `all` goes on after the first that passes, to learn what each rule does. */
export function tryAll(road: Road, list: Iterable<Frame>, all: boolean, arrives: Arrives = () => true): Trial {
  const t = new Trying(road, arrives);
  // Of frames that differ in what is free anyway, one is enough to begin with.
  const stopped = new Map<string, Stopped>();
  for (const frame of list) {
    const compared: Compared[] = [];
    if (t.send(frame, compared) === 'through' && !all) break;
    if (t.through !== null || compared.length === 0) continue;
    const key = seedOf(frame);
    if (!stopped.has(key)) stopped.set(key, { frame, compared });
  }
  if (t.through === null) t.search([...stopped.values()]);
  return { through: t.through ?? t.maybe, certain: t.through !== null, dropped: t.dropped, unclear: [...t.unclear], programs: t.free ? [] : [...t.programs] };
}

/** Whether it goes to all, to a group or to one: rules ask for that without naming an address. */
const reachOf = (mac: string): string => (mac === 'ff:ff:ff:ff:ff:ff' ? 'all' : (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 ? 'group' : mac);
const asksForItself = ({ body }: Frame): boolean => body.kind === 'arp' && body.senderIp === body.targetIp;

/** A frame without what is free in it; of which family its addresses are is not, nor what a rule may ask for without comparing it. */
function seedOf(f: Frame): string {
  return JSON.stringify([f.free?.includes('ether daddr') === true ? reachOf(f.destination) : f.destination, asksForItself(f), innerType(f), f.tags, f.free?.reduce<unknown>((b, field) => blank(b, field), f.body)]);
}

/** A body without one of its free fields. */
function blank(body: unknown, field: string): unknown {
  const names: Readonly<Record<string, string>> = { 'arp saddr ether': 'senderMac', 'arp saddr ip': 'senderIp', 'arp daddr ether': 'targetMac', 'arp daddr ip': 'targetIp', 'ip saddr': 'source', 'ip daddr': 'destination', 'ip protocol': 'protocol' };
  const name = names[field];
  return name === undefined ? body : { ...(body as object), [name]: null };
}
