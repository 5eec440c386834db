import type { Page } from 'playwright-core';
import { cast, type CastSize } from '../cast/cast.js';
import { openChromium, type Opened } from '../browser/chromium.js';
import { pictureOf, serveStand, StandSession } from '../browser/stand.js';
import type { Served } from '../../src/node/serve/serve.js';

/** Frames are not held back to the screen's rate, so that their distance is their cost. */
const UNCAPPED = ['--disable-gpu-vsync', '--disable-frame-rate-limit'];

export interface BenchWindow {
  readonly page: Page;
  readonly session: StandSession;
  close(): Promise<void>;
}

/** The built window at 1440×900 in headless chromium, on a session that shows a cast. `later`: it is connected and has no picture yet. */
export async function windowOf(size: CastSize, later: boolean): Promise<BenchWindow> {
  const picture = pictureOf(cast(size));
  const session = new StandSession(later ? null : picture);
  const served: Served = await serveStand(session);
  const browser: Opened = await openChromium({ reducedMotion: 'reduce' }, null, UNCAPPED);
  const page = await browser.page();
  await page.goto(served.url);
  await page.getByTestId(later ? 'skeleton' : 'stage').waitFor();
  return {
    page,
    session,
    close: async () => {
      await browser.close();
      await served.close();
    },
  };
}

// Scripts of the page are texts: what compiles these files would add helpers that a page does not have.
const PAN = `(count, first) => new Promise((resolve) => {
  const stage = document.querySelector('[data-testid=stage]');
  const out = [];
  let last = 0;
  let n = 0;
  const frame = (now) => {
    if (n > first) out.push(now - last);
    last = now;
    if (n === first + count) return resolve(out);
    n += 1;
    stage.dispatchEvent(new WheelEvent('wheel', { deltaX: Math.floor(n / 40) % 2 === 0 ? 9 : -9, deltaY: Math.floor(n / 80) % 2 === 0 ? 7 : -7, bubbles: true, cancelable: true }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;

const WATCH = `(() => {
  const parse = JSON.parse;
  JSON.parse = (text, ...rest) => {
    const from = performance.now();
    const value = parse(text, ...rest);
    if (value !== null && value.push === 'picture') {
      const look = () => {
        if (Number(document.querySelector('[data-testid=stage]')?.dataset.items ?? 0) === 0) return requestAnimationFrame(look);
        // The canvas is painted in this frame or the next; a task after that frame is after its paint.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => (window.painted = performance.now() - from);
          port2.postMessage(null);
        });
      };
      requestAnimationFrame(look);
    }
    return value;
  };
})()`;

/** Milliseconds between frames while the picture is panned by wheel, to and fro. */
export async function panFrames(page: Page, frames: number, warm: number): Promise<number[]> {
  return (await page.evaluate(`(${PAN})(${frames}, ${warm})`)) as number[];
}

/** Milliseconds from the picture's arrival at a window that waits for it to the frame that shows it. */
export async function firstPaint(size: CastSize): Promise<number> {
  const { page, session, close } = await windowOf(size, true);
  try {
    await page.evaluate(WATCH);
    session.show({ state: 'live', endpoint: 'unix:///var/run/docker.sock', since: new Date().toISOString() }, pictureOf(cast(size)));
    for (let n = 0; n < 1200; n++) {
      const painted: unknown = await page.evaluate('window.painted');
      if (typeof painted === 'number') return painted;
      await page.waitForTimeout(100);
    }
    throw new Error('nothing was painted within two minutes');
  } finally {
    await close();
  }
}
