import { setTimeout as wait } from 'node:timers/promises';
import { unknown, type Note, type Snapshot } from '../../core/model/index.js';
import { containerOf, idsByName, netKeyOf, unreadNet } from './assemble.js';
import type { EngineContainer } from './engine/types.js';
import type { KernelFacts, KernelReaders } from './parts.js';
import { engineEndpoints } from './unread.js';

/** More than so many that began at once are told with the reading that follows: then nobody waits for one of them. */
const MOST = 4;
/** How often, and how soon again, one is looked at until its program runs: a runtime's helper takes a millisecond or two to become it. */
const TRIES = 5;
const BETWEEN_TRIES_MS = 2;

interface Begun {
  readonly word: EngineContainer;
  readonly facts: KernelFacts;
}

/**
 * The last snapshot with those of `ids` in it that run now and did not before: the engine's word, and what the kernel tells
 * of each alone. Nothing else is touched, not even the time, by which rates are told: no counter of another one was read.
 * Null where none has begun, or where nothing can be told before all is read.
 */
export async function withBegun(last: Snapshot, ids: ReadonlySet<string>, engine: ReadonlyMap<string, EngineContainer>, readers: Pick<KernelReaders, 'first'> | null): Promise<Snapshot | null> {
  if (readers?.first === undefined) return null;
  const ran = new Set(last.containers.flatMap((c) => (ids.has(c.id) && c.net !== null ? [c.id] : [])));
  const words = [...ids].flatMap((id) => engine.get(id) ?? []).filter((word) => word.state === 'running' && word.pid !== null && !ran.has(word.id));
  if (words.length === 0 || words.length > MOST) return null;
  const all = [...engine.values()];
  const begun: Begun[] = [];
  for (const word of words) {
    let facts = readers.first(word, all);
    for (let tries = 1; facts === null && tries < TRIES; tries++) {
      await wait(BETWEEN_TRIES_MS);
      facts = readers.first(word, all);
    }
    if (facts !== null) begun.push({ word, facts });
  }
  return begun.length === 0 ? null : joined(last, begun, idsByName(all));
}

/**
 * Where a container's wires lead is the engine's word, or what is known of its donor's where it shares a net namespace;
 * what is inside of a new one is `not-asked`, and a note says that the rest follows.
 */
function joined(last: Snapshot, begun: readonly Begun[], byName: ReadonlyMap<string, string>): Snapshot {
  const segments = new Set(last.segments.map((segment) => segment.id));
  const containers = new Map(last.containers.map((c) => [c.id, c]));
  const nets = new Map(last.nets.map((net) => [net.key, net]));
  const notes: Note[] = [];
  for (const { word, facts } of begun) {
    const key = netKeyOf(word, facts, byName);
    const later = unknown('not-asked', `/proc/${word.pid ?? ''}/ns/net`);
    const net = nets.get(key ?? '');
    const donor = key === null || key === 'host' ? undefined : [...containers.values()].find((c) => c.net === key && c.id !== word.id);
    if (key !== null) nets.set(key, net === undefined ? unreadNet({ key, of: [word.id] }, later) : { ...net, of: [...net.of, word.id] });
    containers.set(word.id, containerOf(word, facts, key, key === 'host' ? [] : (donor?.endpoints ?? engineEndpoints(word, segments, later))));
    notes.push({ about: word.id, text: `${word.name} began a moment ago: its first process was read, the rest follows` });
  }
  return { ...last, containers: [...containers.values()], nets: [...nets.values()], notes: [...last.notes, ...notes] };
}
