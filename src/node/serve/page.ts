import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The page's policy: its own files, no inline script or style, nothing fetched from elsewhere, HTML only through Svelte's policy. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
};

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' } });
}

/** Serves the built page's files from `root` for any transport: the custom scheme, loopback and tests. GET and HEAD only; no path leaves `root`. */
export function pageHandler(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET');
    let wanted: string;
    try {
      wanted = decodeURIComponent(new URL(request.url).pathname);
    } catch {
      return plain(400, 'not a path');
    }
    if (wanted.includes('\0') || wanted.includes('\\')) return plain(400, 'not a path');
    const file = path.join(root, wanted === '/' ? 'index.html' : path.posix.normalize(wanted));
    if (!file.startsWith(root + path.sep)) return plain(404, 'not found');
    const type = TYPES[path.extname(file)];
    if (type === undefined) return plain(404, 'not found');
    try {
      const bytes = await readFile(file);
      const caching = file.includes(`${path.sep}assets${path.sep}`) ? 'private, max-age=31536000, immutable' : 'no-store';
      const body = request.method === 'HEAD' ? null : new Uint8Array(bytes);
      return new Response(body, { headers: { ...SECURITY_HEADERS, 'content-type': type, 'cache-control': caching, 'content-length': String(bytes.length) } });
    } catch {
      return plain(404, 'not found');
    }
  };
}
