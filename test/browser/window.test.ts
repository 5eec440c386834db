import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LENSES } from '../../src/core/scene/scene.js';
import { idOf, stages, type Stage } from './stage.js';
import type { StandSession } from './stand.js';

const { open: openStage, browser } = stages();
let page: Page;
let current: Stage;

async function open(given?: StandSession): Promise<void> {
  current = await openStage(given);
  ({ page } = current);
}
const shown = (): Promise<void> => current.shown();
const inspector = () => current.inspector;
const stage = () => current.stage;

describe('the address', () => {
  it('loses its token at once, keeps it for a reload, and is refused without it', async () => {
    await open();
    await shown();
    expect(page.url()).toBe(`http://127.0.0.1:${current.served.port}/`);
    await page.reload();
    await shown();
    const stranger = await browser().context.newPage();
    await stranger.goto(`http://127.0.0.1:${current.served.port}/`);
    await stranger.getByText('This address was not let in').waitFor();
    await stranger.close();
  });

  it('opens without a complaint of the policy or of the page', async () => {
    await open();
    await shown();
    for (const lens of LENSES) await page.locator(`#tab-${lens}`).click();
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').waitFor();
    expect(current.complaints).toEqual([]);
  });
});

describe('choosing', () => {
  it('a card by a click tells its facts, each with its source', async () => {
    await open();
    await shown();
    const at = await current.place('network', idOf('jenkins'));
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
    const at = await current.place('network', idOf('worker'));
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

  it('by the keys that jump to what matters in each lens', async () => {
    await open();
    await shown();
    const chosen = (): Promise<string> => page.locator('[role=option][aria-selected=true]').first().innerText();
    const at = async (lens: string, key: string, expected: RegExp): Promise<void> => {
      await page.locator(`#tab-${lens}`).click();
      await stage().focus();
      await page.keyboard.press(key);
      await expect.poll(chosen, { timeout: 20_000 }).toMatch(expected);
    };
    await at('network', 'e', /^(bridge|shop_\w+)\./);
    await at('namespaces', 'h', /^(debian-build|node-exporter)/);
    await at('namespaces', ']', /^[A-G], /);
    await at('resources', 'l', /^jenkins/);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(chosen, { timeout: 20_000 }).toMatch(/^ci\.slice/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(chosen, { timeout: 20_000 }).toMatch(/^jenkins/);
    await page.keyboard.press('ArrowDown');
    await expect.poll(chosen, { timeout: 20_000 }).toMatch(/^scratch/);
    await at('enforcement', 'd', /but declared/);
  });

  it('in the list is the same as in the picture', async () => {
    await open();
    await shown();
    await stage().focus();
    await page.keyboard.press('v');
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
    const at = await current.place('network', idOf('jenkins'));
    await page.mouse.click(at.x, at.y);
    await page.getByRole('button', { name: 'What would stop it?' }).click();
    const why = page.getByTestId('why');
    await why.waitFor();
    const text = await why.innerText();
    for (const part of ['It can send the frame', 'It is on the wire', 'Nothing on the way stops it', 'What would stop it', '/proc/48211/status', 'breaks']) expect(text).toContain(part);
    const reading = () => page.evaluate(() => [...document.querySelectorAll('[data-reading]')].findIndex((one) => one === document.activeElement));
    for (const [key, at] of [['ArrowDown', 0], ['ArrowDown', 1], ['ArrowUp', 0], ['ArrowUp', 0]] as const) {
      await page.keyboard.press(key);
      expect(await reading()).toBe(at);
    }
    const before = await why.getByRole('heading', { level: 2 }).innerText();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((was) => document.querySelector('[data-testid=why] h2')?.textContent !== was, before);
    // In the smallest window no victim and its attacker need fit beside the panel: the view comes to rest all the same.
    await page.setViewportSize({ width: 1024, height: 640 });
    for (let n = 0; n < 4; n++) await page.keyboard.press(n % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
    expect(current.complaints).toEqual([]);
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

  it('gets somewhere else on a way of its own, and arrives where it would without motion', async () => {
    await open();
    await shown();
    const camera = () => stage().getAttribute('data-camera');
    const at = (there: string | null) => page.waitForFunction((wanted) => document.querySelector<HTMLElement>('[data-testid=stage]')?.dataset['camera'] === wanted, there);
    const fit = page.getByRole('button', { name: 'Fit' });
    const nearer = page.getByRole('button', { name: 'Zoom in' });
    await fit.click();
    const home = await camera();
    await nearer.click();
    await nearer.click();
    const near = await camera();
    expect(near).not.toBe(home);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await fit.click();
    await at(home);
    await nearer.click();
    await nearer.click();
    await at(near);
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });

  it('hides and resizes inspector and strip by keyboard and by mouse, and remembers it', async () => {
    await open();
    await shown();
    const bar = page.getByRole('separator', { name: 'Width of the inspector' });
    const width = Number(await bar.getAttribute('aria-valuenow'));
    await bar.focus();
    await page.keyboard.press('ArrowLeft');
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(width + 12);
    const strip = page.getByRole('separator', { name: 'Height of the time strip' });
    const height = Number(await strip.getAttribute('aria-valuenow'));
    const [side, top] = [await bar.boundingBox(), await strip.boundingBox()];
    // Beside its line of one pixel, and far outside of it on the way.
    for (const [x, y, dx, dy] of [[side!.x - 3, 300, -40, 25], [500, top!.y + 3, 30, -24]] as const) {
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + dx, y + dy, { steps: 4 });
      await page.mouse.up();
      await page.mouse.move(x, y);
    }
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(width + 52);
    expect(Number(await strip.getAttribute('aria-valuenow'))).toBe(height + 24);
    await stage().focus();
    await page.keyboard.press('t');
    await page.getByTestId('strip').waitFor({ state: 'detached' });
    await page.reload();
    await shown();
    expect(await page.getByTestId('strip').count()).toBe(0);
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(width + 52);
  });

  it('has a menu that a key opens at its first entry, and that closes by Escape and when the focus leaves it', async () => {
    await open();
    await shown();
    const menu = page.getByRole('menu', { name: 'More' });
    await page.getByTestId('menu').click();
    await menu.waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await menu.waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('Open a file') === true);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('Export') === true);
    await page.keyboard.press('/');
    await menu.waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement?.id === 'filter');
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
