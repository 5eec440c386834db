import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lensByName } from '../../src/core/lenses/index.js';
import { DEFAULT_OPTIONS } from '../../src/core/lenses/view.js';
import { LENSES, type LensName } from '../../src/core/scene/scene.js';
import type { Snapshot } from '../../src/core/model/snapshot.js';
import type { Served } from '../../src/node/serve/serve.js';
import { cast } from '../cast/cast.js';
import { openChromium, type Opened } from './chromium.js';
import { pictureOf, serveStand, StandSession } from './stand.js';

let browser: Opened;
let session: StandSession;
let served: Served;
let page: Page;
let complaints: string[] = [];
const picture = pictureOf(cast(14));

beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

async function open(with_: StandSession = new StandSession(picture)): Promise<Page> {
  session = with_;
  served = await serveStand(session);
  page = await browser.page();
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  await page.goto(served.url);
  return page;
}

afterEach(async () => {
  await page.evaluate(() => localStorage.clear()).catch(() => undefined);
  await page.close();
  await served.close();
});

const stage = () => page.getByTestId('stage');
const inspector = () => page.getByTestId('inspector');
const idOf = (name: string): string => picture.snapshot.containers.find((c) => c.name === name)?.id ?? '';

async function shown(): Promise<void> {
  await stage().waitFor();
  await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-testid=stage]')?.dataset['items']) > 0);
}

/** Where an item of the picture is on the page: by the lens itself, since a canvas tells nothing. */
async function place(lens: LensName, id: string): Promise<{ x: number; y: number }> {
  const box = await stage().boundingBox();
  if (box === null) throw new Error('no stage');
  const [k, x, y] = ((await stage().getAttribute('data-camera')) ?? '').split(' ').map(Number) as [number, number, number];
  const { scene } = lensByName(lens).arrange({ ...picture, shown: null, project: null, width: Math.max(640, box.width), options: DEFAULT_OPTIONS, rates: null }, null);
  const item = scene.items.find((one) => one.subject?.id === id && (one.role === 'card' || one.role === 'row'));
  if (item === undefined) throw new Error(`no item of ${id}`);
  return { x: box.x + x + k * (item.box.x + Math.min(30, item.box.w / 2)), y: box.y + y + k * (item.box.y + item.box.h / 2) };
}

