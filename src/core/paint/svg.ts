import { hatchSteps, isHatch } from '../scene/hatch.js';
import type { Mark, PathMark, PathStep, RectMark, Stroke, TextMark } from '../scene/marks.js';
import { legible } from '../scene/legible.js';
import { plain, textWidth } from '../scene/measure.js';
import { isItem, paintOrder } from '../scene/order.js';
import type { Item, Scene } from '../scene/scene.js';
import { THEMES, stale, type Palette, type ThemeName } from '../scene/theme.js';
import { pageOf, type Page } from './page.js';
import { el, escapeXml, type Attributes } from './xml.js';

export interface SvgOptions {
  readonly theme: ThemeName;
  /** Pixels per user unit of the outermost width and height; the drawing itself stays the same. */
  readonly scale?: number;
  /** Marks above the scene, in world coordinates: selection and hover. */
  readonly overlay?: readonly Mark[];
  /** CSS (`@font-face` with data URLs) to embed, so that the file looks the same where the fonts are not installed. */
  readonly fontCss?: string;
  readonly heading?: boolean;
  readonly stamp?: string;
  /** Without colours: the picture is not of now. */
  readonly stale?: boolean;
  /** Whether each text says how wide it is, so that a reader without the fonts fits its own into the same place. */
  readonly fitText?: boolean;
  /** Signs that the reader is known to lack: they become boxes with their number. */
  readonly missing?: ReadonlySet<number>;
}

const SANS = "'IBM Plex Sans', 'Segoe UI', system-ui, sans-serif";
const MONO = "'IBM Plex Mono', ui-monospace, Consolas, monospace";
const FULL = Math.PI * 2 - 1e-6;

const n = (v: number): string => String(Math.round(v * 100) / 100);

/** Path data; arcs go clockwise, as on a canvas, and are joined to what was before by a line. */
export function pathData(d: readonly PathStep[]): string {
  let out = '';
  for (const [i, s] of d.entries()) {
    switch (s[0]) {
      case 'M': out += `M${n(s[1])} ${n(s[2])}`; break;
      case 'L': out += `L${n(s[1])} ${n(s[2])}`; break;
      case 'C': out += `C${n(s[1])} ${n(s[2])} ${n(s[3])} ${n(s[4])} ${n(s[5])} ${n(s[6])}`; break;
      case 'Z': out += 'Z'; break;
      case 'A': {
        const [, cx, cy, r, from, to] = s;
        const at = (a: number) => `${n(cx + r * Math.cos(a))} ${n(cy + r * Math.sin(a))}`;
        const sweep = to >= from ? to - from : to - from + Math.PI * 2 * Math.ceil((from - to) / (Math.PI * 2));
        const joined = i > 0 && d[i - 1]![0] !== 'Z';
        out += `${joined ? 'L' : 'M'}${at(from)}`;
        if (sweep >= FULL) out += `A${n(r)} ${n(r)} 0 1 1 ${at(from + Math.PI)}A${n(r)} ${n(r)} 0 1 1 ${at(from)}`;
        else out += `A${n(r)} ${n(r)} 0 ${sweep > Math.PI ? 1 : 0} 1 ${at(from + sweep)}`;
        break;
      }
    }
  }
  return out;
}

class Painter {
  private clips = 0;
  private readonly defs: string[] = [];

  constructor(private readonly palette: Palette, private readonly fitText: boolean, private readonly missing: ReadonlySet<number>) {}

  definitions(): string {
    return this.defs.length === 0 ? '' : el('defs', {}, this.defs);
  }

  marks(marks: readonly Mark[]): string {
    let out = '';
    for (const m of marks) out += this.mark(m);
    return out;
  }

  private mark(m: Mark): string {
    switch (m.kind) {
      case 'rect': return this.rect(m);
      case 'path': return this.path(m);
      case 'text': return this.lacks(m.text) ? this.marks(legible(m, this.missing)) : this.text(m);
      case 'clip': {
        const id = `clip${(this.clips += 1)}`;
        this.defs.push(el('clipPath', { id }, el('rect', { x: m.x, y: m.y, width: m.w, height: m.h })));
        return el('g', { 'clip-path': `url(#${id})` }, this.marks(m.children));
      }
    }
  }

  /** What is drawn of a sign that is missing is Latin, so this ends. */
  private lacks(text: string): boolean {
    if (this.missing.size > 0) for (const c of text) if (this.missing.has(c.codePointAt(0) ?? 0)) return true;
    return false;
  }

  private stroke(s: Stroke | undefined): Attributes {
    if (!s) return {};
    return { stroke: this.palette[s.token], 'stroke-width': s.width, 'stroke-dasharray': s.dash?.join(' '), 'stroke-linecap': s.cap === 'round' ? 'round' : undefined };
  }

