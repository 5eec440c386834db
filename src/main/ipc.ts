import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import type { Push } from '../contract/contract.js';
import { dispatch, refuse, type SessionPort, type ShellMethods } from '../node/serve/port.js';
import { isHome } from './scheme.js';

/** Whether a call came from the main frame of our window, on our page. A frame that is gone (null) is refused. */
export function isOwn(event: IpcMainInvokeEvent, window: BrowserWindow | null): boolean {
  const frame = event.senderFrame;
  if (frame === null || window === null || window.isDestroyed()) return false;
  return event.sender === window.webContents && frame === window.webContents.mainFrame && isHome(frame.url);
}

/** Carries the contract over IPC: calls from the window's page, pushes to it. */
export function carry(session: SessionPort, shell: ShellMethods, window: () => BrowserWindow | null): { push(push: Push): void; end(): void } {
  ipcMain.handle('bulkhead:call', async (event, method: unknown, args: unknown) => {
    if (!isOwn(event, window())) return refuse('The call was refused.', 'It did not come from the window.', 'Nothing.');
    return dispatch(session, shell, method, args);
  });
  const push = (message: Push): void => {
    const target = window();
    if (target !== null && !target.isDestroyed()) target.webContents.send('bulkhead:push', message);
  };
  const unsubscribe = session.subscribe(push);
  return {
    push,
    end: () => {
      unsubscribe();
      ipcMain.removeHandler('bulkhead:call');
    },
  };
}
