import { el } from '../paint/xml.js';
import type { Box, Edge, Item } from '../scene/scene.js';
import { THEMES, type Palette } from '../scene/theme.js';
import { actors, clusters, linesOf, links, oneLine, signed, type Sheet } from './sheet.js';

const round = (n: number): number => Math.round(n * 100) / 100;
const style = (of: Readonly<Record<string, string | number | undefined>>): string => Object.entries(of).flatMap(([k, v]) => (v === undefined ? [] : [v === '' ? k : `${k}=${v}`])).join(';') + ';';

/** The smallest box around boxes, with a margin. */
function around(boxes: readonly Box[], margin: number): Box {
  const x = Math.min(...boxes.map((b) => b.x)) - margin;
  const y = Math.min(...boxes.map((b) => b.y)) - margin;
  return { x, y, w: Math.max(...boxes.map((b) => b.x + b.w)) + margin - x, h: Math.max(...boxes.map((b) => b.y + b.h)) + margin - y };
}

function itemStyle(n: Item, p: Palette): string {
  const stroke = n.state === 'risk' ? p.risk : n.state === 'mind' ? p.warn : p.line;
  const base = { html: 0, whiteSpace: 'wrap', fontFamily: 'IBM Plex Sans', fontSize: 10, fontColor: p.ink, overflow: 'hidden' };
  switch (n.role) {
    case 'bus': return style({ ...base, rounded: 1, arcSize: 50, fillColor: n.state === 'risk' ? p.riskTint : p.ink, strokeColor: n.state === 'risk' ? p.risk : p.ink, strokeWidth: 2, fontColor: n.state === 'risk' ? p.ink : p.ground, fontStyle: 1, align: 'left', spacingLeft: 8 });
    case 'hull': return style({ ...base, rounded: 1, arcSize: 6, fillColor: 'none', strokeColor: n.state === 'risk' ? p.risk : p.ink, strokeWidth: 2, verticalAlign: 'top', fontStyle: 1 });
    case 'note': case 'legend': case 'gutter': return style({ ...base, text: '', strokeColor: 'none', fillColor: 'none', align: 'left', verticalAlign: 'middle' });
    case 'cell': return style({ ...base, fillColor: n.state === 'risk' ? p.riskTint : n.state === 'mind' ? p.warnTint : p.raised, strokeColor: n.state === 'unknown' ? p.dim : stroke, dashed: n.state === 'unknown' ? 1 : 0, align: 'left', spacingLeft: 4 });
    default: return style({ ...base, rounded: 1, arcSize: 8, fillColor: p.raised, strokeColor: stroke, strokeWidth: n.state === 'risk' ? 2 : 1, dashed: n.state === 'unknown' ? 1 : 0, align: 'left', verticalAlign: 'top', spacingLeft: 6, spacingTop: 2 });
  }
}

/** The corners of an edge as it is drawn. */
function cornersOf(e: Edge): readonly (readonly [number, number])[] {
  return e.marks.flatMap((m) => (m.kind === 'path' ? m.d.flatMap((step) => (step[0] === 'M' || step[0] === 'L' ? [[step[1], step[2]] as const] : [])) : []));
}

const clamp = (n: number): number => Math.round(Math.min(1, Math.max(0, n)) * 10_000) / 10_000;

/** Where on a box a connector holds on, as shares of its sides: the drawn point nearest to it. Undefined where nothing is drawn. */
function hold(points: readonly (readonly [number, number])[], b: Box): readonly [number, number] | undefined {
  const away = ([x, y]: readonly [number, number]): number => Math.max(b.x - x, 0, x - b.x - b.w) + Math.max(b.y - y, 0, y - b.y - b.h);
  const nearest = [...points].sort((m, n) => away(m) - away(n))[0];
  return nearest && away(nearest) < 40 && b.w > 0 && b.h > 0 ? [clamp((nearest[0] - b.x) / b.w), clamp((nearest[1] - b.y) / b.h)] : undefined;
}

function edgeStyle(e: Edge, p: Palette, from: Box, to: Box): string {
  const risk = e.kind === 'reach';
  const points = cornersOf(e);
  const [exit, entry] = [hold(points, from), hold(points, to)];
  return style({
    ...(exit ? { exitX: exit[0], exitY: exit[1], exitDx: 0, exitDy: 0, exitPerimeter: 0 } : {}),
    ...(entry ? { entryX: entry[0], entryY: entry[1], entryDx: 0, entryDy: 0, entryPerimeter: 0 } : {}),
    edgeStyle: e.kind === 'child' ? 'orthogonalEdgeStyle' : 'none', rounded: 0, html: 0, endArrow: e.kind === 'traffic' || e.kind === 'entered' || risk ? 'open' : 'none',
    strokeColor: risk ? p.risk : e.kind === 'shares' ? p.ink : p.drop, strokeWidth: e.kind === 'shares' || risk ? 2 : 1, dashed: e.kind === 'traffic' || e.kind === 'entered' ? 1 : 0, fontSize: 9, fontFamily: 'IBM Plex Mono', fontColor: p.muted,
    labelBackgroundColor: p.ground,
  });
}

const geometry = (b: Box, from: Box | null): string => el('mxGeometry', { x: round(b.x - (from?.x ?? 0)), y: round(b.y - (from?.y ?? 0)), width: round(b.w), height: round(b.h), as: 'geometry' });

/**
 * A draw.io file (mxfile, uncompressed): real shapes that can be moved, connectors that hold on to them, and one group for each
 * segment with what is plugged into it. Places are the screen's. Deterministic: no times, no random ids.
 */
