import { bytes, bytesOf, plural } from '../../facts/units.js';
import { valueOf, type Workload } from '../../model/index.js';
import { cardBox, meter, sheets } from '../../scene/forms.js';
import { FACES, cut, text } from '../../scene/kit.js';
import type { Mark, Token } from '../../scene/marks.js';
import { textWidth } from '../../scene/measure.js';
import { enteredBox, eventBar, notEqual, stateSign } from '../../scene/signs.js';
import type { Box } from '../../scene/scene.js';
import type { Size } from './metrics.js';
import { imageName, type Card } from './stations.js';

/** What a card is drawn of: always, and only when near. */
export interface Drawn {
  readonly marks: Mark[];
  readonly near: Mark[];
}

function edge(card: Card): { readonly token: Token; readonly width: number } {
  return card.state === 'risk' ? { token: 'risk', width: 1.3 } : { token: 'line', width: 1 };
}

function ink(card: Card): Token {
  return card.state === 'risk' ? 'risk' : card.state === 'mind' ? 'warn' : 'muted';
}

function formOf(w: Workload): 'round' | 'double' {
  return w.kind === 'group' ? 'double' : 'round';
}

function subtitle(w: Workload, width: number): string {
  if (w.kind === 'group') return w.runtime;
  const state = w.state === 'running' ? '' : `${w.state}, `;
  return state + (textWidth(state + w.image, FACES.body) <= width ? w.image : imageName(w.image));
}

function bar(w: Workload, x: number, y: number, width: number): Mark[] {
  const usage = valueOf(w.cgroup.memory.usage);
  const limit = valueOf(w.cgroup.memory.limit);
  if (usage === undefined || limit === undefined) return [];
  return limit === 'max' ? meter(x, y, width, null, usage / (1024 * 1024 * 1024)) : meter(x, y, width, usage / Math.max(1, limit));
}

function isFull(w: Workload): boolean {
  const usage = valueOf(w.cgroup.memory.usage);
  const limit = valueOf(w.cgroup.memory.limit);
  return usage !== undefined && typeof limit === 'number' && usage / Math.max(1, limit) > 0.88;
}

/** Memory: the share of what it may use; null without a limit; nothing where its use is unknown. */
function memory(w: Workload, x: number, y: number, width: number): Mark[] {
  const usage = valueOf(w.cgroup.memory.usage);
  const limit = valueOf(w.cgroup.memory.limit);
  if (usage === undefined || limit === undefined) return [];
  if (!isFull(w) || limit === 'max') return bar(w, x, y, width);
  const share = usage / Math.max(1, limit);
  return [...bar(w, x, y, width - 30), text(x + width, y + 6, `${Math.round(share * 100)} %`, FACES.monoStrong, 'risk', 'end')];
}

/** Signs at the upper right, from right to left: the verdict, an alarm. */
function signs(card: Card, right: number, y: number): { readonly marks: Mark[]; readonly width: number } {
  const marks: Mark[] = stateSign(card.state, right - 6, y);
  let width = marks.length > 0 ? 16 : 0;
  if (card.parties.some((p) => p.alarm === 'now')) {
    marks.push(eventBar(right - width - 4, y));
    width += 10;
  } else if (card.parties.some((p) => p.alarm === 'was')) {
    marks.push(eventBar(right - width - 4, y, 'drop'));
    width += 10;
  }
  return { marks, width };
}

function full(card: Card, box: Box): Drawn {
  const [p] = card.parties;
  const w = p!.workload;
  const { x, y } = box;
  // A card that was made narrower keeps its words, at the cost of its margins.
  const pad = box.w < 130 ? 8 : 11;
  const inner = box.w - pad * 2;
  const e = edge(card);
  const sign = signs(card, x + box.w - pad + 3, y + 16);
  const many = card.parties.length > 1;
  const marks: Mark[] = [
    ...(!many ? [] : sheets(box, e.token)),
    ...cardBox(box, formOf(w), e.token, e.width),
    cut(x + pad, y + 20, `${card.name} ${card.count}`.trimEnd(), inner - sign.width + (pad < 11 ? 2 : 6), FACES.name),
    ...sign.marks,
  ];
  const near: Mark[] = [cut(x + pad, y + 35, subtitle(w, inner), inner, FACES.body, 'muted')];
  let room = inner;
  const [intruder] = w.intruders;
  if (intruder) {
    const entered = enteredBox(0, 0, intruder.comm);
    const at = x + box.w - pad + 1 - entered.width;
    near.push(...enteredBox(at, y + 47.5, intruder.comm).marks);
    room -= entered.width + 4;
  }
  let at = x + pad;
  if (p!.drifted) {
    near.push(...notEqual(at + 5.5, y + 47.5));
    at += 16;
    room -= 16;
  }
  if (card.right !== '' && room > 20) near.push(cut(at, y + 51, card.right, room, card.state === 'risk' ? FACES.monoStrong : FACES.mono, ink(card)));
  near.push(...memory(w, x + pad, y + 58.5, inner));
  return { marks, near };
}

