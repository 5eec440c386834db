import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { indexHtml } from './index-page.js';
import { PAGES, draw } from './pages.js';

const at = (file: string) => new URL(`pages/${file}`, import.meta.url);

/** The first line that differs, so that a reader of the log sees what moved. */
function difference(now: string, kept: string): string {
  const [a, b] = [now.split('\n'), kept.split('\n')];
  const i = a.findIndex((line, k) => line !== b[k]);
  return i < 0 ? 'the kept page is longer' : `line ${i + 1}: ${a[i]!.slice(0, 160)}`;
}

test('the gallery shows what the code draws now; if this is meant, run `npm run gallery`, look at the pages and commit them', () => {
  const wrong = PAGES.flatMap((page) => {
    if (!existsSync(at(page.file))) return [`${page.file} is missing`];
    const [now, kept] = [draw(page), readFileSync(at(page.file), 'utf8')];
    return now === kept ? [] : [`${page.file}, ${difference(now, kept)}`];
  });
  expect(wrong).toEqual([]);
}, 240_000);

test('no page is left over, and the index names every page', () => {
  expect(readdirSync(new URL('pages/', import.meta.url)).sort()).toEqual(PAGES.map((p) => p.file).sort());
  expect(readFileSync(new URL('index.html', import.meta.url), 'utf8')).toBe(indexHtml());
});