describe('the address', () => {
  it('loses its token at once, keeps it for a reload, and is refused without it', async () => {
    await open();
    await shown();
    expect(page.url()).toBe(`http://127.0.0.1:${served.port}/`);
    await page.reload();
    await shown();
    const stranger = await browser.context.newPage();
    await stranger.goto(`http://127.0.0.1:${served.port}/`);
    await stranger.getByText('This address was not let in').waitFor();
    await stranger.close();
  });

  it('opens without a complaint of the policy or of the page', async () => {
    await open();
    await shown();
    for (const lens of LENSES) await page.locator(`#tab-${lens}`).click();
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('choosing', () => {
  it('a card by a click tells its facts, each with its source', async () => {
    await open();
    await shown();
    const at = await place('network', idOf('jenkins'));
    await page.mouse.click(at.x, at.y);
    await inspector().getByRole('heading', { name: 'jenkins' }).waitFor();
    const text = await inspector().innerText();
    expect(text).toContain('Can impersonate');
    expect(text).toContain('/proc/48211/status');
    expect(text).toContain('jenkins:lts');
  });

  it('stays chosen in the other lenses, whose own question comes first', async () => {
    await open();
    await shown();
    const at = await place('network', idOf('worker'));
    await page.mouse.click(at.x, at.y);
    await page.getByTestId('verdict').waitFor();
    await page.locator('#tab-enforcement').click();
    await page.getByTestId('verdict').getByText('All caps in an exec').waitFor();
    await page.locator('#tab-resources').click();
    await page.getByTestId('verdict').getByText('memory limit').first().waitFor();
  });

  it('by the keyboard reaches everything, and Escape lets go', async () => {
    await open();
    await shown();
    await stage().focus();
    const count = Number(await stage().getAttribute('data-items'));
    const seen = new Set<string>();
    for (let n = 0; n < count; n += 1) {
      await page.keyboard.press('ArrowRight');
      seen.add((await page.locator('[role=option][aria-selected=true]').first().getAttribute('id')) ?? '');
    }
    expect(seen.size).toBe(count);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('inspector');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('[role=option][aria-selected=true]') === null);
  });

  it('in the list is the same as in the picture', async () => {
    await open();
    await shown();
    await stage().focus();
    await page.keyboard.press('l');
    await page.getByTestId('list').getByRole('button', { name: /jenkins/ }).first().click();
    await inspector().getByRole('heading', { name: 'jenkins' }).waitFor();
  });

  it('by a mark on the time strip', async () => {
    await open();
    await shown();
    const mark = page.getByTestId('strip').getByRole('button', { name: /gateway MAC changed/ }).first();
    const name = ((await mark.getAttribute('aria-label')) ?? '').split(': ')[1] ?? '';
    await mark.click();
    await inspector().getByRole('heading', { name }).waitFor();
  });
});

describe('the chain of one pair', () => {
  it('is one click from the verdict, with readings, reservations and remedies', async () => {
    await open();
    await shown();
    const at = await place('network', idOf('jenkins'));
    await page.mouse.click(at.x, at.y);
    await page.getByRole('button', { name: 'What would stop it?' }).click();
    const why = page.getByTestId('why');
    await why.waitFor();
    const text = await why.innerText();
    for (const part of ['It can send the frame', 'It is on the wire', 'Nothing on the way stops it', 'What would stop it', '/proc/48211/status', 'breaks']) expect(text).toContain(part);
    const before = await why.getByRole('heading', { level: 2 }).innerText();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((was) => document.querySelector('[data-testid=why] h2')?.textContent !== was, before);
    await page.keyboard.press('Escape');
    await why.waitFor({ state: 'detached' });
  });
});

describe('finding', () => {
  it('filters in words of the field, and names what is not understood', async () => {
    await open();
    await shown();
    await page.keyboard.press('/');
    await page.keyboard.type('project:shop');
    await page.getByText(/\d+ matches/).waitFor();
    await page.getByTestId('filter').fill('shares:nobody:x"');
    await page.waitForFunction(() => document.getElementById('filter')?.getAttribute('aria-invalid') === 'true');
  });

  it('and the palette finds a container in spite of a slip', async () => {
    await open();
    await shown();
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('jenkns');
    await page.keyboard.press('Enter');
    await inspector().getByRole('heading', { name: 'jenkins' }).waitFor();
  });

  it('focuses a project and leaves it', async () => {
    await open();
    await shown();
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('project shop');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Leave project shop' }).click();
    await page.getByRole('button', { name: 'Leave project shop' }).waitFor({ state: 'detached' });
  });
});

describe('the view', () => {
  it('zooms, pans, fits, and works from 1024 by 640', async () => {
    await open();
    await page.setViewportSize({ width: 1024, height: 640 });
    await shown();
    for (const selector of ['header', '#picture', '#inspector', 'footer']) {
      const box = await page.locator(selector).first().boundingBox();
      expect(box !== null && box.x >= 0 && box.x + box.width <= 1025 && box.y + box.height <= 641 && box.height > 20, selector).toBe(true);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1024);
    const camera = () => stage().getAttribute('data-camera');
    const first = await camera();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(await camera()).not.toBe(first);
    const zoomed = await camera();
    await stage().hover();
    await page.mouse.wheel(0, 120);
    await page.waitForFunction((was) => document.querySelector<HTMLElement>('[data-testid=stage]')?.dataset['camera'] !== was, zoomed);
    await page.getByRole('button', { name: 'Fit' }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Fit')?.getAttribute('aria-pressed') === 'true');
  });

  it('hides and resizes inspector and strip by keyboard, and remembers it', async () => {
    await open();
    await shown();
    const bar = page.getByRole('separator', { name: 'Width of the inspector' });
    const width = Number(await bar.getAttribute('aria-valuenow'));
    await bar.focus();
    await page.keyboard.press('ArrowLeft');
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(width + 12);
    await stage().focus();
    await page.keyboard.press('t');
    await page.getByTestId('strip').waitFor({ state: 'detached' });
    await page.reload();
    await shown();
    expect(await page.getByTestId('strip').count()).toBe(0);
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(width + 12);
  });

  it('is light or dark as the system is, and as it is told', async () => {
    await open();
    await shown();
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--ground').trim());
    const dark = await ground();
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForFunction((was) => getComputedStyle(document.documentElement).getPropertyValue('--ground').trim() !== was, dark);
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('theme');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('theme');
    await page.keyboard.press('Enter');
    await page.waitForFunction((was) => getComputedStyle(document.documentElement).getPropertyValue('--ground').trim() === was, dark);
  });
});

describe('files', () => {
  it('are opened by input and by drop, as text that the session checks', async () => {
    await open();
    await shown();
    session.answers.openText = ({ name }) => ({ ok: false, trouble: { what: `${name} is not a snapshot`, why: 'it has no format', todo: 'Save one with bulkhead snapshot -o FILE.', command: '' } });
    await page.locator('#open-file').setInputFiles({ name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') });
    await page.getByTestId('notice').getByText('notes.json is not a snapshot').waitFor();
    expect(session.asked.at(-1)).toMatchObject({ method: 'openText', args: [{ name: 'notes.json', text: '{"a":1}' }] });
    expect(await stage().getAttribute('data-items')).not.toBe('0');
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['{"b":2}'], 'dropped.json', { type: 'application/json' }));
      return data;
    });
    await page.dispatchEvent('#picture', 'drop', { dataTransfer: transfer });
    await page.getByTestId('notice').getByText('dropped.json is not a snapshot').waitFor();
  });

  it('are saved with the bytes that were previewed', async () => {
    await open();
    await shown();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n';
    session.answers.exportAs = (request) => ({ ok: true, value: { name: `host.${request.format}`, mime: request.format === 'svg' ? 'image/svg+xml' : 'application/json', encoding: 'text', data: request.format === 'svg' ? svg : '{}\n' } });
    await page.keyboard.press('Control+e');
    await page.getByTestId('preview').getByRole('img').waitFor();
    const download = page.waitForEvent('download');
    await page.getByTestId('save').click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('host.svg');
    expect(readFileSync(await saved.path(), 'utf8')).toBe(svg);
    await page.keyboard.press('Control+e');
    await page.getByTestId('format').selectOption('json');
    await page.getByTestId('redact').check();
    await page.getByText('host.json').waitFor();
    expect(session.asked.at(-1)).toMatchObject({ method: 'exportAs', args: [{ format: 'json', redact: true, lens: 'network', theme: 'dark' }] });
  });

  it('are compared in sentences', async () => {
    await open();
    await shown();
    session.answers.compareText = () => ({ ok: true, value: { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', came: [], gone: [], recreated: [], changed: [idOf('db')], summary: '1 changed.', changes: [{ direction: 'worse', text: 'db lost its memory limit (was 1 GiB)', about: [idOf('db')] }] } });
    await page.getByTestId('menu').click();
    await page.getByRole('menuitem', { name: 'Compare with a file…' }).click();
    await page.getByTestId('compare-file').setInputFiles({ name: 'monday.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await page.getByText('db lost its memory limit').click();
    await inspector().getByRole('heading', { name: 'db' }).waitFor();
  });
});

describe('untrusted names', () => {
  it('are text and nothing else', async () => {
    const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    const snapshot: Snapshot = { ...cast(14), containers: cast(14).containers.map((c) => (c.name === 'jenkins' ? { ...c, name: evil, image: evil } : c)) };
    await open(new StandSession(pictureOf(snapshot)));
    await shown();
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('onerror');
    await page.keyboard.press('Enter');
    await inspector().getByRole('heading', { name: evil }).waitFor();
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    expect(complaints).toEqual([]);
  });
});
