import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openChromium, type Opened } from '../browser/chromium.js';
import { startFake, type FakeEngine } from '../unit/fake-engine.js';
import { standIn, type StandIn } from './electron.js';

/** The built app on an engine that answers from recordings: what was bundled to talk with one is whole. */
const OUT = path.resolve(import.meta.dirname, '../../out');
const argv = process.argv;
let engine: FakeEngine;
let browser: Opened;
let electron: StandIn;

beforeAll(async () => {
  engine = await startFake();
  process.argv = [argv[0] ?? 'node', '.', '--host', engine.host];
  browser = await openChromium();
  electron = standIn(browser.context);
  await electron.start(path.join(OUT, 'main/index.js'));
});
afterAll(async () => {
  process.argv = argv;
  electron.app.emit('will-quit');
  await browser.close();
  await engine.close();
});

it('the window is live on an engine, and asked it by GET and HEAD alone', async () => {
  const page = electron.windows[0]?.webContents.page;
  if (!page) throw new Error('the window has no page');
  await page.getByTestId('state').getByText(/live/i).waitFor({ timeout: 60_000 });
  expect(engine.requests.length).toBeGreaterThan(3);
  expect(engine.requests.filter((line) => !/^(GET|HEAD) \/v\d/.test(line))).toEqual([]);
});
