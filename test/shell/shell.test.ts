import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../src/contract/contract.js';
import { requests } from '../../src/contract/requests.js';
import { openChromium, type Opened } from '../browser/chromium.js';
import { cast } from '../cast/cast.js';
import { standIn, type StandIn } from './electron.js';

declare global {
  interface Window {
    readonly bulkhead?: Bridge;
  }
}

/** The built app, or a package's content that was unpacked elsewhere. */
const APP = process.env['APP_DIR'] ?? path.resolve(import.meta.dirname, '../..');
const OUT = path.join(APP, 'out');
const CALL = 'bulkhead:call';

let folder: string;
let browser: Opened;
let electron: StandIn;
let page: Page;
const argv = process.argv;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-shell-'));
  const file = path.join(folder, 'saved.json');
  writeFileSync(file, JSON.stringify(cast(14)));
  process.argv = [argv[0] ?? 'node', '.', file];
  browser = await openChromium();
  electron = standIn(browser.context);
  await electron.start(path.join(OUT, 'main/index.js'));
  const own = electron.windows[0]?.webContents.page;
  if (!own) throw new Error('the window has no page');
  page = own;
  await page.getByTestId('stage').waitFor();
});

afterAll(async () => {
  process.argv = argv;
  electron.app.emit('will-quit');
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

const own = () => electron.windows[0]?.webContents;
const preferences = () => electron.windows[0]?.options.webPreferences ?? {};

describe('the built app runs', () => {
  it('shows the picture of the snapshot that it was started with', async () => {
    expect(Number(await page.getByTestId('stage').getAttribute('data-items'))).toBeGreaterThan(10);
    await page.getByTestId('state').getByText(/file, taken/).waitFor();
    expect(electron.windows[0]?.shown).toBe(true);
  });

  it('carries calls and pushes: what is chosen in the menu happens in the page', async () => {
    const view = electron.menu.find((one) => one.label === 'View')?.submenu as Electron.MenuItemConstructorOptions[];
    const item = view.find((one) => one.label === 'Enforcement');
    expect(item?.accelerator).toBe('CmdOrCtrl+4');
    item?.click?.(undefined as never, undefined, undefined as never);
    await page.locator('#tab-enforcement[aria-selected=true]').waitFor();
  });

  it('opens a file by the desktop’s dialog, and says in a sentence what is no snapshot', async () => {
    const wrong = path.join(folder, 'wrong.json');
    writeFileSync(wrong, '{"a":1}');
    electron.dialog.open = wrong;
    await page.keyboard.press('Control+o');
    await page.getByTestId('notice').waitFor();
    expect(await page.getByTestId('stage').count()).toBe(1);
    electron.dialog.open = null;
  });

  it('saves whole files by the desktop’s dialog, and leaves nothing beside them', async () => {
    const target = path.join(folder, 'saved.txt');
    electron.dialog.save = target;
    const answer = await page.evaluate(() => window.bulkhead?.call('saveAs', { name: 'saved.txt', encoding: 'base64', data: btoa('whole') }));
    expect(answer).toEqual({ ok: true, value: { path: target } });
    expect(readFileSync(target, 'utf8')).toBe('whole');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    electron.dialog.save = path.join(folder, 'no/such/folder.txt');
    expect(await page.evaluate(() => window.bulkhead?.call('saveAs', { name: 'x', encoding: 'text', data: '' }))).toMatchObject({ ok: false, trouble: { what: expect.any(String) } });
  });

  it('shows a desktop notification', async () => {
    await page.evaluate(() => window.bulkhead?.call('notify', { title: 'a', body: 'b' }));
    expect(electron.notified.at(-1)).toEqual({ title: 'a', body: 'b' });
  });

  it('is one instance', () => {
    expect(electron.log).toContain('singleInstance');
    expect(() => electron.app.emit('second-instance', {}, ['bulkhead', '.'], folder)).not.toThrow();
    expect(electron.windows).toHaveLength(1);
    expect(electron.dialog.errors).toEqual([]);
  });

  it('opens the file that a second start names, and says in a sentence what is no snapshot', async () => {
    writeFileSync(path.join(folder, 'second.json'), JSON.stringify(cast(3)));
    electron.app.emit('second-instance', {}, ['bulkhead', '.', '--some-flag-of-the-desktop', 'second.json'], folder);
    await page.getByText('A saved snapshot: second.json').waitFor();
    electron.app.emit('second-instance', {}, ['bulkhead', '.', 'wrong.json'], folder);
    await expect.poll(() => electron.dialog.errors).toEqual([expect.stringMatching(/^wrong.json .*\.$/)]);
    electron.app.emit('open-file', { preventDefault: () => undefined }, path.join(folder, 'saved.json'));
    await page.getByText('A saved snapshot: saved.json').waitFor();
  });

  it('has no native code in what was built, and a preload that a sandbox can run', () => {
    expect(readdirSync(OUT, { recursive: true }).filter((name) => String(name).endsWith('.node'))).toEqual([]);
    expect(existsSync(path.join(OUT, 'preload/index.cjs'))).toBe(true);
    const required = [...readFileSync(path.join(OUT, 'preload/index.cjs'), 'utf8').matchAll(/require\(["']([^"']+)["']\)/g)].map((match) => match[1]);
    expect(new Set(required)).toEqual(new Set(['electron']));
  });
});

describe("Electron's security checklist", () => {
  it('1, 18: only its own secure scheme is loaded, no file: and nothing from a network', async () => {
    expect(own()?.mainFrame.url).toMatch(/^app:\/\/bulkhead\//);
    expect(electron.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
    expect(own()?.outside).toEqual([]);
    expect(await page.evaluate(() => fetch('/../../package.json').then((answer) => answer.status))).toBe(404);
  });

  it('2, 3, 4: no Node in the page, isolated, sandboxed', async () => {
    expect(preferences()).toMatchObject({ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, contextIsolation: true, sandbox: true });
    expect(electron.log).toContain('enableSandbox');
    expect(await page.evaluate(() => ['require', 'process', 'module', 'Buffer', 'sendIpc', 'standIpc'].filter((name) => name in window))).toEqual([]);
  });

  it('5: no permission is granted, asked or checked', () => {
    const answers: boolean[] = [];
    const ask = electron.permissions.request as (contents: unknown, permission: string, answer: (given: boolean) => void) => void;
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fullscreen']) ask(null, permission, (given) => answers.push(given));
    expect(answers).toEqual([false, false, false, false, false, false]);
    expect((electron.permissions.check as () => boolean)()).toBe(false);
    expect((electron.permissions.device as () => boolean)()).toBe(false);
  });

  it('6, 8, 9, 10, 11: web security stays on, nothing experimental, no webview tag', () => {
    const given = preferences();
    expect(given).toMatchObject({ webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, webviewTag: false });
    expect(given.enableBlinkFeatures).toBeUndefined();
  });

  it('7: the policy comes as a header and holds in a real engine', async () => {
    const policy = await page.evaluate(() => fetch('/').then((answer) => answer.headers.get('content-security-policy')));
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const tried = await page.evaluate(
      () =>
        new Promise<Record<string, unknown>>((resolve) => {
          const out: Record<string, unknown> = {};
          setTimeout(() => {
            try {
              out['eval'] = (0, eval)('1 + 1');
            } catch (error) {
              out['eval'] = String(error).slice(0, 9);
            }
            try {
              document.body.insertAdjacentHTML('beforeend', '<b>x</b>');
              out['html'] = 'written';
            } catch {
              out['html'] = 'refused';
            }
            const script = document.createElement('script');
            try {
              script.text = 'window.inline = 1';
              document.body.append(script);
            } catch {
              // Trusted types refuse it before the policy does.
            }
            out['inline'] = 'inline' in window;
            fetch('https://elsewhere.example/').then(
              () => resolve({ ...out, fetch: 'sent' }),
              () => resolve({ ...out, fetch: 'refused' }),
            );
          });
        }),
    );
    expect(tried).toEqual({ eval: 'EvalError', html: 'refused', inline: false, fetch: 'refused' });
    expect(own()?.outside).toEqual([]);
  });

  it('12: a webview cannot be attached', () => {
    let prevented = false;
    own()?.emit('will-attach-webview', { preventDefault: () => (prevented = true) }, {}, {});
    expect(prevented).toBe(true);
  });

  it('13: the window stays on its page', async () => {
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      for (const [url, stays] of [['https://evil.example/', true], ['file:///etc/passwd', true], ['app://other/', true], ['javascript:1', true], ['app://bulkhead/', false]] as const) {
        let prevented = false;
        own()?.emit(name, { url, preventDefault: () => (prevented = true) });
        expect(prevented, `${name} ${url}`).toBe(stays);
      }
    }
    await page.evaluate(() => void (location.href = 'https://evil.example/'));
    await page.waitForFunction(() => document.querySelector('[data-testid=stage]') !== null);
    expect(own()?.mainFrame.url).toMatch(/^app:\/\/bulkhead\//);
  });

  it('14, 15: no popup; only listed addresses reach the user’s browser', () => {
    const ask = own()?.openHandler;
    if (!ask) throw new Error('no window-open handler');
    const before = electron.opened.length;
    for (const url of ['https://evil.example/', 'file:///etc/passwd', 'https://man7.org.evil.example/', 'https://man7.org@evil.example/', 'http://man7.org/', 'javascript:1', 'not an address']) {
      expect(ask({ url } as Electron.HandlerDetails)).toEqual({ action: 'deny' });
    }
    expect(electron.opened).toHaveLength(before);
    expect(ask({ url: 'https://man7.org/linux/man-pages/man7/namespaces.7.html' } as Electron.HandlerDetails)).toEqual({ action: 'deny' });
    expect(electron.opened.at(-1)).toBe('https://man7.org/linux/man-pages/man7/namespaces.7.html');
  });

  it('16: Electron is a current one', () => {
    const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../node_modules/electron/package.json'), 'utf8')) as { version: string };
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(45);
  });

  it('17: every channel refuses who is not the main frame of the window on its page', async () => {
    const sender = own();
    expect([...electron.handlers.keys()]).toEqual([CALL]);
    const strangers = [
      { sender, senderFrame: null },
      { sender, senderFrame: { url: 'app://bulkhead/' } },
      { sender, senderFrame: { url: 'https://evil.example/' } },
      { sender: {}, senderFrame: sender?.mainFrame ?? null },
    ];
    for (const channel of electron.handlers.keys()) {
      for (const stranger of strangers) {
        expect(await electron.invoke(channel, stranger, 'hello', [])).toMatchObject({ ok: false, trouble: { what: 'The call was refused.' } });
      }
    }
    const owner = { sender, senderFrame: sender?.mainFrame ?? null };
    for (const [method, args] of [['rm', []], ['constructor', []], ['seek', [{ frame: -1 }]], ['seek', 'x'], [undefined, undefined]] as const) {
      expect(await electron.invoke(CALL, owner, method, args)).toMatchObject({ ok: false });
    }
  });

  it('20: the page reaches two functions and no raw ipcRenderer; a method of its own choosing is refused', async () => {
    expect(await page.evaluate(() => Object.keys(window.bulkhead ?? {}))).toEqual(['call', 'onPush']);
    expect(await page.evaluate(() => Object.isFrozen(window.bulkhead))).toBe(true);
    const refused = await page.evaluate(() => (window.bulkhead as unknown as { call(method: string): Promise<unknown> }).call('rm').then(() => 'sent', (error: Error) => error.message));
    expect(refused).toContain('there is no such method');
    const preload = readFileSync(path.join(OUT, 'preload/index.cjs'), 'utf8');
    for (const method of Object.keys(requests)) expect(preload).toContain(method);
  });

  it('what cannot be cloned does not cross', async () => {
    const thrown = await page.evaluate(() => {
      try {
        void (window.bulkhead as unknown as { call(method: string, args: unknown): Promise<unknown> }).call('seek', new Proxy({ frame: 1 }, {}));
        return 'sent';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(thrown).toBe('An object could not be cloned.');
  });
});
