import { createHash } from 'node:crypto';
import type { LinkedFolder } from '../../protocol/http/peer/link-operations.ts';
import { pathSegment } from './link-urls.ts';

/** Pages for browsers: no script, nothing from elsewhere, names as text only. */

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:0 auto;padding:1rem}
h1{font-size:1.25rem;overflow-wrap:anywhere}
ul{list-style:none;margin:0;padding:0}
li{border-top:1px solid #8886;display:flex;gap:1rem;justify-content:space-between}
a{flex:1;min-width:0;padding:.6rem 0;overflow-wrap:anywhere}
span{padding:.6rem 0;white-space:nowrap;opacity:.75}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of every page here. A link's token is in the address, so the address goes nowhere else. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'cache-control': 'no-store',
};

/** A folder: what stands before its rows. `top`: it is what the link is for, so there is no way up. */
export const folderHead = (name: string, top: boolean): string =>
  `${head(name)}<ul>\n${top ? '' : '<li><a href="../">..</a></li>\n'}`;

/** One row. Relative, so that it holds behind any address. */
export function folderRow({ name, kind, size }: LinkedFolder['entries'][number]): string {
  const slash = kind === 'folder' ? '/' : '';
  const shown = kind === 'folder' ? '' : `<span>${sizeText(size)}</span>`;
  return `<li><a href="./${pathSegment(name)}${slash}"><bdi>${asText(name)}${slash}</bdi></a>${shown}</li>\n`;
}

export const folderEnd = (rows: number): string =>
  `</ul>${rows === 0 ? '<p>Nothing lies here.</p>' : ''}${END}`;

/** Why there is nothing to fetch. */
export const refusalPage = (sentence: string, hint: string | undefined): string =>
  `${head(sentence)}${hint === undefined ? '' : `<p>${asText(hint)}</p>`}${END}`;

const END = '</main></body></html>\n';

const head = (title: string): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${asText(title)}</title><style>${STYLE}</style></head>
<body><main><h1><bdi>${asText(title)}</bdi></h1>
`;

const MARKUP: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What controls a terminal, turns the direction of text or cannot be seen becomes visible; the joiners of scripts and emoji stay. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

export const asText = (text: string): string =>
  text
    .replace(UNSEEN, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
    .replace(/[&<>"']/g, (char) => MARKUP[char]!);

function sizeText(bytes: number): string {
  const power = Math.min(5, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${['B', 'kB', 'MB', 'GB', 'TB', 'PB'][power]}`;
}
