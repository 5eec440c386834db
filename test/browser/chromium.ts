import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

/** The browser of this machine, or null where there is none. */
export function chromiumPath(): string | null {
  return process.env['CHROMIUM'] ?? PLACES.find((file) => existsSync(file)) ?? null;
}

export interface Opened {
  readonly context: BrowserContext;
  page(options?: { readonly url?: string }): Promise<Page>;
  close(): Promise<void>;
}

/** A real chromium with a profile of its own, that asks nobody anything. `netns`: the net namespace it lives in, as `nsenter --net=` takes it; `more`: further switches. */
export async function openChromium(options: BrowserContextOptions = {}, netns: string | null = null, more: readonly string[] = []): Promise<Opened> {
  const found = chromiumPath();
  if (found === null) throw new Error('no chromium on this machine');
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-chromium-'));
  const profile = path.join(folder, 'profile');
  let executablePath = found;
  if (netns !== null) {
    executablePath = path.join(folder, 'chromium');
    writeFileSync(executablePath, `#!/bin/sh\nexec nsenter --net=${netns} ${found} "$@"\n`);
    chmodSync(executablePath, 0o755);
  }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', ...more],
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  return {
    context,
    page: async ({ url } = {}) => {
      const page = await context.newPage();
      if (url !== undefined) await page.goto(url);
      return page;
    },
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
