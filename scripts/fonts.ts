// Makes what the drawing needs of IBM Plex: static TTF files for PNG and PDF (resvg and pdfkit read no WOFF2 rightly)
// and the table of advances by which text is measured without a screen. Run after an update of the @ibm packages.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const { decompress } = require('wawoff2') as { decompress: (woff2: Uint8Array) => Promise<Uint8Array> };
const out = 'build/fonts';

const FACES = [
  { file: 'IBMPlexSans-Regular', pack: '@ibm/plex-sans', key: 'sans400' },
  { file: 'IBMPlexSans-SemiBold', pack: '@ibm/plex-sans', key: 'sans600' },
  { file: 'IBMPlexMono-Regular', pack: '@ibm/plex-mono', key: 'mono400' },
  { file: 'IBMPlexMono-SemiBold', pack: '@ibm/plex-mono', key: 'mono600' },
] as const;

/** Code points whose advances are kept: Latin, Greek, Cyrillic, punctuation, arrows and signs. */
const RANGES = [[0x20, 0x24f], [0x370, 0x3ff], [0x400, 0x45f], [0x2010, 0x2044], [0x2070, 0x209f], [0x20a0, 0x20bf], [0x2190, 0x2199], [0x2200, 0x2265], [0x2713, 0x2717]] as const;

function tables(font: DataView): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i < font.getUint16(4); i += 1) {
    const at = 12 + i * 16;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((k) => font.getUint8(at + k)));
    found.set(tag, font.getUint32(at + 8));
  }
  return found;
}

/** OpenType cmap format 4: code point to glyph, 0 where there is none. */
function glyphLookup(font: DataView, cmap: number): (code: number) => number {
  let sub = -1;
  for (let i = 0; i < font.getUint16(cmap + 2); i += 1) {
    const offset = cmap + font.getUint32(cmap + 4 + i * 8 + 4);
    if (font.getUint16(offset) === 4) sub = offset;
  }
  if (sub < 0) throw new Error('no cmap of format 4');
  const segments = font.getUint16(sub + 6) / 2;
  const [ends, starts] = [sub + 14, sub + 16 + segments * 2];
  const [deltas, offsets] = [starts + segments * 2, starts + segments * 4];
  return (code) => {
    for (let s = 0; s < segments; s += 1) {
      if (code > font.getUint16(ends + s * 2)) continue;
      const start = font.getUint16(starts + s * 2);
      if (code < start) return 0;
      const delta = font.getUint16(deltas + s * 2);
      const offset = font.getUint16(offsets + s * 2);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = font.getUint16(offsets + s * 2 + offset + (code - start) * 2);
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

/** Advances per 1,000 em units over RANGES, 0 where the font has no glyph. */
function advances(bytes: Uint8Array): number[] {
  const font = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = tables(font);
  const perEm = font.getUint16(at.get('head')! + 18);
  const metrics = font.getUint16(at.get('hhea')! + 34);
  const glyph = glyphLookup(font, at.get('cmap')!);
  return RANGES.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, i) => {
      const id = glyph(from + i);
      return id === 0 ? 0 : Math.round((font.getUint16(at.get('hmtx')! + Math.min(id, metrics - 1) * 4) * 1000) / perEm);
    }),
  );
}

mkdirSync(out, { recursive: true });
const kept: string[] = [];
for (const face of FACES) {
  const folder = join(dirname(require.resolve(`${face.pack}/package.json`)), 'fonts/complete/woff2');
  const ttf = await decompress(readFileSync(join(folder, `${face.file}.woff2`)));
  writeFileSync(join(out, `${face.file}.ttf`), ttf);
  const widths = advances(new Uint8Array(ttf));
  const lines: string[] = [];
  for (let i = 0; i < widths.length; i += 40) lines.push(`    ${widths.slice(i, i + 40).join(', ')},`);
  kept.push(`  ${face.key}: [\n${lines.join('\n')}\n  ],`);
}
copyFileSync(join(dirname(require.resolve('@ibm/plex-sans/package.json')), 'LICENSE.txt'), join(out, 'LICENSE.txt'));
writeFileSync(
  'src/core/scene/advances.ts',
  `/** Made by scripts/fonts.ts from IBM Plex; not to be edited. Code points, first and last of each range. */
export const RANGES: readonly (readonly [number, number])[] = ${JSON.stringify(RANGES)};

/** Advances in thousandths of the font size, range after range; 0: the font has no such sign. */
export const ADVANCES = {\n${kept.join('\n')}\n} as const satisfies Record<string, readonly number[]>;\n`,
);
