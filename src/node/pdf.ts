import type PDFKit from 'pdfkit';
import { pathData } from '../core/paint/svg.js';
import { paperOf, type PageSize } from '../core/paint/paper.js';
import { hatchSteps, isHatch } from '../core/scene/hatch.js';
import type { Mark, RectMark, Stroke, TextMark } from '../core/scene/marks.js';
import { foreignIn, legible } from '../core/scene/legible.js';
import { textWidth } from '../core/scene/measure.js';
import { isItem, paintOrder } from '../core/scene/order.js';
import { THEMES, type Palette } from '../core/scene/theme.js';
import type { Sheet } from '../core/export/sheet.js';
import { oneLine } from '../core/export/sheet.js';
import { asRead, NO_FALLBACK, runsOf, type Fallback } from './fallback.js';
import { fontFile, type FontKey } from './fonts.js';

type Doc = InstanceType<typeof PDFKit>;

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
    const font = (file: string | null): Doc => doc.font(file === null ? fontKey(m) : fallbackKey(file)).fontSize(m.size);
    // The room that a sign was given is a guess where its font is not bundled; here it is known.
    const runs = (foreign.size === 0 ? [{ text: m.text, file: null }] : asRead(runsOf(m.text, fonts))).map((run) => ({ ...run, width: run.file === null ? textWidth(run.text, m) : font(run.file).widthOfString(run.text) }));
    const width = runs.reduce((sum, run) => sum + run.width, 0);
    let x = m.anchor === 'start' ? m.x : m.x - width / (m.anchor === 'end' ? 1 : 2);
    for (const run of runs) {
      font(run.file).fillColor(this.palette[m.fill]).text(run.text, x, m.y, { lineBreak: false, baseline: 'alphabetic' });
      x += run.width;
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
  const { page, width, height, x, y, scale, foot } = paperOf(sheet, size);
  const taken = new Date(snapshot.takenAt);
  const date = Number.isNaN(taken.getTime()) ? new Date(0) : taken;
  const doc = new PDFDocument({ size: [width, height], margin: 0, autoFirstPage: true, compress: true, lang: 'en', displayTitle: true, info: { Title: oneLine(scene.title, 200), Subject: oneLine(scene.summary, 400), Creator: 'Bulkhead', Producer: 'Bulkhead', CreationDate: date, ModDate: date } });
  const chunks: Uint8Array[] = [];
  const done = new Promise<void>((resolve, reject) => doc.on('data', (chunk: Uint8Array) => chunks.push(chunk)).on('end', resolve).on('error', reject));
  for (const key of ['sans400', 'sans600', 'mono400', 'mono600'] as const) doc.registerFont(key, fontFile(key));
  for (const { path, face } of fonts.files) doc.registerFont(fallbackKey(path), path, face);
  doc.rect(0, 0, width, height).fill(palette.ground);
  const painter = new Painter(doc, palette, fonts);
  doc.save();
  doc.translate(x, y).scale(scale);
  painter.marks(page.heading);
  const at = (dx: number, dy: number, draw: () => void): void => {
    doc.save();
    doc.translate(dx, dy);
    draw();
    doc.restore();
  };
  at(page.world.x, page.head, () => (scene.head?.items ?? []).forEach((i) => painter.marks([...i.marks, ...i.near])));
  at(page.world.x, page.world.y, () => {
    for (const one of paintOrder(scene)) painter.marks(isItem(one) ? [...one.marks, ...one.near] : one.marks);
    painter.marks(sheet.overlay);
  });
  at(0, page.world.y, () => scene.gutters.left.forEach((i) => painter.marks([...i.marks, ...i.near])));
  at(page.right, page.world.y, () => scene.gutters.right.forEach((i) => painter.marks([...i.marks, ...i.near])));
  painter.marks(page.legend);
  doc.restore();
  painter.marks(foot);
  doc.end();
  await done;
  return Buffer.concat(chunks);
}
