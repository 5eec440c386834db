import { badge, cardBox, hullOutline, sheets } from '../../scene/forms.js';
import { hatched } from '../../scene/hatch.js';
import { FACES, cut, path, patched, rect, stroke, text } from '../../scene/kit.js';
import { textWidth } from '../../scene/measure.js';
import type { Mark } from '../../scene/marks.js';
import { arrow, prompt } from '../../scene/signs.js';
import type { Box, Edge, Item } from '../../scene/scene.js';
import { count, listOf } from '../../facts/units.js';
import { aloneBlock, levelBlock, NAMES, NAME_H, NAME_W, type Beside } from './alone.js';
import { chips } from './chips.js';
import { HOST_BADGE, type Hull, type Picture } from './model.js';
import { pack, spot } from './pack.js';
import { CARD_H, CARD_W, strip, type Card, type Run, type Strip } from './strip.js';

const TOP = 16;
const SIDE = 16;
const GAP = 20;
/** More sharers than this fold to one chip a set. */
const CARDS = 26;
/** From this height of a row on a card stands level with it. */
const LEVEL_ROW = 72;

export interface Drawn {
  readonly items: readonly Item[];
  readonly edges: readonly Edge[];
  readonly h: number;
}

/** `net of web`, `ipc of api and 2 others`. */
function hullWords(h: Hull, kind: string): string {
  return h.owner ? `${kind} of ${h.owner.name}` : `one ${kind}, ${h.members.size} in it`;
}

function cardItem(card: Card, at: { readonly x: number; readonly y: number }, picture: Picture, order: number): Item {
  const { party } = card;
  const box: Box = { x: at.x + card.x, y: at.y + card.y, w: CARD_W, h: CARD_H };
  const form = party.kind === 'process' ? 'dashed' : party.kind === 'group' ? 'double' : 'round';
  const many = card.many.length > 1;
  const entered = party.kind === 'process';
  const sub = many ? `${count(card.many.length)} alike` : entered ? `${party.name.slice(party.name.lastIndexOf(' ') + 1) === '' ? '' : `entered, pid ${party.name.replace(/^.* /, '')}`}` : party.about;
  const name = entered ? party.name.replace(/ .*$/, '') : party.name;
  const shared = picture.sharing.sets.filter((s) => s.members.includes(party.id) && !picture.sharing.ordinary.has(s.kind));
  const hosts = [...picture.sharing.hot].filter((k) => party.at[k] === 'host');
  const says = [hosts.length > 0 ? `in the host’s ${listOf(hosts)}` : '', ...shared.map((s) => `shares its ${s.kind} with ${listOf(s.members.filter((m) => m !== party.id).map((m) => nameOf(m, picture)))}`)].filter((x) => x !== '');
  return {
    id: `card:${party.id}`, role: many ? 'stack' : 'card', subject: many ? null : party.subject, members: card.many.map((p) => p.id), box, layer: 3,
    label: many ? `${party.name} and ${card.many.length - 1} alike` : party.name, detail: `${party.about}. ${says.join('; ')}`, state: hosts.length > 0 && !entered ? 'risk' : 'mind', order,
    marks: [...(many ? sheets(box) : []), ...cardBox(box, form)],
    near: [
      ...(entered ? prompt(box.x + 12, box.y + 19, 'ink', 3.6) : []),
      cut(box.x + (entered ? 32 : 12), box.y + 23, name, CARD_W - (entered ? 42 : 22), FACES.name),
      cut(box.x + 12, box.y + 41, many || entered || textWidth(sub, FACES.body) <= CARD_W - 22 ? sub : sub.slice(sub.lastIndexOf('/') + 1), CARD_W - 22, FACES.body, 'muted'),
    ],
  };
}

function nameOf(id: string, picture: Picture): string {
  return picture.sharing.parties.find((p) => p.id === id)?.name ?? id;
}

function hullItems(run: Run<Hull>, at: { readonly x: number; readonly y: number }, picture: Picture, order: number): Item[] {
  const n = run.of.kinds.length;
  return run.of.kinds.map((k, i): Item => {
    const box: Box = { x: at.x + run.x + 9 * i, y: at.y + run.y + 19 * i, w: run.w - 18 * i, h: run.h - 19 * i - 7 * i };
    const words = hullWords(run.of, k.kind);
    const label = cut(0, 0, words, box.w - 60, FACES.strong);
    const width = textWidth(label.text, FACES.strong);
    const x = box.x + 16;
    const marks: Mark[] = [
      path(hullOutline(box, 10, [x - 4, x + 26 + width]), { stroke: stroke(k.badge.token, 1.8) }),
      rect(x - 4, box.y - 8, 30 + width, 16, { fill: 'ground' }),
      ...badge(x, box.y - 8, k.badge.letter, k.badge.token, k.badge.tint),
      { ...label, x: x + 22, y: box.y + 4, fill: k.badge.token },
    ];
    return {
      id: `hull:${k.identity}:${run.from}`, role: 'hull', subject: null, members: [...run.of.members], box, layer: 1 + i / (n + 1),
      label: `${k.badge.letter}, ${words}`, detail: `One ${k.kind} namespace: ${listOf([...run.of.members].map((m) => nameOf(m, picture)), 8)}`, state: 'mind', order: order + i, marks, near: [],
    };
  });
}

