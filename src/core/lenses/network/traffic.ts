import { plural } from '../../facts/units.js';
import { inSubnet, isSubnet } from '../../filter/addresses.js';
import { valueOf, type Snapshot } from '../../model/index.js';
import { FACES, patched, text } from '../../scene/kit.js';
import { cutText, textWidth } from '../../scene/measure.js';
import type { Mark } from '../../scene/marks.js';
import { arrow } from '../../scene/signs.js';
import type { Edge } from '../../scene/scene.js';
import type { Layout, PlacedStation } from './layout.js';
import { isWhole } from './metrics.js';
import type { Station } from './stations.js';


/** Open connections between two stations on one segment. */
export interface Talk {
  readonly from: string;
  readonly to: string;
  readonly segment: string;
  readonly ports: readonly string[];
  readonly count: number;
}

const PER_BUS = 3;

/** What was observed, gathered by station and segment; none where it was not asked for. */
export function talks(snapshot: Snapshot, list: readonly Station[]): readonly Talk[] {
  const seen = valueOf(snapshot.connections);
  if (!seen || seen.length === 0) return [];
  const stationOf = new Map(list.flatMap((s) => s.cards.flatMap((c) => c.parties.map((p) => [p.workload.id, s] as const))));
  const byKey = new Map<string, { from: string; to: string; segment: string; ports: Set<string>; count: number }>();
  for (const c of seen) {
    const [from, to] = [stationOf.get(c.from), stationOf.get(c.to)];
    if (!from || !to || from === to) continue;
    const shared = snapshot.segments.filter((s) => from.plugs.some((p) => p.segment === s.id) && to.plugs.some((p) => p.segment === s.id));
    const segment = shared.find((s) => s.subnets.some((n) => isSubnet(n) && inSubnet(c.toIp, n))) ?? shared[0];
    if (!segment) continue;
    const key = `${from.id} ${to.id} ${segment.id}`;
    const talk = byKey.get(key) ?? { from: from.id, to: to.id, segment: segment.id, ports: new Set<string>(), count: 0 };
    talk.ports.add(`${c.port}/${c.protocol}`);
    talk.count += c.count;
    byKey.set(key, talk);
  }
  return [...byKey.values()].map((t) => ({ ...t, ports: [...t.ports].sort() })).sort((a, b) => b.count - a.count || (a.from + a.to < b.from + b.to ? -1 : 1));
}

/** Who talks to whom, for the order of a row. */
export function partners(all: readonly Talk[]): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const t of all) {
    out.set(t.from, [...(out.get(t.from) ?? []), t.to]);
    out.set(t.to, [...(out.get(t.to) ?? []), t.from]);
  }
  return out;
}

/** A thin arrow above the bus, from drop to drop; never red. A bus shows its busiest few. */
export function talkEdges(all: readonly Talk[], layout: Layout): Edge[] {
  const stations = new Map(layout.stations.map((s) => [s.station.id, s]));
  const used = new Map<string, number>();
  const edges: Edge[] = [];
  for (const t of all) {
    const nth = used.get(t.segment) ?? 0;
    const [from, to] = [stations.get(t.from), stations.get(t.to)];
    const wire = layout.wires.find((w) => w.wire.segment.id === t.segment);
    if (!from || !to || !wire || nth >= PER_BUS) continue;
    const at = (s: PlacedStation) => s.plugs.find((p) => p.plug.segment === t.segment)!;
    const [a, b] = [at(from), at(to)];
    // On two lines of a folded bus an arrow would cross what hangs between them.
    if (a.bus !== b.bus) continue;
    used.set(t.segment, nth + 1);
    const [x1, x2, y] = [a.x, b.x, a.bus - 6.5 - nth * 4];
    const words = `talking: ${t.ports.slice(0, 2).join(', ')}${t.ports.length > 2 ? ' …' : ''}, ${plural(t.count, 'open', 'open')}`;
    edges.push({ id: `traffic:${t.from}>${t.to}@${t.segment}`, from: t.from, to: t.to, kind: 'traffic', label: words, layer: 3, marks: talkMarks(x1, x2, y, isWhole(wire.size) && nth === 0 ? words : '') });
  }
  return edges;
}

function talkMarks(x1: number, x2: number, y: number, words: string): Mark[] {
  const s = x2 > x1 ? 1 : -1;
  const marks: Mark[] = arrow(x1, y, x2 - s * 2, y, 'ink');
  // The veth's name stands right of the left drop: the label keeps clear of it.
  const [left, right] = [Math.min(x1, x2) + 66, Math.max(x1, x2) - 8];
  const fits = textWidth(words, FACES.body) <= right - left ? words : words.replace(/^talking: /, '');
  const short = cutText(fits, right - left, FACES.small);
  return short.length < 9 ? marks : [...marks, ...patched(text((left + right) / 2, y - 5.5, short, fits === words ? FACES.body : FACES.small, 'ink', 'middle'), 'ground', 2)];
}
