import type { Sheet } from '../export/sheet.js';
import { oneLine } from '../export/sheet.js';
import { cut, FACES, line } from '../scene/kit.js';
import type { Mark } from '../scene/marks.js';
import { THEMES } from '../scene/theme.js';
import { pageOf, type Page } from './page.js';
import { marksSvg, toSvg } from './svg.js';

export type PageSize = 'a4' | 'a3' | 'letter' | 'fit';

const MARGIN = 28;
const TITLE_BLOCK = 44;
/** In points of 1/72 inch, upright. */
const SIZES = { a4: [595.28, 841.89], a3: [841.89, 1190.55], letter: [612, 792] } as const;

/** How a sheet lies on paper. In points. */
export interface Paper {
  readonly page: Page;
  readonly width: number;
  readonly height: number;
  /** Where the picture begins, and how much smaller than life it is. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** The title block at the foot: what, whose, when, by what. */
  readonly foot: readonly Mark[];
}

function footOf(sheet: Sheet, width: number, height: number): readonly Mark[] {
  const y = height - MARGIN - TITLE_BLOCK + 8;
  const { host } = sheet.snapshot;
  const name = 'value' in host.hostname ? host.hostname.value : 'unknown host';
  const half = (width - 2 * MARGIN) / 2 - 8;
  const say = (dy: number, words: string, strong: boolean, right: boolean): Mark =>
    cut(right ? width - MARGIN : MARGIN, y + dy, oneLine(words, 160), half, strong ? FACES.strong : FACES.small, strong ? 'ink' : 'muted', right ? 'end' : 'start');
  return [
    line(MARGIN, y, width - MARGIN, y, 'line', 0.75),
    say(18, sheet.scene.title, true, false),
    say(32, `${name}, ${host.engine.name} ${host.engine.version}, ${sheet.snapshot.containers.length} containers`, false, false),
    say(18, `Bulkhead, ${sheet.scene.lens} lens`, false, true),
    say(32, sheet.snapshot.takenAt.replace('T', ' ').replace(/\.\d+Z$/u, ' UTC'), false, true),
  ];
}

/** `fit`: the paper is as large as the picture; else the picture is turned and made smaller until it fits. */
export function paperOf(sheet: Sheet, size: PageSize): Paper {
  const page = pageOf(sheet.scene, { stamp: sheet.stamp });
  const [short, long] = size === 'fit' ? [0, 0] : SIZES[size];
  const [width, height] = size === 'fit' ? [page.width + 2 * MARGIN, page.height + 2 * MARGIN + TITLE_BLOCK] : page.width > page.height ? [long, short] : [short, long];
  const scale = size === 'fit' ? 1 : Math.min((width - 2 * MARGIN) / page.width, (height - 2 * MARGIN - TITLE_BLOCK) / page.height);
  return { page, width, height, scale, x: MARGIN + (width - 2 * MARGIN - page.width * scale) / 2, y: MARGIN, foot: footOf(sheet, width, height) };
}

/** The same paper as an SVG, for those who cannot show a PDF. */
export function paperSvg(sheet: Sheet, size: PageSize): string {
  const { width, height, x, y, scale, foot } = paperOf(sheet, size);
  const { ground } = THEMES[sheet.theme];
  const inner = toSvg(sheet.scene, { theme: sheet.theme, overlay: sheet.overlay, stamp: sheet.stamp, fitText: true, scale })
    .replace(/^<\?xml[^>]*\?>\n/u, '')
    .replace(/^<svg /u, `<svg x="${x}" y="${y}" `);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="${ground}"/>${inner}${marksSvg(foot, sheet.theme)}</svg>\n`;
}
