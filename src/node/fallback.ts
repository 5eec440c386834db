import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { foreignIn } from '../core/scene/legible.js';

/** Fonts of this machine for signs that the bundled ones lack, and the signs that no font here has. */
export interface Fallback {
  /** `face`: the PostScript name within a collection. */
  readonly files: readonly { readonly path: string; readonly face: string | undefined; readonly signs: ReadonlySet<number> }[];
  readonly missing: ReadonlySet<number>;
}

export const NO_FALLBACK: Fallback = { files: [], missing: new Set() };

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  linux: ['/usr/share/fonts', '/usr/local/share/fonts', path.join(homedir(), '.local/share/fonts'), path.join(homedir(), '.fonts')],
  darwin: ['/System/Library/Fonts', '/Library/Fonts', path.join(homedir(), 'Library/Fonts')],
  win32: [path.join(process.env['WINDIR'] ?? 'C:\\Windows', 'Fonts')],
};
const MOST_FILES = 2000;
const MOST_BYTES = 48 * 1024 * 1024;

/** Font files in folders and below, by path, so that the choice among them is the same each time. */
async function fontsIn(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.map((folder) => readdir(folder, { recursive: true }).then((names) => names.map((name) => path.join(folder, name)), () => [])));
  const files = found.flat().filter((file) => /\.(ttf|otf|ttc|otc)$/iu.test(file)).sort();
  // Plain faces first: what is drawn is no heading.
  const plain = (file: string): number => (/bold|italic|oblique|black|light|thin|condensed|narrow/iu.test(path.basename(file)) ? 1 : 0);
  return files.sort((a, b) => plain(a) - plain(b)).slice(0, MOST_FILES);
}

/**
 * Looks in the fonts of this machine for what the bundled ones lack of a text; nothing is looked for where they lack nothing.
 * Fonts of bitmaps alone are left out: a PDF cannot use them.
 */
export async function fallbackFor(text: string, folders: readonly string[] = FOLDERS[process.platform] ?? []): Promise<Fallback> {
  const missing = foreignIn(text);
  if (missing.size === 0) return NO_FALLBACK;
  const fontkit = await import('fontkit');
  const files: { path: string; face: string | undefined; signs: Set<number> }[] = [];
  for (const file of await fontsIn(folders)) {
    if (missing.size === 0) break;
    try {
      if ((await stat(file)).size > MOST_BYTES) continue;
      const opened = await fontkit.open(file);
      const font = 'fonts' in opened ? opened.fonts[0] : opened;
      if (font === undefined || !('hasGlyphForCodePoint' in font)) continue;
      const tables = (font as unknown as { readonly directory: { readonly tables: Readonly<Record<string, unknown>> } }).directory.tables;
      if (!('glyf' in tables) && !('CFF ' in tables)) continue;
      const signs = new Set([...missing].filter((code) => font.hasGlyphForCodePoint(code)));
      if (signs.size === 0) continue;
      files.push({ path: file, face: 'fonts' in opened ? font.postscriptName : undefined, signs });
      for (const code of signs) missing.delete(code);
    } catch {
      // A font that cannot be read draws nothing; the next may.
    }
  }
  return { files, missing };
}

/** A piece of text in one font; null is the bundled one. */
export interface Run {
  readonly text: string;
  readonly file: string | null;
}

/** A text in runs of one font each. */
export function runsOf(text: string, fonts: Fallback): readonly Run[] {
  const out: { text: string; file: string | null }[] = [];
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    const file = fonts.files.find((f) => f.signs.has(code))?.path ?? null;
    const last = out.at(-1);
    if (last !== undefined && last.file === file) last.text += c;
    else out.push({ text: c, file });
  }
  return out;
}

const LEFTWARD = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const RIGHTWARD = /[\p{L}\p{N}]/u;

/** Runs from left to right as they are read: words of a script that runs to the left stand in the opposite order, with what is between them. */
export function asRead(runs: readonly Run[]): readonly Run[] {
  const out: Run[] = [];
  for (let i = 0; i < runs.length; i += 1) {
    let end = i;
    if (LEFTWARD.test(runs[i]?.text ?? '')) for (let j = i + 1; j < runs.length && (LEFTWARD.test(runs[j]?.text ?? '') || !RIGHTWARD.test(runs[j]?.text ?? '')); j += 1) if (LEFTWARD.test(runs[j]?.text ?? '')) end = j;
    out.push(...runs.slice(i, end + 1).reverse());
    i = end;
  }
  return out;
}
