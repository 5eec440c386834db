import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { lensByName } from '../../src/core/lenses/index.js';
import { DEFAULT_OPTIONS } from '../../src/core/lenses/view.js';
import type { LensName } from '../../src/core/scene/scene.js';
import type { Served } from '../../src/node/serve/serve.js';
import { cast } from '../cast/cast.js';
import { openChromium, type Opened } from './chromium.js';
import { pictureOf, serveStand, StandSession } from './stand.js';

export const picture = pictureOf(cast(14));
export const idOf = (name: string): string => picture.snapshot.containers.find((c) => c.name === name)?.id ?? '';

/** The window of one test: its page, its session, and what the browser complained of. */
export interface Stage {
  readonly page: Page;
  readonly session: StandSession;
  readonly served: Served;
  readonly complaints: readonly string[];
  readonly stage: Locator;
  readonly inspector: Locator;
  /** Waits for the picture. */
  shown(): Promise<void>;
  /** Where a container is on the page: by the lens itself, since a canvas tells nothing. */
  place(lens: LensName, id: string): Promise<{ readonly x: number; readonly y: number }>;
}

/** One browser for a file of tests; a fresh server and page for each. Answers how to open one, and the browser. */
export function stages(): { open(session?: StandSession): Promise<Stage>; browser(): Opened } {
  let browser: Opened;
  let last: { page: Page; served: Served } | null = null;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await last?.page.evaluate(() => localStorage.clear()).catch(() => undefined);
    await last?.page.close();
    await last?.served.close();
    last = null;
  });
  return {
    browser: () => browser,
    open: async (session = new StandSession(picture)) => {
      const served = await serveStand(session);
      const page = await browser.page();
      last = { page, served };
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
      await page.goto(served.url);
      const stage = page.getByTestId('stage');
      return {
        page, session, served, complaints, stage,
        inspector: page.getByTestId('inspector'),
        shown: async () => {
          await stage.waitFor();
          await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-testid=stage]')?.dataset['items']) > 0);
        },
        place: async (lens, id) => {
          const box = await stage.boundingBox();
          if (box === null) throw new Error('no stage');
          const [k, x, y] = ((await stage.getAttribute('data-camera')) ?? '').split(' ').map(Number) as [number, number, number];
          const { scene } = lensByName(lens).arrange({ ...picture, shown: null, project: null, width: Math.max(640, box.width), height: Math.round(box.height), options: DEFAULT_OPTIONS, rates: null }, null);
          const item = scene.items.find((one) => one.subject?.id === id && (one.role === 'card' || one.role === 'row'));
          if (item === undefined) throw new Error(`no item of ${id}`);
          return { x: box.x + x + k * (item.box.x + Math.min(30, item.box.w / 2)), y: box.y + y + k * (item.box.y + item.box.h / 2) };
        },
      };
    },
  };
}
