import { listOf } from '../facts/units.js';
import type { Snapshot } from '../model/snapshot.js';
import type { SegmentReach } from '../reach/index.js';
import type { Change } from './types.js';

interface Reached {
  /** By `<segment> <attacker>`: victims that are possibly impersonated to, and the words for why. */
  readonly by: ReadonlyMap<string, { readonly attacker: string; readonly segment: string; readonly right: string; readonly victims: ReadonlySet<string>; readonly unknown: ReadonlySet<string> }>;
}

/** Who possibly reaches whom, in names that outlive ids. `naming`: identity by id. */
function reachedOf(s: Snapshot, segments: readonly SegmentReach[], naming: ReadonlyMap<string, string>): Reached {
  const names = new Map(s.segments.map((x) => [x.id, x.name]));
  const lasting = (id: string): string => naming.get(id) ?? (id.startsWith('gateway:') ? 'gateway' : id);
  const by: Map<string, { attacker: string; segment: string; right: string; victims: ReadonlySet<string>; unknown: ReadonlySet<string> }> = new Map();
  for (const segment of segments) {
    const name = names.get(segment.segment) ?? segment.segment;
    for (const attacker of segment.attackers) {
      const victims = new Set<string>();
      const unknown = new Set<string>();
      for (const g of attacker.groups) {
        const into = g.verdict === 'possible' ? victims : g.verdict === 'unknown' ? unknown : null;
        if (into !== null) for (const v of g.victims) into.add(lasting(v));
      }
      if (victims.size > 0 || unknown.size > 0) by.set(`${name}\u0000${lasting(attacker.id)}`, { attacker: attacker.id, segment: name, right: attacker.right, victims, unknown });
    }
  }
  return { by };
}

/** Who, and by what: rights are held, anything else is the way it goes. */
function by(who: string, right: string): string {
  const words = right.split(' ');
  if (!words.every((w) => /^[A-Z]+_[A-Z_]+$/.test(w))) return `${who} (${right})`;
  return `${who} hold${who.includes(' and ') ? '' : 's'} ${words.map((w) => (w.startsWith('CAP_') ? w : `CAP_${w}`)).join(' and ')}`;
}

const pairs = (n: number): string => (n === 1 ? '1 pair' : `${n} pairs`);

/**
 * New and lost pairs of attacker and victim, said per attacker and segment; many alike attackers in one sentence.
 * A pair that was possible and is now unknown is no relief, and one that was unknown before is not called new.
 */
export function reachChanges(a: Snapshot, b: Snapshot, apart: readonly [readonly SegmentReach[], readonly SegmentReach[]], ids: { readonly a: ReadonlyMap<string, string>; readonly b: ReadonlyMap<string, string>; readonly goneIds: ReadonlySet<string> }): readonly Change[] {
  const x = reachedOf(a, apart[0], ids.a);
  const y = reachedOf(b, apart[1], ids.b);
  const nameOf = new Map([...a.containers, ...a.groups, ...b.containers, ...b.groups].map((w) => [w.id, w.name]));
  const out: Change[] = [];
  const told = new Map<string, { count: number; who: string[]; about: string[]; direction: Change['direction']; say: (count: number, who: string) => string }>();
  const add = (key: string, direction: Change['direction'], count: number, attacker: string, say: (count: number, who: string) => string): void => {
    const t = told.get(key) ?? { count: 0, who: [], about: [], direction, say };
    t.count += count;
    t.who.push(nameOf.get(attacker) ?? (attacker === 'host' ? 'the host' : attacker));
    t.about.push(attacker);
    told.set(key, t);
  };
  for (const [key, now] of y.by) {
    const before = x.by.get(key);
    let fresh = 0;
    for (const v of now.victims) if (before === undefined || (!before.victims.has(v) && !before.unknown.has(v))) fresh++;
    if (fresh > 0) add(`+${now.segment} ${now.right}`, 'worse', fresh, now.attacker, (n, who) => `${n === 1 ? '1 new pair' : `${n} new pairs`} can be impersonated: ${by(who, now.right)} on ${now.segment}`);
  }
  for (const [key, then] of x.by) {
    const now = y.by.get(key);
    let lost = 0;
    for (const v of then.victims) if (now === undefined || (!now.victims.has(v) && !now.unknown.has(v))) lost++;
    const gone = ids.goneIds.has(then.attacker);
    if (lost > 0) add(`-${then.segment} ${gone}`, 'better', lost, then.attacker, (n, who) => `${pairs(n)} can no longer be impersonated: ${who} on ${then.segment}${gone ? ', gone' : ''}`);
  }
  for (const t of told.values()) out.push({ direction: t.direction, text: t.say(t.count, listOf(t.who)), about: t.about });
  return out;
}
