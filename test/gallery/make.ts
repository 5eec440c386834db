// npm run gallery: draws every page anew into test/gallery/pages and an index to look through them.
// With --png FOLDER [part of a name] also as PNG, to be looked at where no browser is.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { indexHtml } from './index-page.js';
import { PAGES, draw } from './pages.js';

const folder = new URL('pages/', import.meta.url).pathname;
const [flag, out, part] = process.argv.slice(2);

if (flag === '--png' && out !== undefined) {
  mkdirSync(out, { recursive: true });
  const fonts = new URL('../../build/fonts/', import.meta.url).pathname;
  const fontFiles = readdirSync(fonts).filter((f) => f.endsWith('.ttf')).map((f) => join(fonts, f));
  for (const page of PAGES.filter((p) => p.file.includes(part ?? ''))) {
    const png = new Resvg(draw(page), { font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'IBM Plex Sans' }, fitTo: { mode: 'zoom', value: 1.4 } }).render().asPng();
    writeFileSync(join(out, page.file.replace('.svg', '.png')), png);
  }
} else {
  mkdirSync(folder, { recursive: true });
  const wanted = new Set(PAGES.map((p) => p.file));
  for (const old of readdirSync(folder)) if (!wanted.has(old)) rmSync(join(folder, old));
  for (const page of PAGES) writeFileSync(join(folder, page.file), draw(page));
  writeFileSync(new URL('index.html', import.meta.url).pathname, indexHtml());
  console.log(`${PAGES.length} pages in test/gallery/pages; open test/gallery/index.html to step through them.`);
}
