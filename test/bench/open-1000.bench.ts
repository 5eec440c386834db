import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../src/node/session/session.js';
import { STANDARD_PARTS } from '../../src/node/session/standard.js';
import { openChromium } from '../browser/chromium.js';
import { serveStand } from '../browser/stand.js';
import { cast } from '../cast/cast.js';
import type { Bench } from './bench.js';

// A text, since what compiles this file would add helpers that a page does not have.
const WATCH = `(() => {
  addEventListener('change', () => {
    const openedAt = performance.now();
    const look = () => {
      if (Number(document.querySelector('[data-testid=stage]')?.dataset.items ?? 0) === 0) return requestAnimationFrame(look);
      // The canvas is painted in this frame or the next; a task after that frame is after its paint.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => (window.painted = performance.now() - openedAt);
        port2.postMessage(null);
      });
    };
    requestAnimationFrame(look);
  }, true);
})()`;

/** One window on a real session without an engine: from the choice of a file to the frame that shows it. */
async function open(file: string): Promise<number> {
  const session = new Session({ host: 'unix:///nonexistent/docker.sock', parts: { ...STANDARD_PARTS, example: () => null }, version: '0', shell: 'browser' });
  session.start();
  const served = await serveStand(session);
  const browser = await openChromium({ reducedMotion: 'reduce' });
  try {
    const page = await browser.page();
    await page.goto(served.url);
    await page.locator('#open-file').waitFor({ state: 'attached' });
    await page.evaluate(WATCH);
    await page.setInputFiles('#open-file', file);
    for (let n = 0; n < 1200; n++) {
      const painted: unknown = await page.evaluate('window.painted');
      if (typeof painted === 'number') return painted;
      await page.waitForTimeout(50);
    }
    throw new Error('nothing was painted within a minute');
  } finally {
    await browser.close();
    await served.close();
    session.close();
  }
}

/** A saved snapshot of 1,000 containers, from the choice of the file in the window to its first frame: parsed, judged, carried and painted. */
export const bench: Bench = {
  name: 'open-1000',
  unit: 'ms',
  bound: { of: 'median', atMost: 1000 },
  needs: ['chromium', 'build'],
  async run() {
    const dir = mkdtempSync(join(tmpdir(), 'bulkhead-open-'));
    try {
      const file = join(dir, 'host.json');
      writeFileSync(file, JSON.stringify(cast(1000)));
      const ours: number[] = [];
      for (let n = 0; n < 9; n++) {
        const ms = await open(file);
        if (n >= 2) ours.push(ms);
      }
      return { ours, peer: null };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