export function drawioText(sheet: Sheet): string {
  const { scene } = sheet;
  const p = THEMES[sheet.theme];
  const nodes = actors(scene);
  const cells = scene.items.filter((i) => i.role === 'cell');
  const groups = clusters(scene, nodes);
  const byId = new Map(nodes.map((n) => [n.id, n]));
  // Rows with cells are groups of their own: a row moves as a whole.
  const rowCells = new Map<string, Item[]>();
  const rows = nodes.filter((n) => n.role === 'row' || n.role === 'card');
  for (const c of cells) {
    const row = rows.find((r) => r.subject !== null && r.subject.id === c.subject?.id && c.box.y >= r.box.y - 1 && c.box.y + c.box.h <= r.box.y + r.box.h + 1);
    if (row) rowCells.set(row.id, [...(rowCells.get(row.id) ?? []), c]);
  }
  const out: string[] = [];
  let count = 0;
  const ids = new Map<string, string>();
  const fresh = (): string => `b${(count += 1)}`;
  const vertex = (n: Item, parent: string, origin: Box | null, text: string): void => {
    const id = fresh();
    if (!ids.has(n.id)) ids.set(n.id, id);
    out.push(el('UserObject', { id, label: text, tooltip: oneLine(n.detail === '' ? n.label : `${n.label}: ${n.detail}`), subject: n.subject ? `${n.subject.kind}:${n.subject.id}` : undefined, state: n.state }, el('mxCell', { style: itemStyle(n, p), vertex: 1, parent }, geometry(n.box, origin))));
  };
  const place = (n: Item, parent: string, origin: Box | null): void => {
    const own = rowCells.get(n.id);
    const text = n.role === 'bus' ? oneLine(n.label) : signed(sheet, n, (own ? linesOf(n).slice(0, 2) : linesOf(n)).map((l) => oneLine(l)).join('\n'));
    if (!own) return vertex(n, parent, origin, text);
    const id = fresh();
    ids.set(n.id, id);
    out.push(el('UserObject', { id, label: text, tooltip: oneLine(`${n.label}: ${n.detail}`), state: n.state }, el('mxCell', { style: `${itemStyle(n, p)}container=1;collapsible=0;`, vertex: 1, parent }, geometry(n.box, origin))));
    for (const c of own) vertex(c, id, n.box, linesOf(c).map((l) => oneLine(l)).join('\n'));
    return undefined;
  };
  const inGroup = new Set([...groups].flatMap(([head, members]) => [head, ...members.map((m) => m.id)]));
  const { left, right, leftWidth } = scene.gutters;
  const aside = (items: readonly Item[], shift: number): readonly Item[] => items.filter((i) => i.marks.length + i.near.length > 0).map((i) => ({ ...i, role: 'gutter' as const, box: { ...i.box, x: i.box.x + shift } }));
  for (const n of nodes.filter((x) => x.role === 'hull' && !inGroup.has(x.id))) place(n, '1', null);
  for (const [head, members] of groups) {
    const top = nodes.find((n) => n.id === head);
    if (!top) continue;
    const box = around([top, ...members].map((n) => n.box), 8);
    const id = fresh();
    out.push(el('mxCell', { id, value: '', style: 'group;container=1;collapsible=0;pointerEvents=0;', vertex: 1, connectable: 0, parent: '1' }, geometry(box, null)));
    // Frames first, or they would lie on what they frame.
    for (const n of [...members.filter((m) => m.role === 'hull'), top, ...members.filter((m) => m.role !== 'hull')]) place(n, id, box);
  }
  for (const n of nodes) if (!inGroup.has(n.id) && n.role !== 'hull') place(n, '1', null);
  for (const n of [...aside(left, -leftWidth), ...aside(right, scene.bounds.x + scene.bounds.w)]) vertex(n, '1', null, linesOf(n).map((l) => oneLine(l)).join('\n'));
  for (const e of links(scene, nodes)) {
    const [source, target] = [ids.get(e.from), ids.get(e.to)];
    const [from, to] = [byId.get(e.from), byId.get(e.to)];
    if (source !== undefined && target !== undefined && from && to) out.push(el('mxCell', { id: fresh(), value: oneLine(e.label), style: edgeStyle(e, p, from.box, to.box), edge: 1, parent: '1', source, target }, el('mxGeometry', { relative: 1, as: 'geometry' })));
  }
  const heading: Item = { id: 'heading', role: 'note', subject: null, members: [], box: { x: -leftWidth, y: -72, w: Math.max(scene.bounds.w, 400), h: 48 }, layer: 0, label: `${scene.title}\n${scene.summary}\n${sheet.stamp}`, detail: '', state: 'none', order: 0, marks: [], near: [] };
  vertex(heading, '1', null, [scene.title, scene.summary, sheet.stamp].map((l) => oneLine(l)).join('\n'));
  const model = el('mxGraphModel', { grid: 1, gridSize: 8, guides: 1, tooltips: 1, connect: 1, arrows: 1, fold: 1, page: 0, pageScale: 1, background: p.ground, math: 0, shadow: 0 }, el('root', {}, [el('mxCell', { id: 0 }), el('mxCell', { id: 1, parent: 0 }), '\n', ...out.map((o) => `${o}\n`)]));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${el('mxfile', { host: 'Bulkhead', type: 'device' }, el('diagram', { id: scene.lens, name: oneLine(scene.title, 80) }, model))}\n`;
}
