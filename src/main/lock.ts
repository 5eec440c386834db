import { app, session, shell } from 'electron';
import { isHome } from './scheme.js';

/** Where a link of the window may lead, in the user's browser. */
const OUTSIDE: readonly string[] = ['https://man7.org/', 'https://docs.kernel.org/', 'https://docs.docker.com/', 'https://github.com/'];

/** Opens an address in the user's browser if it is on the list; false otherwise. */
export function openOutside(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  if (url.username !== '' || url.password !== '' || !OUTSIDE.some((start) => url.href.startsWith(start))) return false;
  void shell.openExternal(url.href);
  return true;
}

/** No permission is granted, asked or checked: the page needs none. */
export function denyPermissions(): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.setPermissionCheckHandler(() => false);
  own.setDevicePermissionHandler(() => false);
}

/** Every web contents stays on the page: no navigation, no popup, no webview. */
export function lockNavigation(): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void }, address: string): void => {
      if (!isHome(address)) event.preventDefault();
    };
    contents.on('will-navigate', (event) => stay(event, event.url));
    contents.on('will-redirect', (event) => stay(event, event.url));
    contents.on('will-frame-navigate', (event) => stay(event, event.url));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
  });
}
