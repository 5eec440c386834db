import type PDFKit from 'pdfkit';
import { pathData } from '../core/paint/svg.js';
import { pageOf } from '../core/paint/page.js';
import { hatchSteps, isHatch } from '../core/scene/hatch.js';
import type { Mark, RectMark, Stroke, TextMark } from '../core/scene/marks.js';
import { foreignIn, legible, startOf } from '../core/scene/legible.js';
import { textWidth } from '../core/scene/measure.js';
import { isItem, paintOrder } from '../core/scene/order.js';
import { THEMES, type Palette } from '../core/scene/theme.js';
import type { Sheet } from '../core/export/sheet.js';
import { oneLine } from '../core/export/sheet.js';
import { NO_FALLBACK, runsOf, type Fallback } from './fallback.js';
import { fontFile, type FontKey } from './fonts.js';

export type PageSize = 'a4' | 'a3' | 'letter' | 'fit';
type Doc = InstanceType<typeof PDFKit>;

const MARGIN = 28;
const TITLE_BLOCK = 44;
const SIZES = { a4: [595.28, 841.89], a3: [841.89, 1190.55], letter: [612, 792] } as const;

const fallbackKey = (file: string): string => `more:${file}`;
const fontKey = (t: Pick<TextMark, 'family' | 'weight'>): FontKey => `${t.family}${t.weight}`;

class Painter {
  constructor(private readonly doc: Doc, private readonly palette: Palette, private readonly fonts: Fallback) {}

  marks(marks: readonly Mark[]): void {
    for (const m of marks) this.#mark(m);
  }

  #mark(m: Mark): void {
    const { doc, palette } = this;
    if (m.kind === 'clip') {
      doc.save().rect(m.x, m.y, m.w, m.h).clip();
      this.marks(m.children);
      doc.restore();
      return;
    }
    doc.save();
    if (m.opacity !== undefined) doc.opacity(m.opacity);
    if (m.kind === 'text') this.#text(m);
    else if (m.kind === 'rect') this.#rect(m);
    else {
      const fill = m.fill !== undefined && !isHatch(m.fill) ? palette[m.fill] : null;
      const data = pathData(m.d);
      if (data !== '') {
        doc.path(data);
        this.#ink(fill, m.stroke);
      }
    }
    doc.restore();
  }

  #ink(fill: string | null, stroke: Stroke | undefined): void {
    const { doc } = this;
    if (stroke) {
      doc.lineWidth(stroke.width).lineJoin('round').lineCap(stroke.cap ?? 'butt');
      if (stroke.dash && stroke.dash.length > 0 && stroke.dash.some((d) => d > 0)) doc.dash(stroke.dash[0] ?? 1, { space: stroke.dash[1] ?? stroke.dash[0] ?? 1 });
    }
    if (fill !== null && stroke) doc.fillAndStroke(fill, this.palette[stroke.token]);
    else if (fill !== null) doc.fill(fill);
    else if (stroke) doc.stroke(this.palette[stroke.token]);
  }

  #rect(m: RectMark): void {
    const { doc, palette } = this;
    const outline = (): void => {
      const r = Math.min(m.r ?? 0, m.w / 2, m.h / 2);
      if (r > 0) doc.roundedRect(m.x, m.y, m.w, m.h, r);
      else doc.rect(m.x, m.y, m.w, m.h);
    };
    if (isHatch(m.fill)) {
      const lines = pathData(hatchSteps(m, m.fill));
      if (lines !== '') doc.path(lines).lineWidth(m.fill.width).stroke(palette[m.fill.hatch]);
      if (m.stroke) {
        outline();
        this.#ink(null, m.stroke);
      }
      return;
    }
    if (m.fill === undefined && !m.stroke) return;
    outline();
    this.#ink(m.fill === undefined ? null : palette[m.fill], m.stroke);
  }

  #text(m: TextMark): void {
    const { doc, fonts } = this;
    const foreign = foreignIn(m.text);
    if ([...foreign].some((code) => fonts.missing.has(code))) return this.marks(legible(m, fonts.missing));
    let x = startOf(m);
    for (const { text, file } of foreign.size === 0 ? [{ text: m.text, file: null }] : runsOf(m.text, fonts)) {
      doc.font(file === null ? fontKey(m) : fallbackKey(file)).fontSize(m.size).fillColor(this.palette[m.fill]).text(text, x, m.y, { lineBreak: false, baseline: 'alphabetic' });
      x += textWidth(text, m);
    }
  }
}