/** What is written above cards that are in the same of the host's namespaces. */
function bayLabels(s: Strip, at: { readonly x: number; readonly y: number }, picture: Picture): Mark[] {
  const marks: Mark[] = [];
  let before = '';
  for (const card of s.cards) {
    const kinds = picture.bays.filter((b) => b.members.has(card.party.id)).flatMap((b) => b.kinds);
    const words = kinds.join(', ');
    if (words !== '' && words !== before) {
      const x = at.x + card.x;
      const long = `the host’s ${words}`;
      const fits = textWidth(long, FACES.strong) <= CARD_W - 24;
      marks.push(...badge(x, at.y + 13, HOST_BADGE.letter, HOST_BADGE.token, HOST_BADGE.tint));
      marks.push(...patched(cut(x + 22, at.y + 25, fits ? long : words, CARD_W - 24, FACES.strong, 'risk'), 'ground', 3));
    }
    before = words;
  }
  return marks;
}

function bayItems(s: Strip, at: { readonly x: number; readonly y: number }, picture: Picture, order: number): Item[] {
  const labels = bayLabels(s, at, picture);
  return s.bays.map((run, i): Item => {
    const box: Box = { x: at.x + run.x, y: at.y, w: run.w, h: run.h };
    const last = i === s.bays.length - 1;
    const r = 8;
    return {
      id: `bay:${run.of.kinds.join('+')}:${run.from}`, role: 'hull', subject: { kind: 'host', id: 'host', name: picture.host.name }, members: [...run.of.members], box, layer: 0,
      label: `the host’s ${listOf(run.of.kinds)}`, detail: `In it: ${listOf([...run.of.members].map((m) => nameOf(m, picture)), 8)}`, state: 'risk', order: order + i,
      marks: [
        ...hatched(box.x, box.y, box.w, box.h, 'risk', null, { angle: i % 2 === 0 ? -52 : 52, opacity: 0.34, gap: 6, r }),
        path([['M', box.x + box.w, box.y], ['A', box.x + box.w - r, box.y + box.h - r, r, 0, Math.PI / 2], ['A', box.x + r, box.y + box.h - r, r, Math.PI / 2, Math.PI], ['L', box.x, box.y]], { stroke: stroke('risk', 1.6) }),
        ...(last ? labels : []),
      ],
      near: [],
    };
  });
}

function arrows(s: Strip, at: { readonly x: number; readonly y: number }): Edge[] {
  const edges: Edge[] = [];
  for (const card of s.cards) {
    for (const into of card.party.entered) {
      const target = s.cards.find((c) => c.many.some((p) => p.id === into));
      if (!target) continue;
      const right = target.x > card.x;
      const y = at.y + card.y + CARD_H / 2;
      const beside = Math.abs(target.x - card.x) < CARD_W * 2;
      const from = at.x + (right ? card.x + CARD_W : card.x);
      const to = at.x + (right ? target.x - 5 : target.x + CARD_W + 5);
      edges.push({ id: `entered:${card.party.id}:${into}`, from: `card:${card.party.id}`, to: `card:${target.party.id}`, kind: 'entered', label: 'entered', marks: beside ? arrow(from, y, to, y, 'ink', 1.4) : [], layer: 4 });
    }
  }
  return edges;
}

function sharesEdges(picture: Picture): Edge[] {
  return picture.hulls.flatMap((h) => {
    const members = [...h.members];
    const hub = h.owner && h.members.has(h.owner.id) ? h.owner.id : (members[0] as string);
    const kinds = h.kinds.map((k) => k.kind).join(', ');
    return members.filter((m) => m !== hub && !m.startsWith('process:')).map((m): Edge => ({ id: `shares:${hub}:${m}:${kinds}`, from: `card:${hub}`, to: `card:${m}`, kind: 'shares', label: kinds, marks: [], layer: 0 }));
  });
}

/** Those who are the host's by design, by name. */
function looseNote(picture: Picture, x: number, y: number, w: number): Item {
  const words = `The host’s in most, as they are meant to be: ${listOf(picture.loose.map((p) => p.name), 8)}`;
  return { id: 'note:loose', role: 'note', subject: null, members: picture.loose.map((p) => p.id), box: { x, y, w, h: 18 }, layer: 2, label: words, detail: '', state: 'none', order: 0, marks: [], near: [cut(x, y + 13, words, w, FACES.body, 'muted')] };
}

