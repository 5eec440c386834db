import type { Alarm } from '../alarm/types.js';
import type { Finding } from '../model/finding.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Judgement } from '../reach/types.js';
import type { Mark, TextMark } from '../scene/marks.js';
import type { Edge, Item, Scene } from '../scene/scene.js';
import type { ThemeName } from '../scene/theme.js';

/** What is exported: the scene on the screen, and all that it was made of. */
export interface Sheet {
  readonly scene: Scene;
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  readonly alarms: readonly Alarm[];
  readonly theme: ThemeName;
  /** Marks of the selection and of a comparison, above the scene. */
  readonly overlay: readonly Mark[];
  /** Items that came or changed since what was compared with: by their sign, for formats that are drawn by their readers. */
  readonly compared: ReadonlyMap<string, 'came' | 'changed'>;
  /** Ids that pass the filter; null for all. */
  readonly shown: ReadonlySet<string> | null;
  /** What stands at the picture's corner: host, time, and whether it is an example, redacted or filtered. */
  readonly stamp: string;
}

const ACTORS = new Set<Item['role']>(['card', 'stack', 'chip', 'row', 'band', 'bus', 'hull', 'note']);

/** Items that stand for something: those that a graph has as nodes. Cells and legends are parts of others. */
export function actors(scene: Scene): readonly Item[] {
  const ids = new Set<string>();
  return scene.items.filter((i) => {
    if (!ACTORS.has(i.role) || ids.has(i.id) || (i.role === 'note' && i.subject === null)) return false;
    ids.add(i.id);
    return true;
  });
}

/** Connections of which both ends are there. What hangs on a hull that is left out hangs on its members. */
export function links(scene: Scene, nodes: readonly Item[]): readonly Edge[] {
  const ids = new Set(nodes.map((n) => n.id));
  const ends = (id: string): readonly string[] => {
    if (ids.has(id)) return [id];
    const members = new Set(scene.items.find((i) => i.id === id && i.role === 'hull')?.members ?? []);
    return nodes.filter((n) => n.role !== 'bus' && n.subject !== null && members.has(n.subject.id)).map((n) => n.id);
  };
  return scene.edges.flatMap((e) => {
    if (ids.has(e.from) && ids.has(e.to)) return [e];
    return ends(e.from).flatMap((from) => ends(e.to).map((to) => ({ ...e, id: `${e.id} ${from} ${to}`, from, to })));
  });
}

function textsOf(marks: readonly Mark[]): TextMark[] {
  return marks.flatMap((m) => (m.kind === 'text' ? [m] : m.kind === 'clip' ? textsOf(m.children) : []));
}

const SIGNS = { came: '+', changed: '△' } as const;

/** A text with the sign of a comparison in front, where the item has one. */
export function signed(sheet: Sheet, item: Item, text: string): string {
  const sign = sheet.compared.get(item.id);
  return sign === undefined || item.role === 'bus' ? text : `${SIGNS[sign]} ${text}`;
}

/** What an item says on the screen, line by line, whole where the screen cuts. */
export function linesOf(item: Item): readonly string[] {
  const rows = new Map<number, TextMark[]>();
  for (const t of textsOf([...item.marks, ...item.near]).filter((x) => x.y >= item.box.y && x.y <= item.box.y + item.box.h + 1)) {
    const y = [...rows.keys()].find((k) => Math.abs(k - t.y) < 3) ?? t.y;
    rows.set(y, [...(rows.get(y) ?? []), t]);
  }
  const lines = [...rows].sort((a, b) => a[0] - b[0]).map(([, row]) => row.sort((a, b) => a.x - b.x).map((t) => t.full ?? t.text).join('  '));
  return lines.length > 0 ? lines : [item.label];
}

/** How far a bus is from what is plugged into it; those above count as farther, since a card hangs above its own bus. */
function plugDistance(item: Item, bus: Item): number {
  const down = bus.box.y - item.box.y;
  return down >= 0 ? down : 1e6 - down;
}

/**
 * Clusters of the picture by the edges that hang things on other things: what is plugged into a bus belongs to it (the one below,
 * where there are several), so do those within a plugged hull; a child belongs to its parent's top. Items that hang on nothing are in none.
 */
export function clusters(scene: Scene, nodes: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const parent = new Map<string, string>();
  const plug = (item: Item, bus: Item): void => {
    const before = byId.get(parent.get(item.id) ?? '');
    if (!before || plugDistance(item, bus) < plugDistance(item, before)) parent.set(item.id, bus.id);
  };
  for (const e of links(scene, nodes)) {
    const [from, to] = [byId.get(e.from), byId.get(e.to)];
    if (!from || !to) continue;
    if (e.kind === 'plug') {
      const [bus, item] = to.role === 'bus' ? [to, from] : [from, to];
      if (bus.role !== 'bus') continue;
      plug(item, bus);
      if (item.role === 'hull') for (const n of nodes) if (n.role !== 'hull' && n.subject !== null && item.members.includes(n.subject.id)) plug(n, bus);
    } else if (e.kind === 'child' && from.id !== 'host' && !parent.has(e.to)) parent.set(e.to, e.from);
  }
  const top = (id: string): string => {
    let now = id;
    for (let steps = 0; parent.has(now) && steps < 32; steps += 1) now = parent.get(now) ?? now;
    return now;
  };
  const out = new Map<string, Item[]>();
  for (const n of nodes) {
    const head = top(n.id);
    if (head === n.id) continue;
    out.set(head, [...(out.get(head) ?? []), n]);
  }
  return out;
}

/** A text on one line without control characters, cut at so many signs. For formats whose readers have no place for more. */
export function oneLine(text: string, most = 4_200): string {
   
  const clean = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu, '\ufffd').replace(/\s+/gu, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  const signs = [...clean];
  return signs.length > most ? `${signs.slice(0, most - 1).join('')}…` : clean;
}
