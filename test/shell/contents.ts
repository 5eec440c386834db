import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import type * as Electron from 'electron';
import type { CDPSession, Page, Route } from 'playwright-core';
import { PAGE_WORLD, preloadWorld } from './worlds.js';

const OUTSIDE = /^https:\/\/([a-z0-9-]+)\.([a-z]+)\.invalid(?=[/?#]|$)/;

/** `app://bulkhead/x` as an address that chromium can be routed for, and back. Nothing of it reaches a network. */
export const toWeb = (address: string): string => address.replace(/^([a-z]+):\/\/([a-z0-9-]+)/, (_all, scheme: string, host: string) => `https://${host}.${scheme}.invalid`);
export const toApp = (address: string): string => address.replace(OUTSIDE, (_all, host: string, scheme: string) => `${scheme}://${host}`);

export interface Wire {
  invoke(channel: string, sender: Contents, frame: Frame | null, args: readonly unknown[]): Promise<unknown>;
  serve(request: Request): Promise<Response> | null;
}

export interface Frame {
  readonly url: string;
}

type OpenHandler = (details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse;

/** The web contents of one window: a real page, with the built preload in a world of its own. */
export class Contents extends EventEmitter {
  page: Page | null = null;
  openHandler: OpenHandler | null = null;
  readonly outside: string[] = [];
  readonly mainFrame: Frame;
  #cdp: CDPSession | null = null;
  #preload: number | null = null;
  readonly #waiting: string[] = [];

  constructor(readonly options: Electron.BrowserWindowConstructorOptions, private readonly wire: Wire) {
    super();
    this.mainFrame = { get url() { return ''; } };
    Object.defineProperty(this.mainFrame, 'url', { get: () => toApp(this.page?.url() ?? '') });
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  /** Main to page: cloned as IPC does, so a function or a Proxy in it throws. */
  send(channel: string, ...args: unknown[]): void {
    structuredClone(args);
    this.#deliver({ channel, args });
  }

  #deliver(message: unknown): void {
    const text = JSON.stringify(message);
    if (this.#preload === null || this.#cdp === null) {
      this.#waiting.push(text);
      return;
    }
    void this.#cdp.send('Runtime.evaluate', { expression: `standIpc(${JSON.stringify(text)})`, contextId: this.#preload }).catch(() => undefined);
  }

  async load(page: Page, address: string): Promise<void> {
    this.page = page;
    const { preload } = this.options.webPreferences ?? {};
    if (preload === undefined) throw new Error('no preload was given');
    const source = readFileSync(preload, 'utf8');
    // A sandboxed preload is a plain script: an ES module does not parse as one.
    new Script(`(function (require, module, exports) { ${source}\n})`, { filename: preload });
    const cdp = await page.context().newCDPSession(page);
    this.#cdp = cdp;
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === 'preload' && (context.auxData as { isDefault?: boolean } | undefined)?.isDefault === false) this.#preload = context.id;
    });
    cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === 'sendIpc') void this.#called(payload);
    });
    await cdp.send('Runtime.enable');
    await cdp.send('Page.enable');
    await cdp.send('Runtime.addBinding', { name: 'sendIpc', executionContextName: 'preload' });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: PAGE_WORLD });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: preloadWorld(source), worldName: 'preload' });
    await page.route('**/*', (route) => this.#route(route));
    page.on('popup', (popup) => void popup.close());
    await page.goto(toWeb(address));
    for (const text of this.#waiting.splice(0)) this.#deliver(JSON.parse(text));
  }

  async #called(payload: string): Promise<void> {
    const { id, channel, args } = JSON.parse(payload) as { id: number; channel: string; args: unknown[] };
    try {
      const value = await this.wire.invoke(channel, this, this.mainFrame, args);
      structuredClone(value);
      this.#deliver({ id, value });
    } catch (error) {
      this.#deliver({ id, error: `Error invoking remote method '${channel}': ${String(error)}` });
    }
  }

  async #route(route: Route): Promise<void> {
    const request = route.request();
    const address = toApp(request.url());
    const first = this.page?.url() === 'about:blank';
    if (!first && request.isNavigationRequest() && request.frame() === this.page?.mainFrame()) {
      let stopped = false;
      this.emit('will-navigate', { url: address, preventDefault: () => (stopped = true) });
      if (stopped) return route.abort('aborted');
    }
    const answer = OUTSIDE.test(request.url()) ? await this.wire.serve(new Request(address, { method: request.method() })) : null;
    if (answer === null) {
      this.outside.push(request.url());
      return route.abort();
    }
    return route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) });
  }
}
