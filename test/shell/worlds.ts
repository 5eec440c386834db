/**
 * The two worlds of a page with a preload, as scripts: the page's own, and the isolated one in which the preload runs.
 * Between them only strings pass, as events; what crosses is cloned, functions become proxies, Proxies are refused,
 * as Electron's contextBridge does.
 */
const SHARED = `
const check = (value) => {
  try { structuredClone(value); } catch (error) { if (/#<Object> could not be cloned/.test(error.message)) throw new Error('An object could not be cloned.'); }
};
const makePort = (mine, theirs) => {
  const functions = [];
  const waiting = new Map();
  let last = 0;
  const pack = (value) => {
    if (typeof value === 'function') { functions.push(value); return { f: functions.length - 1 }; }
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
    if (Array.isArray(value)) { check(value); return { a: value.map(pack) }; }
    if (value !== null && typeof value === 'object') { check(value); return { o: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, pack(v)])) }; }
    return value === undefined ? {} : { v: value };
  };
  const unpack = (given) => {
    if ('f' in given) return (...args) => call(given.f, args);
    if ('a' in given) return given.a.map(unpack);
    if ('o' in given) return Object.freeze(Object.fromEntries(Object.entries(given.o).map(([k, v]) => [k, unpack(v)])));
    return given.v;
  };
  const send = (message) => window.dispatchEvent(new CustomEvent(theirs, { detail: JSON.stringify(message) }));
  const call = (f, args) => {
    const id = ++last;
    const packed = args.map(pack);
    let now;
    const later = new Promise((resolve, reject) => waiting.set(id, (message) => {
      if (message.now) now = { value: unpack(message.now) };
      else if (message.error !== undefined) reject(new Error(message.error));
      else resolve(unpack(message.value));
    }));
    send({ call: f, id, args: packed });
    return now ? now.value : later;
  };
  window.addEventListener(mine, (event) => {
    const message = JSON.parse(event.detail);
    if (message.expose !== undefined) { window[message.expose] = unpack(message.api); return; }
    if (message.call === undefined) { waiting.get(message.id)?.(message); return; }
    const answer = (more) => send({ id: message.id, ...more });
    try {
      const value = functions[message.call](...message.args.map(unpack));
      if (value instanceof Promise) value.then((v) => answer({ value: pack(v) }), (error) => answer({ error: error.message }));
      else answer({ now: pack(value) });
    } catch (error) { answer({ error: error.message }); }
  });
  return { pack, send };
};`;

export const PAGE_WORLD = `(() => { ${SHARED} makePort('stand-to-page', 'stand-to-preload'); })();`;

/** The preload with what Electron gives it: a require that knows electron alone. `sendIpc` is a binding of this world only. */
export function preloadWorld(preload: string): string {
  return `(() => { if (window !== window.top) return; ${SHARED}
    const port = makePort('stand-to-preload', 'stand-to-page');
    const listeners = new Map();
    const waiting = new Map();
    let last = 0;
    globalThis.standIpc = (text) => {
      const message = JSON.parse(text);
      if (message.channel !== undefined) { for (const listener of [...(listeners.get(message.channel) ?? [])]) listener({ sender: null }, ...message.args); return; }
      const { resolve, reject } = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error !== undefined) reject(new Error(message.error)); else resolve(message.value);
    };
    const ipcRenderer = {
      invoke: (channel, ...args) => new Promise((resolve, reject) => {
        structuredClone(args);
        waiting.set(++last, { resolve, reject });
        sendIpc(JSON.stringify({ id: last, channel, args }));
      }),
      on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
      removeListener: (channel, listener) => { listeners.set(channel, (listeners.get(channel) ?? []).filter((one) => one !== listener)); },
    };
    const contextBridge = { exposeInMainWorld: (name, api) => port.send({ expose: name, api: port.pack(api) }) };
    const strict = (of, name) => new Proxy(of, { get: (target, key) => { if (!(key in target)) throw new Error('stand-in has no ' + name + '.' + String(key)); return target[key]; } });
    const electron = strict({ contextBridge: strict(contextBridge, 'contextBridge'), ipcRenderer: strict(ipcRenderer, 'ipcRenderer') }, 'electron');
    const require = (name) => { if (name !== 'electron') throw new Error('module not found: ' + name); return electron; };
    const module = { exports: {} };
    (function (require, module, exports, process, Buffer) { ${preload}
    })(require, module, module.exports, undefined, undefined);
  })();`;
}
