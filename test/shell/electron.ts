import { EventEmitter } from 'node:events';
import { createRequire, register } from 'node:module';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Electron from 'electron';
import type { BrowserContext } from 'playwright-core';
import { Contents, type Frame, type Wire } from './contents.js';

/** What a main process did, and the levers of the world around it. */
export interface StandIn {
  readonly windows: readonly StandWindow[];
  readonly handlers: ReadonlyMap<string, (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown>;
  readonly log: readonly string[];
  readonly schemes: readonly Electron.CustomScheme[];
  readonly opened: readonly string[];
  readonly notified: readonly Electron.NotificationConstructorOptions[];
  readonly menu: Electron.MenuItemConstructorOptions[];
  readonly permissions: { request: unknown; check: unknown; device: unknown };
  readonly app: EventEmitter;
  /** What the user chooses in the next dialog. */
  dialog: { open: string | null; save: string | null; readonly errors: string[] };
  /** Imports a built main as Electron does, and lets `ready` come. */
  start(main: string): Promise<void>;
  invoke(channel: string, event: { sender: unknown; senderFrame: Frame | null }, ...args: unknown[]): Promise<unknown>;
}

export class StandWindow extends EventEmitter {
  readonly webContents: Contents;
  shown = false;
  loaded: Promise<void> | null = null;

  constructor(readonly options: Electron.BrowserWindowConstructorOptions, wire: Wire, private readonly context: BrowserContext) {
    super();
    const { preload } = options.webPreferences ?? {};
    if (preload !== undefined && !isAbsolute(preload)) throw new Error('preload must be an absolute path');
    this.webContents = new Contents(options, wire);
  }

  loadURL(address: string): Promise<void> {
    this.loaded = this.context.newPage().then(async (page) => {
      await this.webContents.load(page, address);
      this.emit('ready-to-show');
    });
    return this.loaded;
  }

  show(): void {
    this.shown = true;
  }
  focus(): void {}
  restore(): void {}
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return false;
  }
}

/** Electron throws where a member does not exist; so does this, by name. */
function strict<T extends object>(of: T, name: string): T {
  return new Proxy(of, {
    get(target, key) {
      if (typeof key === 'string' && !(key in target) && key !== 'then') throw new Error(`stand-in has no electron.${name}.${key}`);
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' && !/^class /.test(Function.prototype.toString.call(value)) ? value.bind(target) : value;
    },
  });
}

const NAMES = ['app', 'BrowserWindow', 'Menu', 'protocol', 'session', 'shell', 'ipcMain', 'dialog', 'Notification', 'nativeTheme'] as const;
let hooked = false;
let starts = 0;

