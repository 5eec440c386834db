import { FACES, circle, cut, line, path, rect, stroke, text } from '../../scene/kit.js';
import { hatched } from '../../scene/hatch.js';
import type { Mark, PathStep } from '../../scene/marks.js';
import { textWidth } from '../../scene/measure.js';
import { eventBar, stateSign } from '../../scene/signs.js';
import type { Item } from '../../scene/scene.js';
import type { BusLine, Layout, PlacedWire } from './layout.js';
import { LEFT, RIGHT, SPINE, TRUNK, isWhole } from './metrics.js';
import { alsoReached, wireDetail } from './words.js';
import type { Wire, Wiring } from './wires.js';

const RUN_OUT = 16;
/** How thick a bus is drawn, near and from afar. */
export const BUS = 2.6;
const BUS_FAR = 6;

/** Stretches that a spoofer reaches: neighbouring exposed ports in one; whoever is not reached between them parts them. */
export function stretches(w: BusLine): { readonly from: number; readonly to: number }[] {
  const out: { from: number; to: number }[] = [];
  w.ports.forEach((p, i) => {
    if (!p.exposed) return;
    const [before, after] = [w.ports[i - 1], w.ports[i + 1]];
    const from = before && !before.exposed ? Math.max(p.x - RUN_OUT, (before.x + p.x) / 2) : p.x - RUN_OUT;
    const to = after && !after.exposed ? Math.min(p.x + RUN_OUT, (after.x + p.x) / 2) : p.x + RUN_OUT;
    const last = out.at(-1);
    if (last && before?.exposed) last.to = to;
    else out.push({ from: Math.max(from, TRUNK - 12), to });
  });
  return out;
}

const half = (w: PlacedWire): number => (w.size === 'chip' ? 8 : 9);

/** `thick`: how thick the wire is drawn; from afar it must still be one. */
function busMarks(w: PlacedWire, thick = BUS): Mark[] {
  const h = half(w);
  const marks: Mark[] = w.lines.flatMap((l) => stretches(l).flatMap((s) => hatched(s.from, l.y - h, s.to - s.from, h * 2, 'risk', 'riskTint', { r: h - 1, gap: 5 })));
  w.lines.forEach((l, i) => marks.push(line(i === 0 ? w.from : SPINE, l.y, w.to, l.y, w.empty ? 'drop' : 'ink', thick, w.empty ? { dash: [6, 4] } : {})));
  if (w.lines.length > 1) marks.push(line(SPINE, w.y, SPINE, w.lines.at(-1)!.y, 'ink', thick));
  if (w.wire.segment.internal) marks.push(line(w.from, w.y - 8, w.from, w.y + 8, 'ink', thick));
  return marks;
}

/** The bus's start on the trunk: a ring is a gateway, a square a parent device that the wire lies on. */
function startMarks(w: PlacedWire): Mark[] {
  if (w.wire.segment.internal) return [];
  const { driver } = w.wire.segment;
  if (w.wire.gateway !== '' && (driver === 'bridge' || driver === '')) return [circle(TRUNK, w.y, 6.5, { fill: 'ground', stroke: stroke('ink', 2) })];
  return [rect(TRUNK - 4, w.y - 4, 8, 8, { fill: 'ink' })];
}

export function wireItem(w: PlacedWire, order: number): Item {
  const s = w.wire.segment;
  const near: Mark[] = [];
  if (w.empty) near.push(text(w.to - 8, w.y - 8, 'no port yet', FACES.body, 'dim', 'end'));
  return {
    id: `bus:${s.id}`, role: 'bus', subject: { kind: 'segment', id: s.id, name: s.name }, members: w.wire.reach?.members ?? [],
    box: { x: w.from, y: w.y - 9, w: w.to - w.from, h: w.lines.at(-1)!.y - w.y + 18 }, layer: 1, label: s.name, detail: wireDetail(w.wire), state: w.wire.state, order,
    marks: [...busMarks(w), ...startMarks(w)], near, far: busMarks(w, BUS_FAR),
  };
}

/** The uplink's trunk through all gateways; around an internal segment it makes an arc. */
export function trunkItem(layout: Layout, uplink: Wiring['uplink']): Item | null {
  if (!layout.trunk) return null;
  const { from, to } = layout.trunk;
  const steps: PathStep[] = [['M', TRUNK, from]];
  for (const w of layout.wires) {
    if (!w.wire.segment.internal || w.y > to) continue;
    steps.push(['L', TRUNK, w.y - 8], ['C', TRUNK - 11, w.y - 8, TRUNK - 11, w.y + 8, TRUNK, w.y + 8]);
  }
  steps.push(['L', TRUNK, to]);
  const words = uplink === 'none' ? 'no uplink' : uplink ? [uplink.name, uplink.address].filter((x) => x !== '').join(', ') : 'uplink not read';
  return {
    id: 'trunk', role: 'note', subject: { kind: 'host', id: 'host', name: words }, members: [], box: { x: TRUNK - 8, y: from - 8, w: 120, h: 16 }, layer: 0,
    label: 'uplink of the host', detail: words, state: 'none', order: 0,
    marks: [path(steps, { stroke: stroke('drop', 1.4) }), rect(TRUNK - 4.5, from - 4.5, 9, 9, { fill: 'ink' }), text(TRUNK + 12, from + 4, words, FACES.mono, 'muted')], near: [], far: [path(steps, { stroke: stroke('drop', 4) })],
  };
}