/**
 * A PDF page of the whole scene: vectors, real text in embedded fonts (`fonts`: those of this machine for signs that the bundled ones lack), and a title block. `fit`: the page is as large as the
 * picture; else the picture is turned and made smaller until it fits. Dates are the snapshot's, so the same one gives the same bytes.
 */
export async function toPdf(sheet: Sheet, size: PageSize, fonts: Fallback = NO_FALLBACK): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit');
  const { scene, snapshot } = sheet;
  const palette = THEMES[sheet.theme];
  const page = pageOf(scene, { stamp: sheet.stamp });
  const [short, long] = size === 'fit' ? [0, 0] : SIZES[size];
  const landscape = page.width > page.height;
  const paper: [number, number] = size === 'fit' ? [page.width + 2 * MARGIN, page.height + 2 * MARGIN + TITLE_BLOCK] : landscape ? [long, short] : [short, long];
  const taken = new Date(snapshot.takenAt);
  const date = Number.isNaN(taken.getTime()) ? new Date(0) : taken;
  const doc = new PDFDocument({ size: paper, margin: 0, autoFirstPage: true, compress: true, lang: 'en', displayTitle: true, info: { Title: oneLine(scene.title, 200), Subject: oneLine(scene.summary, 400), Creator: 'Bulkhead', Producer: 'Bulkhead', CreationDate: date, ModDate: date } });
  const chunks: Uint8Array[] = [];
  const done = new Promise<void>((resolve, reject) => doc.on('data', (chunk: Uint8Array) => chunks.push(chunk)).on('end', resolve).on('error', reject));
  for (const key of ['sans400', 'sans600', 'mono400', 'mono600'] as const) doc.registerFont(key, fontFile(key));
  for (const { path, face } of fonts.files) doc.registerFont(fallbackKey(path), path, face);
  doc.rect(0, 0, paper[0], paper[1]).fill(palette.ground);
  const scale = size === 'fit' ? 1 : Math.min((paper[0] - 2 * MARGIN) / page.width, (paper[1] - 2 * MARGIN - TITLE_BLOCK) / page.height);
  const painter = new Painter(doc, palette, fonts);
  doc.save();
  doc.translate(MARGIN + (paper[0] - 2 * MARGIN - page.width * scale) / 2, MARGIN).scale(scale);
  painter.marks(page.heading);
  const at = (x: number, y: number, draw: () => void): void => {
    doc.save();
    doc.translate(x, y);
    draw();
    doc.restore();
  };
  at(page.world.x, page.head, () => (scene.head?.items ?? []).forEach((i) => painter.marks([...i.marks, ...i.near])));
  at(page.world.x, page.world.y, () => {
    for (const x of paintOrder(scene)) painter.marks(isItem(x) ? [...x.marks, ...x.near] : x.marks);
    painter.marks(sheet.overlay);
  });
  at(0, page.world.y, () => scene.gutters.left.forEach((i) => painter.marks([...i.marks, ...i.near])));
  at(page.right, page.world.y, () => scene.gutters.right.forEach((i) => painter.marks([...i.marks, ...i.near])));
  painter.marks(page.legend);
  doc.restore();
  titleBlock(doc, palette, paper, sheet);
  doc.end();
  await done;
  return Buffer.concat(chunks);
}

/** At the foot: what, whose, when, by what. */
function titleBlock(doc: Doc, palette: Palette, paper: readonly [number, number], sheet: Sheet): void {
  const y = paper[1] - MARGIN - TITLE_BLOCK + 8;
  doc.lineWidth(0.75).moveTo(MARGIN, y).lineTo(paper[0] - MARGIN, y).stroke(palette.line);
  const { host } = sheet.snapshot;
  const name = 'value' in host.hostname ? host.hostname.value : 'unknown host';
  const line = (dx: number, dy: number, text: string, font: FontKey, size: number, color: string, align: 'left' | 'right' = 'left'): void => {
    doc.font(font).fontSize(size).fillColor(color).text(oneLine(text, 160), MARGIN + dx, y + dy, { width: paper[0] - 2 * MARGIN, align, lineBreak: false, ellipsis: true, height: size * 1.4 });
  };
  line(0, 8, sheet.scene.title, 'sans600', 10, palette.ink);
  line(0, 22, `${name}, ${host.engine.name} ${host.engine.version}, ${sheet.snapshot.containers.length} containers`, 'sans400', 9, palette.muted);
  line(0, 8, `Bulkhead, ${sheet.scene.lens} lens`, 'sans400', 9, palette.muted, 'right');
  line(0, 22, sheet.snapshot.takenAt.replace('T', ' ').replace(/\.\d+Z$/u, ' UTC'), 'sans400', 9, palette.muted, 'right');
}
