import { quadtree, type Quadtree } from 'd3-quadtree';
import { isItem, paintOrder } from '../../core/scene/order.js';
import type { Box, Item, Scene } from '../../core/scene/scene.js';
import type { Mark } from '../../core/scene/marks.js';
import { overlaps } from './camera.js';

/** Something to draw: an item or an edge, in the order of its layer. */
export interface Piece {
  readonly box: Box;
  readonly rank: number;
  readonly marks: readonly Mark[];
  readonly near: readonly Mark[];
  readonly far: readonly Mark[] | null;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly piece: Piece;
}

/** A picture's pieces by place: what a view shows and what lies under a point, without looking at all of them. */
export interface SceneIndex {
  readonly scene: Scene;
  query(box: Box): readonly Piece[];
  hit(x: number, y: number, slop: number): Item | null;
  readonly byId: ReadonlyMap<string, Item>;
  /** Items in the order of the keyboard. */
  readonly ordered: readonly Item[];
}

const LARGE = 480;
/** Marks may stand out of their item's box by this much (a shadow of a stack, a label on a hull's rim). */
const OUT = 24;

function markBox(marks: readonly Mark[]): Box | null {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (x: number, y: number): void => {
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  };
  for (const m of marks) {
    if (m.kind === 'rect' || m.kind === 'clip') {
      take(m.x, m.y);
      take(m.x + m.w, m.y + m.h);
    } else if (m.kind === 'text') {
      const w = m.text.length * m.size * 0.7;
      take(m.anchor === 'start' ? m.x : m.anchor === 'end' ? m.x - w : m.x - w / 2, m.y - m.size);
      take(m.anchor === 'start' ? m.x + w : m.anchor === 'end' ? m.x : m.x + w / 2, m.y + m.size / 2);
    } else {
      for (const s of m.d) {
        if (s[0] === 'Z') continue;
        const r = s[0] === 'A' ? s[3] : 0;
        for (let i = 1; i + 1 < (s[0] === 'A' ? 3 : s.length); i += 2) {
          take(Number(s[i]) - r, Number(s[i + 1]) - r);
          take(Number(s[i]) + r, Number(s[i + 1]) + r);
        }
      }
    }
  }
  return x0 <= x1 ? { x: x0, y: y0, w: x1 - x0, h: y1 - y0 } : null;
}

function grown(box: Box, by: number): Box {
  return { x: box.x - by, y: box.y - by, w: box.w + 2 * by, h: box.h + 2 * by };
}

function pieces(scene: Scene): Piece[] {
  return paintOrder(scene).flatMap((of, rank): Piece[] => {
    if (!isItem(of)) {
      const box = markBox(of.marks);
      return box ? [{ box: grown(box, 4), rank, marks: of.marks, near: [], far: of.far ?? null }] : [];
    }
    const box = grown([markBox(of.marks), markBox(of.near), markBox(of.far ?? [])].reduce<Box>((b, other) => (other ? union(b, other) : b), of.box), 2);
    return [{ box, rank, marks: of.marks, near: of.near, far: of.far ?? null }];
  });
}

function union(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

function inside(box: Box, x: number, y: number, slop: number): boolean {
  return x >= box.x - slop && x <= box.x + box.w + slop && y >= box.y - slop && y <= box.y + box.h + slop;
}

const pointable = (item: Item): boolean => item.role !== 'legend' && (item.subject !== null || item.members.length > 0);

/** The item under a point: the topmost layer, then the smallest; an exact hit before one within the slop. */
export function pick(items: readonly Item[], x: number, y: number, slop: number): Item | null {
  let best: Item | null = null;
  let bestScore = Infinity;
  for (const item of items) {
    if (!inside(item.box, x, y, slop)) continue;
    const exact = inside(item.box, x, y, 0) ? 0 : 1e12;
    const score = exact - item.layer * 1e8 + item.box.w * item.box.h;
    if (score <= bestScore) [best, bestScore] = [item, score];
  }
  return best;
}

function tree<T extends { readonly x: number; readonly y: number }>(points: readonly T[]): Quadtree<T> {
  return quadtree<T>().x((p) => p.x).y((p) => p.y).addAll(points as T[]);
}

function within<T>(of: Quadtree<T>, box: Box, found: (value: T) => void): void {
  of.visit((node, x0, y0, x1, y1) => {
    if (!node.length) {
      let leaf: typeof node | undefined = node;
      do {
        found(leaf.data);
        leaf = leaf.next;
      } while (leaf);
    }
    return x0 > box.x + box.w || x1 < box.x || y0 > box.y + box.h || y1 < box.y;
  });
}

export function indexScene(scene: Scene): SceneIndex {
  const all = pieces(scene);
  const small = all.filter((p) => p.box.w <= LARGE && p.box.h <= LARGE);
  const large = all.filter((p) => p.box.w > LARGE || p.box.h > LARGE);
  const drawn = tree<Point>(small.map((piece) => ({ x: piece.box.x + piece.box.w / 2, y: piece.box.y + piece.box.h / 2, piece })));
  const targets = scene.items.filter(pointable);
  const smallTargets = targets.filter((i) => i.box.w <= LARGE && i.box.h <= LARGE);
  const largeTargets = targets.filter((i) => i.box.w > LARGE || i.box.h > LARGE);
  const hits = tree(smallTargets.map((item) => ({ x: item.box.x + item.box.w / 2, y: item.box.y + item.box.h / 2, item })));
  return {
    scene,
    byId: new Map([...scene.items, ...scene.gutters.left, ...scene.gutters.right, ...(scene.head?.items ?? [])].map((item) => [item.id, item])),
    ordered: targets.filter((item) => item.order >= 0).sort((a, b) => a.order - b.order),
    query(box) {
      const found: Piece[] = large.filter((piece) => overlaps(piece.box, box));
      within(drawn, grown(box, LARGE / 2 + OUT), ({ piece }) => {
        if (overlaps(piece.box, box)) found.push(piece);
      });
      return found.sort((a, b) => a.rank - b.rank);
    },
    hit(x, y, slop) {
      const near: Item[] = [];
      within(hits, grown({ x, y, w: 0, h: 0 }, LARGE / 2 + slop), ({ item }) => near.push(item));
      return pick([...near, ...largeTargets], x, y, slop);
    },
  };
}
