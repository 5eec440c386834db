import { badge } from '../../scene/forms.js';
import { hatched } from '../../scene/hatch.js';
import { FACES, cut, rect, stroke, text } from '../../scene/kit.js';
import { textWidth } from '../../scene/measure.js';
import type { Mark } from '../../scene/marks.js';
import type { Item } from '../../scene/scene.js';
import { count, listOf } from '../../facts/units.js';
import { HOST_BADGE, type Badge, type Picture } from './model.js';

const H = 26;
const GAP = 10;
const LONGEST = 190;

interface Chip {
  readonly id: string;
  readonly badges: readonly Badge[];
  readonly words: string;
  readonly members: readonly string[];
  readonly hosts: boolean;
}

function chipsOf(picture: Picture): readonly Chip[] {
  return [
    ...picture.bays.map((b): Chip => ({ id: `bay:${b.kinds.join('+')}`, badges: [HOST_BADGE], words: `the host’s ${b.kinds.join(', ')}`, members: [...b.members], hosts: true })),
    ...picture.hulls.map((h): Chip => ({
      id: `hull:${h.kinds[0]?.identity ?? ''}`, badges: h.kinds.map((k) => k.badge), words: `${h.kinds.map((k) => k.kind).join(', ')} of ${h.owner?.name ?? `${h.members.size}`}`, members: [...h.members], hosts: false,
    })),
  ];
}

/** One chip for each shared set, in rows: what hulls fold to where there are many. */
export function chips(picture: Picture, x: number, y: number, w: number, order: number): { readonly items: readonly Item[]; readonly h: number } {
  const names = new Map(picture.sharing.parties.map((p) => [p.id, p.name]));
  const items: Item[] = [];
  let [cx, cy] = [x, y];
  for (const chip of chipsOf(picture)) {
    const label = cut(0, 0, chip.words, LONGEST, FACES.strong);
    const many = `×${count(chip.members.length)}`;
    const badgesW = chip.badges.length * 19;
    const width = 8 + badgesW + 4 + textWidth(label.text, FACES.strong) + 8 + textWidth(many, FACES.mono) + 9;
    if (cx > x && cx + width > x + w) [cx, cy] = [x, cy + H + GAP];
    const first = chip.badges[0] as Badge;
    const marks: Mark[] = [
      ...(chip.hosts ? hatched(cx, cy, width, H, 'risk', 'riskTint', { r: 6, opacity: 0.3 }) : [rect(cx, cy, width, H, { r: 6, fill: 'raised' })]),
      rect(cx, cy, width, H, { r: 6, stroke: stroke(first.token, 1.5) }),
    ];
    const tx = cx + 8 + badgesW + 4;
    const near: Mark[] = [
      ...chip.badges.flatMap((b, i) => badge(cx + 7 + i * 19, cy + 5, b.letter, b.token, b.tint)),
      ...(chip.hosts ? [rect(tx - 3, cy + 5, width - (tx - cx) - 3, H - 10, { fill: 'riskTint' })] : []),
      { ...label, x: tx, y: cy + 17, fill: first.token },
      text(tx + textWidth(label.text, FACES.strong) + 8, cy + 17, many, FACES.mono, 'muted'),
    ];
    items.push({
      id: chip.id, role: 'hull', subject: null, members: chip.members, box: { x: cx, y: cy, w: width, h: H }, layer: 2, label: chip.words,
      detail: `In it: ${listOf(chip.members.map((m) => names.get(m) ?? m), 8)}`, state: chip.hosts ? 'risk' : 'mind', order: (order += 1), marks, near,
    });
    cx += width + GAP;
  }
  return { items, h: items.length === 0 ? 0 : cy + H - y };
}