/** What there is room for where there are few: who runs in it, how many processes, what it publishes. */
function facts(w: Workload): string {
  const uid = w.process === null ? undefined : valueOf(w.process.uid);
  const count = valueOf(w.processCount);
  const [port, ...more] = w.kind === 'container' ? w.declared.ports : [];
  return [
    uid === undefined ? '' : uid === 0 ? 'root' : `uid ${uid}`,
    count === undefined ? '' : plural(count, 'process', 'processes'),
    port === undefined ? '' : `publishes ${port}${more.length > 0 ? ` and ${more.length} more` : ''}`,
  ].filter((x) => x !== '').join(', ');
}

/** Use of its limit in words, right of a meter. */
function used(w: Workload): string {
  const usage = valueOf(w.cgroup.memory.usage);
  const limit = valueOf(w.cgroup.memory.limit);
  if (usage === undefined || limit === undefined) return '';
  return limit === 'max' ? `${bytes(usage)}, no limit` : bytesOf(usage, limit);
}

const LARGE = { name: { ...FACES.name, size: 15 }, body: { ...FACES.body, size: 12 }, mono: { ...FACES.mono, size: 11.5 }, strong: { ...FACES.monoStrong, size: 11.5 } } as const;

function large(card: Card, box: Box): Drawn {
  const [p] = card.parties;
  const w = p!.workload;
  const { x, y } = box;
  const inner = box.w - 28;
  const e = edge(card);
  const sign = signs(card, x + box.w - 11, y + 20);
  const marks: Mark[] = [
    ...(card.parties.length > 1 ? sheets(box, e.token) : []),
    ...cardBox(box, formOf(w), e.token, e.width),
    cut(x + 14, y + 25, `${card.name} ${card.count}`.trimEnd(), inner - sign.width + 4, LARGE.name),
    ...sign.marks,
  ];
  const near: Mark[] = [cut(x + 14, y + 43, subtitle(w, inner), inner, LARGE.body, 'muted')];
  const [intruder] = w.intruders;
  let room = inner;
  if (intruder) {
    const entered = enteredBox(0, 0, intruder.comm);
    near.push(...enteredBox(x + box.w - 13 - entered.width, y + 58.5, intruder.comm).marks);
    room -= entered.width + 4;
  }
  let at = x + 14;
  if (p!.drifted) {
    near.push(...notEqual(at + 5.5, y + 58.5));
    at += 16;
    room -= 16;
  }
  if (card.right !== '' && room > 24) near.push(cut(at, y + 62, card.right, room, card.state === 'risk' ? LARGE.strong : LARGE.mono, ink(card)));
  near.push(cut(x + 14, y + 79, facts(w), inner, FACES.body, 'muted'));
  const words = used(w);
  const share = textWidth(words, FACES.mono);
  near.push(...bar(w, x + 14, y + 93, inner - share - 10));
  if (words !== '') near.push(text(x + box.w - 14, y + 98.5, words, FACES.mono, isFull(w) ? 'risk' : 'ink', 'end'));
  return { marks, near };
}

function small(card: Card, box: Box, addresses: string): Drawn {
  const [p] = card.parties;
  const { x, y } = box;
  const e = edge(card);
  const many = card.parties.length > 1;
  const sign = signs(card, x + box.w - 5, y + 15);
  const room = box.w - 14 - sign.width;
  const face = textWidth(card.name, FACES.name) <= room ? FACES.name : { ...FACES.name, size: 11 };
  return {
    marks: [
      ...(many ? sheets(box, e.token) : []),
      ...cardBox(box, formOf(p!.workload), e.token, e.width),
      cut(x + 8, y + 19, card.name, room, face),
      ...sign.marks,
    ],
    near: [cut(x + 8, y + 35, `${card.count}  ${addresses}`.trim(), box.w - 16, FACES.mono, 'muted')],
  };
}

function chip(card: Card, box: Box): Drawn {
  const [p] = card.parties;
  const { x, y } = box;
  const e = edge(card);
  const many = card.parties.length > 1;
  const told = card.state === 'risk' || card.state === 'mind' || card.state === 'unknown';
  const taken = (told ? 15 : 0) + (card.count === '' ? 0 : textWidth(card.count, FACES.mono) + 6);
  const marks: Mark[] = [...(many ? sheets(box, e.token) : []), ...cardBox(box, formOf(p!.workload), e.token, e.width)];
  if (told) marks.push(...stateSign(card.state, x + 14, y + 10, 4.5));
  marks.push(cut(x + 10 + (told ? 13 : 0), y + 14, card.name, box.w - 18 - taken, FACES.strong));
  if (card.parties.some((q) => q.alarm === 'now')) marks.push(eventBar(x + 3, y + 10));
  return { marks, near: card.count === '' ? [] : [text(x + box.w - 9, y + 13.5, card.count, FACES.mono, 'muted', 'end')] };
}

/** A card in the size of its row. `addresses`: for the small one, where the drop has no room to name them. */
export function drawCard(card: Card, box: Box, size: Size, addresses: string): Drawn {
  switch (size) {
    case 'large': return large(card, box);
    case 'card': return full(card, box);
    case 'small': return small(card, box, addresses);
    case 'chip': return chip(card, box);
  }
}