/** The host as the outer hull, only what is shared in it. */
export function hulls(picture: Picture, x: number, y: number, w: number, order: number, beside: Beside | null = null): Drawn {
  const least = beside === null ? 0 : beside.head + beside.rows * beside.row;
  const inner = w - SIDE * 2;
  const folded = picture.sharers.reduce((sum, c) => sum + c.length, 0) > CARDS;
  const chipped = folded ? chips(picture, x + SIDE, y + TOP + 4, inner, order + 1) : { items: [], h: 0 };
  const strips = folded ? [] : picture.sharers.map((c) => strip(c, picture, inner));
  const hung = strips.some((s) => s.bays.length > 0);
  const taken: readonly Box[] = chipped.h > 0 ? [{ x: 0, y: 0, w: inner, h: TOP + chipped.h }] : [];
  const boxes = folded ? taken : pack(strips.map((s) => ({ w: s.w, h: s.h + (s.bays.length > 0 ? 0 : TOP) })), inner, GAP);
  const items: Item[] = [...chipped.items];
  const edges: Edge[] = folded ? [] : [...sharesEdges(picture)];
  let at = order + 1;
  strips.forEach((s, i) => {
    const box = boxes[i] as Box;
    const origin = { x: x + SIDE + box.x, y: y + box.y + (s.bays.length > 0 ? 0 : TOP) };
    items.push(...bayItems(s, origin, picture, at));
    for (const run of s.hulls) items.push(...hullItems(run, origin, picture, (at += 10)));
    for (const card of s.cards) items.push(cardItem(card, origin, picture, (at += 1)));
    if (s.more.length > 0) {
      items.push({
        id: `note:more:${i}`, role: 'note', subject: null, members: s.more.map((p) => p.id), box: { x: origin.x, y: origin.y + s.h - 14, w: s.w, h: 14 }, layer: 4, label: `and ${s.more.length} more`, detail: listOf(s.more.map((p) => p.name), 12), state: 'mind', order: (at += 1),
        marks: [], near: patched(text(origin.x + s.w - 12, origin.y + s.h - 5, `and ${count(s.more.length)} more, see the matrix`, FACES.body, 'muted', 'end')),
      });
    }
    edges.push(...arrows(s, origin));
    at += 10;
  });
  const named = picture.alone.length <= NAMES;
  const sizes = [7, 6, 5, 4, 3, 2].map((n) => n * NAME_W).filter((n) => n <= inner);
  const foot = boxes.reduce((low, b) => Math.max(low, b.y + b.h), 0);
  let best = { x: 0, y: foot + GAP, w: inner, total: Infinity };
  for (const size of picture.alone.length === 0 ? [] : named ? [inner, ...sizes] : [340]) {
    const h = named ? 26 + Math.ceil(picture.alone.length / Math.max(1, Math.floor(size / NAME_W))) * NAME_H : 22;
    const free = spot({ w: size, h: h + TOP }, boxes, inner, GAP);
    // Where it costs little, the names stay at the left.
    const total = Math.max(foot, free.y + TOP + h) + free.x * 0.04;
    if (total < best.total) best = { ...free, y: free.y + TOP, w: size, total };
  }
  // Few stand as cards in what a hull that has a height of its own leaves free.
  const level = beside !== null && beside.row >= LEVEL_ROW && picture.sharers.length === 0 && picture.loose.length === 0 && beside.rows === picture.alone.length + 1;
  const block = level
    ? levelBlock(picture, x + SIDE + 8, y + beside.head, w - SIDE * 2 - 16, at + 1, beside)
    : aloneBlock(picture, x + SIDE + best.x + 8, y + Math.max(best.y, TOP), best.w - 8, at + 1, named, least > 0 && best.x === 0 ? least - foot - TOP - 30 : 0);
  items.push(...block.items);
  const looseY = Math.max(foot, block.items.length > 0 ? best.y + block.h : TOP);
  if (picture.loose.length > 0) items.push(looseNote(picture, x + SIDE + 8, y + looseY + 4, inner - 8));
  const h = Math.max(picture.loose.length > 0 ? looseY + 22 : 0, foot, block.items.length > 0 ? (level ? 0 : best.y) + block.h : 0, 40, least - 14) + 14;
  const bayRight = strips.reduce((right, s, i) => (s.bays.length > 0 ? Math.max(right, (boxes[i] as Box).x + s.bays.reduce((r, b) => Math.max(r, b.x + b.w), 0)) : right), 0);
  const words = `${picture.host.name}, the host`;
  const name = cut(0, 0, words, w - 60, FACES.name);
  const nameW = textWidth(name.text, FACES.name);
  const labelX = hung ? Math.min(SIDE + bayRight + 18, Math.max(18, w - 30 - nameW)) : 20;
  items.unshift({
    id: 'host', role: 'hull', subject: picture.host.subject, members: [], box: { x, y, w, h }, layer: -1, label: words, detail: 'The outer hull: everything in it shares one kernel.', state: 'none', order,
    marks: [path(hullOutline({ x, y, w, h }, 10, [x + labelX - 6, x + labelX + nameW + 6]), { stroke: stroke('ink', 2) })], near: [],
  });
  // Its name lies upon the bays, where they leave no room beside them.
  items.push({
    id: 'host:name', role: 'legend', subject: picture.host.subject, members: [], box: { x: x + labelX - 6, y: y - 8, w: nameW + 12, h: 16 }, layer: 4, label: words, detail: '', state: 'none', order,
    marks: [rect(x + labelX - 6, y - 8, nameW + 12, 16, { fill: 'ground' }), { ...name, x: x + labelX, y: y + 4 }], near: [],
  });
  return { items: items.map((item, i) => ({ ...item, order: order + i })), edges, h };
}

