import { protocol } from 'electron';
import { pageHandler } from '../node/serve/page.js';

export const SCHEME = 'app';
export const HOST = 'bulkhead';
export const HOME = `${SCHEME}://${HOST}/`;

/** Before `ready`, once: the page's own scheme is a secure, standard origin. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** After `ready`: the built page under `app://bulkhead/`, any other host of the scheme is not found. */
export function serveScheme(page: string): void {
  const files = pageHandler(page);
  protocol.handle(SCHEME, (request) => {
    if (new URL(request.url).host !== HOST) return new Response('not found', { status: 404 });
    return files(request);
  });
}

/** Whether an address is the page's. Node gives custom schemes the origin 'null', so protocol and host are compared. */
export function isHome(address: string): boolean {
  try {
    const url = new URL(address);
    return url.protocol === `${SCHEME}:` && url.host === HOST;
  } catch {
    return false;
  }
}
