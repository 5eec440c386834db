import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge, Push } from '../contract/contract.js';

const METHODS: ReadonlySet<string> = new Set([
  'hello', 'resync', 'tryNow', 'engines', 'useEngine', 'openText', 'openDialog', 'goLive', 'exportAs', 'saveAs', 'readTraffic', 'readPrograms', 'elevate',
  'setPollInterval', 'seek', 'compareText', 'notify',
]);

/** All that the page may reach: two functions, no event object, no channel name of its own choosing. */
const bridge: Bridge = {
  call: (method, ...args) => {
    if (!METHODS.has(method)) return Promise.reject(new Error('there is no such method'));
    return ipcRenderer.invoke('bulkhead:call', method, args);
  },
  onPush: (listener) => {
    const forward = (_event: unknown, push: Push): void => listener(push);
    ipcRenderer.on('bulkhead:push', forward);
    return () => {
      ipcRenderer.removeListener('bulkhead:push', forward);
    };
  },
};

contextBridge.exposeInMainWorld('bulkhead', bridge);
