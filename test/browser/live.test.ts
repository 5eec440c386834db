import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type Lab } from '../lab/engine.js';
import { openChromium, type Opened } from './chromium.js';
import { serveLive, type Live } from './live.js';

/** The built program on a real engine, its window in a real browser. */
let lab: Lab;
let live: Live;
let browser: Opened;
let page: Page;

beforeAll(async () => {
  lab = await startEngine();
  await lab.docker(['network', 'create', 'shop_front']);
  await lab.run('web-one', { args: ['--network', 'shop_front', '--memory', '64m'] });
  await lab.run('db-one', { args: ['--network', 'shop_front', '--cap-drop', 'ALL'] });
  live = await serveLive(lab);
  browser = await openChromium({}, lab.netns);
  page = await browser.page();
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  await page.goto(live.url);
  await page.getByTestId('stage').waitFor({ timeout: 60_000 });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await live?.stop();
  await lab?.stop();
}, 120_000);

async function choose(name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette').fill(name);
  await page.getByRole('option', { name: new RegExp(`^\\s*${name}`) }).first().waitFor({ timeout: 60_000 });
  await page.keyboard.press('Enter');
  await page.getByTestId('inspector').getByRole('heading', { name, exact: true }).waitFor({ timeout: 60_000 });
}

const facts = () => page.getByTestId('inspector').innerText();

describe('a live engine in the window', () => {
  it('is told as live, with the socket that was found', async () => {
    await page.locator('[data-testid=state][data-state=live]').waitFor({ timeout: 60_000 });
    expect(await page.getByRole('banner').innerText()).toContain(lab.host);
  });

  it('a container that starts appears by itself, on the strip as well', async () => {
    await lab.run('late-one', { args: ['--network', 'shop_front'] });
    await choose('late-one');
    await page.getByTestId('strip').getByRole('button', { name: /late-one/ }).first().waitFor({ timeout: 60_000 });
  });

  it('a chosen container’s facts are the kernel’s and the engine’s', async () => {
    await choose('web-one');
    const pid = await lab.pid('web-one');
    const address = (await lab.docker(['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', 'web-one'])).trim();
    const text = await facts();
    expect(text).toContain(`/proc/${pid}/status`);
    expect(text).toContain(address);
    expect(text).toContain('Can impersonate');
    await page.locator('#tab-resources').click();
    await page.getByTestId('verdict').getByText('of its memory limit').first().waitFor();
    expect(await facts()).toContain('64 MiB');
    await page.locator('#tab-network').click();
    await choose('db-one');
    await page.getByTestId('verdict').getByText('Cannot impersonate anybody').waitFor();
  });

  it('a container that is removed goes', async () => {
    await lab.remove('late-one');
    await page.keyboard.press('Escape');
    const gone = async (): Promise<boolean> => {
      await page.keyboard.press('Control+k');
      await page.getByTestId('palette').fill('late-one');
      const found = await page.getByRole('option', { name: /^\s*late-one/ }).count();
      await page.keyboard.press('Escape');
      return found === 0;
    };
    const deadline = Date.now() + 60_000;
    while (!(await gone())) {
      if (Date.now() > deadline) throw new Error('late-one is still there after 60 s');
      await page.waitForTimeout(250);
    }
  });

  it('what is saved opens again and says the same bytes', async () => {
    const save = async (): Promise<string> => {
      await page.keyboard.press('Control+e');
      await page.getByTestId('format').selectOption('json');
      await page.getByTestId('preview').getByText('"format"').waitFor({ timeout: 60_000 });
      const download = page.waitForEvent('download');
      await page.getByTestId('save').click();
      return readFileSync(await (await download).path(), 'utf8');
    };
    const first = await save();
    expect(JSON.parse(first)).toMatchObject({ format: expect.any(Number), containers: expect.any(Array) });
    await page.locator('#open-file').setInputFiles({ name: 'saved.json', mimeType: 'application/json', buffer: Buffer.from(first) });
    await page.locator('[data-testid=state][data-state=file]').waitFor({ timeout: 60_000 });
    expect(await save() === first).toBe(true);
    await page.getByRole('button', { name: 'Back to the live host' }).click();
    await page.locator('[data-testid=state][data-state=live]').waitFor({ timeout: 60_000 });
  });
});
