import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { SECURITY_HEADERS } from './page.js';

export const PROTOCOL = 'bulkhead.v1';
const TOKEN_PROTOCOL = 'bulkhead.token.';

/** Compares in constant time; a missing token is a wrong one. */
export function sameToken(given: string | undefined, wanted: string): boolean {
  const a = Buffer.from(given ?? '', 'utf8');
  const b = Buffer.from(wanted, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * The token of a request: `Authorization: Bearer …` on HTTP; on WebSocket, where a page can set no header,
 * a subprotocol. Never the URL, which ends in logs and histories.
 */
export function tokenOf(header: (name: string) => string | undefined): string | undefined {
  const bearer = /^Bearer ([0-9a-f]+)$/.exec(header('authorization') ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const offered = (header('sec-websocket-protocol') ?? '').split(',').map((word) => word.trim());
  return offered.find((word) => word.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
}

const refused = (text: string): Response =>
  new Response(text, { status: 403, headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' } });

/**
 * Refuses what another site or a rebound name could send: the Host must be this very address, an Origin, where there
 * is one, this very page's, and the browser's own word on the sender must not be another site.
 */
export function localOnly(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (host !== `127.0.0.1:${port()}` && host !== `localhost:${port()}`) return refused('foreign host');
    const origin = c.req.header('origin');
    if (origin !== undefined && origin !== `http://${host}`) return refused('foreign origin');
    const site = c.req.header('sec-fetch-site');
    const navigates = c.req.header('sec-fetch-mode') === 'navigate' && c.req.header('sec-fetch-dest') === 'document';
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigates) return refused('foreign site');
    return next();
  };
}

/** For all that carries data: an Origin must be there, and the token must be the one printed at the start. */
export function holderOnly(token: string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.header('origin') === undefined) return refused('no origin');
    if (!sameToken(tokenOf((name) => c.req.header(name)), token)) return refused('wrong token');
    return next();
  };
}
