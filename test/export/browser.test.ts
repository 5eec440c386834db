import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cast, type CastSize } from '../cast/cast.js';
import { HOSTILE, hostileCast } from './hostile.js';
import { exported, LENSES, pictureOf } from './sheet.js';

const require = createRequire(import.meta.url);
const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-html-'));
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  readonly asked: string[];
  readonly said: string[];
}

/** Opens a file with the network cut; every request but the file's own, every error and every refusal of the policy is told. */
async function open(name: string, data: Uint8Array | string): Promise<Opened> {
  const file = path.join(dir, name);
  writeFileSync(file, data);
  const context = await browser.newContext({ offline: true, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on('request', (r) => {
    if (r.url() !== `file://${file}`) asked.push(r.url());
  });
  page.on('pageerror', (e) => said.push(e.message));
  page.on('console', (m) => {
    if (m.type() === 'error') said.push(m.text());
  });
  page.on('dialog', (d) => {
    said.push(`dialog: ${d.message()}`);
    void d.dismiss();
  });
  await page.goto(`file://${file}`);
  return { page, asked, said };
}

describe('the HTML file', () => {
  test.each(LENSES)('of the %s lens opens with the network cut, selects, inspects, zooms and pans', async (lens) => {
    const { page, asked, said } = await open(`${lens}.html`, (await exported(pictureOf(cast(14)), 'html', lens)).data);
    await page.getByRole('button', { name: /jenkins/u }).first().click();
    await expect.poll(() => page.locator('#told h1').textContent()).toContain('jenkins');
    expect(await page.locator('#told dd').count()).toBeGreaterThan(5);
    const transform = (): Promise<string> => page.locator('#picture svg').evaluate((e) => (e as SVGElement).style.transform);
    const before = await transform();
    await page.locator('#in').click();
    expect(await transform()).not.toBe(before);
    await page.locator('#fit').click();
    expect(await transform()).toBe(before);
    await page.locator('#picture').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#told h1').textContent()).not.toBe('');
    const box = await page.locator('#picture').boundingBox();
    if (box) {
      await page.mouse.move(box.x + 300, box.y + 300);
      await page.mouse.down();
      await page.mouse.move(box.x + 360, box.y + 340, { steps: 4 });
      await page.mouse.up();
    }
    expect(await transform()).not.toBe(before);
    expect(asked).toEqual([]);
    expect(said).toEqual([]);
    await page.context().close();
  });

  test('a click on a card tells of that card', async () => {
    const { page } = await open('click.html', (await exported(pictureOf(cast(14)), 'html')).data);
    await page.locator('#picture svg text', { hasText: /^scratch$/u }).first().click();
    await expect.poll(() => page.locator('#told h1').textContent()).toBe('scratch');
    await page.context().close();
  });

  test('hostile names are text: nothing runs, nothing is asked for, the page stays ours', async () => {
    for (const lens of LENSES) {
      const { page, asked, said } = await open(`hostile-${lens}.html`, (await exported(pictureOf(hostileCast(HOSTILE)), 'html', lens)).data);
      for (const button of (await page.locator('#list button').all()).slice(0, 12)) await button.click();
      expect(await page.title()).not.toBe('owned');
      expect(await page.locator('script').count()).toBe(2);
      expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
      expect(asked).toEqual([]);
      expect(said).toEqual([]);
      await page.context().close();
    }
  });
});

describe('Mermaid itself', () => {
  const script = readFileSync(path.join(path.dirname(require.resolve('mermaid/package.json')), 'dist/mermaid.min.js'), 'utf8');

  async function render(texts: readonly string[]): Promise<readonly (string | { error: string })[]> {
    const { page, said } = await open('mermaid.html', '<!doctype html><meta charset="utf-8"><div id="at"></div>');
    await page.addScriptTag({ content: script });
    const out = await page.evaluate(async (all) => {
      interface Mermaid {
        initialize(o: object): void;
        render(id: string, text: string): Promise<{ svg: string }>;
      }
      const { mermaid } = globalThis as unknown as { mermaid: Mermaid };
      mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
      const done: (string | { error: string })[] = [];
      for (const [i, text] of all.entries()) {
        try {
          done.push((await mermaid.render(`g${i}`, text)).svg);
        } catch (e) {
          done.push({ error: String(e) });
        }
      }
      return done;
    }, texts);
    expect(said.filter((s) => s.startsWith('dialog'))).toEqual([]);
    await page.context().close();
    return out;
  }

  test('draws every lens, small and large, and says what was left out', async () => {
    const texts: string[] = [];
    for (const size of [3, 14, 200] as CastSize[]) for (const lens of LENSES) texts.push((await exported(pictureOf(cast(size)), 'mermaid', lens)).data);
    for (const [i, svg] of (await render(texts)).entries()) {
      expect(svg, texts[i]?.slice(0, 300)).toBeTypeOf('string');
      expect(texts[i]?.length).toBeLessThan(50_000);
    }
    expect(texts[8]).toContain('left out');
  });

  test('takes hostile names as text', async () => {
    const texts: string[] = [];
    for (let i = 0; i < HOSTILE.length; i += 6) texts.push((await exported(pictureOf(hostileCast(HOSTILE.slice(i, i + 6))), 'mermaid')).data);
    for (const [i, svg] of (await render(texts)).entries()) {
      expect(typeof svg === 'string' ? '' : `${svg.error}\n${texts[i]}`).toBe('');
      expect(/<script|<img|<[a-z]+(?:\s[a-z-]+="[^"]*")*\son[a-z]+=|href="javascript:/iu.exec(String(svg))?.[0] ?? null).toBeNull();
    }
  });
});
