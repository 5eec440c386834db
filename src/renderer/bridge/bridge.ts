import type { Bridge } from '../../contract/contract.js';
import { socketBridge, takeToken, type SocketBridge, type Wire, type WithText } from './socket.js';

declare global {
  interface Window {
    /** Exposed by the preload in the desktop shell; absent in a browser. */
    readonly bulkhead?: Bridge;
  }
}

/** The way to the session: Electron's where the preload put one, else the loopback socket. */
export function findBridge(): SocketBridge {
  const shell = window.bulkhead;
  if (shell === undefined) return socketBridge(takeToken());
  return {
    call: (method, ...args) => shell.call(method, ...args),
    callWith: (async (method: WithText, rest: { readonly name: string }, file: Blob) => shell.call(method, { ...rest, text: await file.text() })) as SocketBridge['callWith'],
    onPush: (listener) => shell.onPush(listener),
    onWire: (listener: (wire: Wire) => void) => {
      listener('open');
      return () => {};
    },
  };
}
