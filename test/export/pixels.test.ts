import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import pixelmatch from 'pixelmatch';
import { chromium, type Browser, type Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageOf } from '../../src/core/paint/page.js';
import { sheetOf } from '../../src/node/export.js';
import { cast } from '../cast/cast.js';
import { bytesOf, exported, LENSES, pictureOf, requestFor } from './sheet.js';

const root = path.resolve(import.meta.dirname, '../..');
const FACES = [['IBM Plex Sans', 400, 'IBMPlexSans-Regular.ttf'], ['IBM Plex Sans', 600, 'IBMPlexSans-SemiBold.ttf'], ['IBM Plex Mono', 400, 'IBMPlexMono-Regular.ttf'], ['IBM Plex Mono', 600, 'IBMPlexMono-SemiBold.ttf']] as const;
const css = FACES.map(([family, weight, file]) => `@font-face{font-family:'${family}';font-weight:${weight};src:url(data:font/ttf;base64,${readFileSync(path.join(root, 'build/fonts', file)).toString('base64')})}`).join('');
// The window's own painter, for a page that is nothing but a canvas.
const ENTRY = `
  import { Painter } from './src/renderer/paint/painter.js';
  import { indexScene } from './src/renderer/paint/index.js';
  import { THEMES } from './src/core/scene/theme.js';
  window.paintScene = (scene, theme, camera, size) => {
    const canvas = document.querySelector('canvas');
    canvas.width = size.w;
    canvas.height = size.h;
    new Painter().paint(canvas.getContext('2d'), { index: indexScene(scene), colours: THEMES[theme], camera, size, ratio: 1 });
  };`;

let browser: Browser;
let painter = '';
beforeAll(async () => {
  const { outputFiles } = await build({ stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' }, bundle: true, write: false, format: 'iife', target: 'chrome120' });
  painter = outputFiles[0]?.text ?? '';
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
}, 120_000);
afterAll(() => browser?.close());

async function shot(body: string, width: number, height: number, then: (page: Page) => Promise<void> = async () => {}): Promise<PNG> {
  const context = await browser.newContext({ offline: true, viewport: { width, height } });
  try {
    const page = await context.newPage();
    await page.setContent(`<!doctype html><meta charset="utf-8"><style>${css}body{margin:0}svg,canvas{display:block}</style>${body}`);
    await page.evaluate((faces) => Promise.all(faces.map(([family, weight]) => document.fonts.load(`${weight} 12px "${family}"`))), FACES.map(([family, weight]) => [family, weight] as const));
    await then(page);
    return PNG.sync.read(await page.screenshot({ clip: { x: 0, y: 0, width, height } }));
  } finally {
    await context.close();
  }
}

/** Share of pixels that differ visibly, between two rows. */
function differing(a: PNG, b: PNG, from: number, to: number): number {
  const rows = (png: PNG): Uint8Array => png.data.subarray(from * png.width * 4, to * png.width * 4);
  return pixelmatch(rows(a), rows(b), undefined, a.width, to - from, { threshold: 0.25 }) / (a.width * (to - from));
}

test.each(LENSES.flatMap((lens) => (['light', 'dark'] as const).map((theme) => [lens, theme] as const)))('the %s lens, %s, is one picture as SVG, as PNG and on the canvas', async (lens, theme) => {
  const picture = pictureOf(cast(14));
  const request = requestFor('svg', lens, { theme });
  const svg = (await exported(picture, 'svg', lens, { theme })).data.replace(/^<\?xml[^>]*\?>/u, '');
  const png = PNG.sync.read(bytesOf(await exported(picture, 'png', lens, { theme, scale: 1 })));
  const { scene, stamp } = sheetOf(request, picture, null);
  const { world } = pageOf(scene, { stamp });
  const { width, height } = png;
  const drawn = await shot(svg, width, height);
  const canvas = await shot(`<canvas></canvas><script>${painter.replaceAll('</script', '<\\/script')}</script>`, width, height, async (page) => {
    await page.evaluate(`window.paintScene(${JSON.stringify(scene)}, '${theme}', ${JSON.stringify({ k: 1, x: world.x, y: world.y })}, ${JSON.stringify({ w: width, h: height })})`);
  });
  expect(differing(drawn, png, 0, height), 'SVG and PNG').toBeLessThan(0.02);
  // Heading and legend are the page's: what the canvas has is the picture between them.
  const [from, to] = [Math.ceil(world.y + scene.bounds.y), Math.floor(world.y + scene.bounds.y + scene.bounds.h)];
  expect(differing(canvas, drawn, from, to), 'canvas and SVG').toBeLessThan(0.02);
  expect(differing(canvas, png, from, to), 'canvas and PNG').toBeLessThan(0.02);
  // What is compared is no empty sheet, and a picture that is not the same is told.
  expect(differing(canvas, { ...drawn, data: Buffer.from(drawn.data).fill(theme === 'light' ? 0 : 255) } as PNG, from, to)).toBeGreaterThan(0.5);
});