function subnets(w: Wire): string {
  const [first, ...rest] = w.segment.subnets;
  return first === undefined ? '' : rest.length === 0 ? first : `${first} +${rest.length}`;
}

/** Name, subnet and device at the left, for a row of cards in three lines, for chips in two. */
export function leftItem(w: PlacedWire, order: number): Item {
  const s = w.wire.segment;
  const wide = LEFT - 24;
  const device = [w.wire.device === '' ? s.driver : w.wire.device, ...(s.driver !== 'bridge' ? [`${s.driver}${s.mode ? ` ${s.mode}` : ''}`] : []), ...(s.internal ? ['internal'] : [])].join(', ');
  const marks: Mark[] = [];
  const near: Mark[] = [];
  const gateway = s.internal ? 'no gateway' : w.wire.gateway === '' ? '' : 'gateway';
  if (isWhole(w.size)) {
    // A name that is long takes the place of the word beside the gateway's ring.
    const beside = gateway === '' ? wide : LEFT - 4 - textWidth(gateway, FACES.small) - 30;
    const fits = textWidth(s.name, FACES.name) <= beside;
    marks.push(cut(24, w.y - 11, s.name, fits ? beside : LEFT - 28, FACES.name));
    near.push(cut(24, w.y + 5, subnets(w.wire), wide - (s.internal ? 6 : 26), FACES.mono, 'muted'), cut(24, w.y + 20, device, wide, FACES.mono, 'muted'));
    if (gateway !== '' && fits) near.push(text(LEFT - 4, w.y - 11, gateway, FACES.small, 'muted', 'end'));
    if (!s.internal && w.wire.gateway !== '') near.push(text(LEFT - 4, w.y + 4, w.wire.gateway, FACES.mono, 'ink', 'end'));
  } else {
    // Beside its subnet a device is named where there is room for it, below where rows are apart, else by its tooltip.
    const room = wide - 10;
    const side = s.internal ? 'internal' : w.wire.device;
    const one = `${subnets(w.wire)} ${side}`.trim();
    const fits = textWidth(one, FACES.mono) <= room;
    marks.push(cut(24, w.y - 4, s.name, wide - 20, FACES.head));
    near.push(cut(24, w.y + 10, fits ? one : subnets(w.wire), room, FACES.mono, 'muted'));
    if (!fits && w.size === 'small') near.push(cut(24, w.y + 22, side, room, FACES.mono, 'muted'));
  }
  return {
    id: `gutter:${s.id}`, role: 'gutter', subject: { kind: 'segment', id: s.id, name: s.name }, members: [], box: { x: 24, y: w.y - 24, w: wide, h: 48 }, layer: 6,
    label: s.name, detail: wireDetail(w.wire), state: w.wire.state, order, marks, near,
  };
}

function counts(w: Wire): string {
  if (w.of === 0 && !w.gatewayReached) return '';
  if (w.state === 'unknown') return `? of ${w.of}`;
  return `${w.reached} of ${w.of}`;
}

/** `n of m`, reached by a spoofer, aligned so that the eye scans one line. */
export function rightItem(w: PlacedWire, order: number): Item {
  const { wire } = w;
  const end = RIGHT - 24;
  const strong = wire.state === 'risk';
  const also = alsoReached(wire);
  const words = counts(wire);
  const marks: Mark[] = [];
  const near: Mark[] = [];
  if (words !== '') {
    marks.push(
      ...stateSign(wire.state, end - Math.max(44, textWidth(words, FACES.name)) - 12, w.y, 5),
      ...(wire.alarm ? [eventBar(end - Math.max(44, textWidth(words, FACES.name)) - 24, w.y)] : []),
      text(end, w.y + 4.5, words, strong ? { ...FACES.name, size: 12.5 } : { ...FACES.summary, size: 12.5 }, strong ? 'risk' : 'muted', 'end'),
    );
    if (also !== '' && w.size !== 'chip') near.push(text(end, w.y + 20, also, FACES.body, 'muted', 'end'));
  }
  return {
    id: `count:${wire.segment.id}`, role: 'gutter', subject: { kind: 'segment', id: wire.segment.id, name: wire.segment.name }, members: [],
    box: { x: 0, y: w.y - (also === '' ? 10 : 24), w: RIGHT, h: also === '' ? 20 : 48 }, layer: 6, label: `${wire.segment.name}: reached by a spoofer`, detail: words === '' ? 'no port yet' : `${words}${also === '' ? '' : ` ${also}`}`,
    state: wire.state, order, marks, near,
  };
}