/** Makes `electron` mean `globalThis.standElectron` for what is imported natively from now on. */
function hook(): void {
  if (hooked) return;
  hooked = true;
  const module = `const e = globalThis.standElectron; ${NAMES.map((name) => `export const ${name} = e.${name};`).join(' ')}`;
  register(`data:text/javascript,${encodeURIComponent(`export async function resolve(specifier, context, next) {
    if (specifier !== 'electron') return next(specifier, context);
    const key = new URL(context.parentURL).search;
    return { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(module)}`)} + '//' + key, shortCircuit: true };
  }`)}`);
}

export function standIn(context: BrowserContext): StandIn {
  const windows: StandWindow[] = [];
  const handlers = new Map<string, (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown>();
  const log: string[] = [];
  const schemes: Electron.CustomScheme[] = [];
  const opened: string[] = [];
  const notified: Electron.NotificationConstructorOptions[] = [];
  const permissions: StandIn['permissions'] = { request: null, check: null, device: null };
  const served = new Map<string, (request: Request) => Response | Promise<Response>>();
  const dialog: StandIn['dialog'] = { open: null, save: null, errors: [] };
  const events = new EventEmitter();
  let menu: Electron.MenuItemConstructorOptions[] = [];
  let ready = false;
  let becomeReady: () => void = () => {};
  const whenReady = new Promise<void>((resolve) => (becomeReady = resolve));
  const after = (what: string): void => {
    if (!ready) throw new Error(`${what} can only be used after app is ready`);
  };

  const invoke: Wire['invoke'] = async (channel, sender, frame, args) => {
    const handler = handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return handler({ sender, senderFrame: frame } as unknown as Electron.IpcMainInvokeEvent, ...(structuredClone(args) as unknown[]));
  };
  const wire: Wire = {
    invoke,
    serve: async (request) => (await served.get(new URL(request.url).protocol.slice(0, -1))?.(request)) ?? new Response('no such scheme', { status: 404 }),
  };

  const app = Object.assign(events, {
    isPackaged: false,
    enableSandbox: () => {
      if (ready) throw new Error('app.enableSandbox() can only be called before app is ready');
      log.push('enableSandbox');
    },
    whenReady: () => whenReady,
    getVersion: () => '0.0.0-stand',
    requestSingleInstanceLock: () => (log.push('singleInstance'), true),
    quit: () => void log.push('quit'),
  } satisfies Partial<Electron.App>);

  class BrowserWindow extends StandWindow {
    static getAllWindows(): readonly StandWindow[] {
      return windows;
    }
    constructor(options: Electron.BrowserWindowConstructorOptions) {
      after('BrowserWindow');
      super(options, wire, context);
      windows.push(this);
      events.emit('web-contents-created', {}, this.webContents);
    }
  }

  class Notification extends EventEmitter {
    static isSupported(): boolean {
      return true;
    }
    constructor(readonly options: Electron.NotificationConstructorOptions) {
      super();
    }
    show(): void {
      notified.push(this.options);
    }
  }

  const electron = {
    app: strict(app, 'app'),
    BrowserWindow,
    Notification,
    Menu: strict({
      buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ template }) as unknown as Electron.Menu,
      setApplicationMenu: (built: Electron.Menu | null) => void (menu = (built as unknown as { template: Electron.MenuItemConstructorOptions[] } | null)?.template ?? []),
    } satisfies Partial<typeof Electron.Menu>, 'Menu'),
    protocol: strict({
      registerSchemesAsPrivileged: (given: Electron.CustomScheme[]) => {
        if (ready) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
        if (schemes.length > 0) throw new Error('registerSchemesAsPrivileged was called twice');
        schemes.push(...given);
      },
      handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) => {
        after('protocol.handle');
        if (served.has(scheme)) throw new Error(`scheme ${scheme} is handled already`);
        served.set(scheme, handler);
      },
    } satisfies Partial<Electron.Protocol>, 'protocol'),
    session: strict({
      get defaultSession() {
        after('session.defaultSession');
        return strict({
          setPermissionRequestHandler: (handler) => void (permissions.request = handler),
          setPermissionCheckHandler: (handler) => void (permissions.check = handler),
          setDevicePermissionHandler: (handler) => void (permissions.device = handler),
        } satisfies Partial<Electron.Session>, 'session.defaultSession') as unknown as Electron.Session;
      },
    } satisfies Partial<typeof Electron.session>, 'session'),
    shell: strict({ openExternal: async (address: string) => void opened.push(address) } satisfies Partial<Electron.Shell>, 'shell'),
    ipcMain: strict({
      handle: (channel: string, handler: (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown) => {
        if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
        handlers.set(channel, handler);
      },
      removeHandler: (channel: string) => void handlers.delete(channel),
    } satisfies Partial<Electron.IpcMain>, 'ipcMain'),
    dialog: strict({
      showOpenDialog: async () => ({ canceled: dialog.open === null, filePaths: dialog.open === null ? [] : [dialog.open] }),
      showSaveDialog: async () => ({ canceled: dialog.save === null, filePath: dialog.save ?? '' }),
      showErrorBox: (title: string, content: string) => void dialog.errors.push(`${title}: ${content}`),
    } satisfies Partial<Electron.Dialog>, 'dialog'),
    nativeTheme: strict({ shouldUseDarkColors: true } satisfies Partial<Electron.NativeTheme>, 'nativeTheme'),
  } satisfies { readonly [K in keyof typeof Electron]?: unknown };

  return {
    windows, handlers, log, schemes, opened, notified, permissions, app: events, dialog,
    get menu() {
      return menu;
    },
    invoke: (channel, event, ...args) => Promise.resolve(handlers.get(channel)?.(event as unknown as Electron.IpcMainInvokeEvent, ...args)),
    async start(main) {
      hook();
      (globalThis as { standElectron?: unknown }).standElectron = electron;
      starts += 1;
      const load = createRequire(import.meta.url)('./load.cjs') as (url: string) => Promise<unknown>;
      await load(`${pathToFileURL(main).href}?start=${starts}`);
      ready = true;
      becomeReady();
      const deadline = Date.now() + 30_000;
      while (windows.length === 0) {
        if (Date.now() > deadline) throw new Error('no window was made within 30 s');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await windows[0]?.loaded;
    },
  };
}
