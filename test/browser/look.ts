// Pictures of the window for people to look at: all lenses × themes × sizes.
//   npx tsx test/browser/look.ts [--out FOLDER] [--url http://127.0.0.1:PORT/#token] [--cast 3,14,40,200] [--file SNAPSHOT] [--lens network,…] [--theme dark,light] [--select NAME]
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cast, type CastSize } from '../cast/cast.js';
import type { Snapshot } from '../../src/core/model/index.js';
import { openChromium } from './chromium.js';
import { pictureOf, serveStand, StandSession } from './stand.js';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'look' }, url: { type: 'string' }, cast: { type: 'string', default: '14' }, lens: { type: 'string', default: 'network,namespaces,resources,enforcement' },
    theme: { type: 'string', default: 'dark,light' }, size: { type: 'string', default: '1440x900' }, select: { type: 'string' }, why: { type: 'boolean', default: false }, netns: { type: 'string' }, file: { type: 'string' },
  },
});

mkdirSync(values.out, { recursive: true });
const [width, height] = values.size.split('x').map(Number) as [number, number];
const saved = values.file === undefined ? null : (JSON.parse(readFileSync(values.file, 'utf8')) as Snapshot);
for (const size of values.url === undefined && saved === null ? values.cast.split(',').map(Number) : [0]) {
  const served = values.url === undefined ? await serveStand(new StandSession(pictureOf(saved ?? cast(size as CastSize)))) : null;
  const browser = await openChromium({ viewport: { width, height } }, values.netns ?? null);
  for (const theme of values.theme.split(',')) {
    const page = await browser.page();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') process.stderr.write(`${message.type()}: ${message.text()}\n`);
    });
    page.on('pageerror', (error) => process.stderr.write(`page error: ${error.stack ?? error.message}\n`));
    await page.emulateMedia({ colorScheme: theme as 'dark' | 'light', reducedMotion: 'reduce' });
    await page.goto(values.url ?? served?.url ?? '');
    await page.getByTestId('stage').waitFor({ timeout: 30_000 });
    for (const lens of values.lens.split(',')) {
      await page.locator(`#tab-${lens}`).click();
      if (values.select !== undefined) {
        await page.keyboard.press('Control+k');
        await page.getByTestId('palette').fill(values.select);
        await page.keyboard.press('Enter');
        if (values.why) await page.getByText('What would stop it?').click();
      }
      await page.waitForTimeout(500);
      const file = path.join(values.out, `${lens}-${size === 0 ? (saved === null ? 'live' : 'file') : size}-${theme}${values.select === undefined ? '' : `-${values.select}`}.png`);
      await page.screenshot({ path: file });
      process.stdout.write(`${file}\n`);
      if (values.why) await page.keyboard.press('Escape');
    }
    await page.close();
  }
  await browser.close();
  await served?.close();
}