  private rect(m: RectMark): string {
    const box = { x: m.x, y: m.y, width: m.w, height: m.h, rx: m.r === undefined ? undefined : Math.min(m.r, m.w / 2, m.h / 2), opacity: m.opacity };
    if (!isHatch(m.fill)) return el('rect', { ...box, fill: m.fill ? this.palette[m.fill] : 'none', ...this.stroke(m.stroke) });
    const lines = el('path', { d: pathData(hatchSteps(m, m.fill)), fill: 'none', stroke: this.palette[m.fill.hatch], 'stroke-width': m.fill.width, opacity: m.opacity });
    return m.stroke ? lines + el('rect', { ...box, fill: 'none', ...this.stroke(m.stroke) }) : lines;
  }

  private path(m: PathMark): string {
    const fill = m.fill === undefined || isHatch(m.fill) ? 'none' : this.palette[m.fill];
    return el('path', { d: pathData(m.d), fill, ...this.stroke(m.stroke), 'stroke-linejoin': m.stroke ? 'round' : undefined, opacity: m.opacity });
  }

  private text(m: TextMark): string {
    const title = m.full === undefined ? '' : el('title', {}, escapeXml(m.full));
    return el(
      'text',
      {
        x: m.x,
        y: m.y,
        'font-size': m.size,
        'font-weight': m.weight === 400 ? undefined : m.weight,
        'font-family': m.family === 'mono' ? MONO : undefined,
        'text-anchor': m.anchor === 'start' ? undefined : m.anchor,
        fill: this.palette[m.fill],
        opacity: m.opacity,
        ...(this.fitText && m.text.length > 1 ? { textLength: n(textWidth(m.text, m)), lengthAdjust: 'spacingAndGlyphs' } : {}),
      },
      escapeXml(m.text) + title,
    );
  }
}

/** What a pointer or a screen reader is told about an item. */
function caption(item: Item): string {
  return plain(item.detail === '' ? item.label : `${item.label}: ${item.detail}`);
}

function body(scene: Scene, page: Page, painter: Painter, overlay: readonly Mark[]): string {
  const group = (x: number, y: number, inner: string) => (inner === '' ? '' : el('g', { transform: `translate(${n(x)} ${n(y)})` }, inner));
  const item = (i: Item) => {
    const drawn = painter.marks(i.marks) + painter.marks(i.near);
    return drawn === '' ? '' : el('g', {}, el('title', {}, escapeXml(caption(i))) + drawn);
  };
  const world = paintOrder(scene).map((x) => (isItem(x) ? item(x) : painter.marks(x.marks))).join('\n');
  const { left, right } = scene.gutters;
  return [
    painter.marks(page.heading),
    group(page.world.x, page.head, (scene.head?.items ?? []).map(item).join('\n')),
    group(page.world.x, page.world.y, world + painter.marks(overlay)),
    group(0, page.world.y, left.map(item).join('\n')),
    group(page.right, page.world.y, right.map(item).join('\n')),
    painter.marks(page.legend),
  ].filter((s) => s !== '').join('\n');
}

/** Some marks as a group of their own. */
export function marksSvg(marks: readonly Mark[], theme: ThemeName): string {
  const painter = new Painter(THEMES[theme], true, new Set());
  const drawn = painter.marks(marks);
  return el('g', { 'font-family': SANS }, painter.definitions() + drawn);
}

/**
 * A whole scene as one SVG file: heading, picture, legend, in one palette. Deterministic: the same scene gives the same bytes.
 * Real text in real fonts; signs, hatches and lines are plain paths, so that every reader draws the same.
 */
export function toSvg(scene: Scene, options: SvgOptions): string {
  const palette = options.stale === true ? stale(THEMES[options.theme]) : THEMES[options.theme];
  const page = pageOf(scene, { ...(options.heading === undefined ? {} : { heading: options.heading }), ...(options.stamp === undefined ? {} : { stamp: options.stamp }) });
  const scale = options.scale ?? 1;
  const painter = new Painter(palette, options.fitText === true, options.missing ?? new Set());
  const drawn = body(scene, page, painter, options.overlay ?? []);
  const root = el(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: n(page.width * scale),
      height: n(page.height * scale),
      viewBox: `0 0 ${page.width} ${page.height}`,
      role: 'img',
      'aria-labelledby': 'title desc',
      'font-family': SANS,
    },
    [
      el('title', { id: 'title' }, escapeXml(plain(scene.title))),
      el('desc', { id: 'desc' }, escapeXml(plain(scene.summary))),
      options.fontCss ? el('style', {}, escapeXml(options.fontCss)) : '',
      painter.definitions(),
      el('rect', { width: page.width, height: page.height, fill: palette.ground }),
      '\n',
      drawn,
      '\n',
    ],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}
