import { extname } from 'node:path';
import { PeerdexError } from '../../core/errors.ts';
import type { BytesAnswer, Handlers } from '../../network/http/handlers.ts';
import type { pageOperations } from '../../protocol/http/dashboard/operations.ts';

/** Reads a file of the build by its name in it, `index.html` or `assets/NAME`; undefined where there is none. */
export type DashboardFiles = (name: string) => Uint8Array | undefined;

export function pageHandlers(files: DashboardFiles): Handlers<typeof pageOperations> {
  return {
    page: () => answer('index.html', files('index.html') ?? NOT_BUILT, 'no-cache'),
    asset({ params }) {
      const name = `assets/${params['*']}`;
      const bytes = files(name);
      if (!bytes) throw new PeerdexError('not-found', 'the dashboard has no such file');
      return answer(name, bytes, 'public, max-age=31536000, immutable');
    },
  };
}

/** On every answer of the dashboard's listener. */
export const DASHBOARD_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  'cache-control': 'no-store',
} as const;

function answer(name: string, bytes: Uint8Array, cacheControl: string): BytesAnswer {
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  return {
    status: 200,
    headers: { 'content-type': type, 'content-length': bytes.byteLength, 'cache-control': cacheControl },
    body: bytes,
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const NOT_BUILT = Buffer.from(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>peerdex</title>
<p>The dashboard has not been built: run <code>npm run build:dashboard</code> in the checkout, then start peerdex again.</p>
</html>
`);
