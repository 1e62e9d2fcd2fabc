import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './products.ts';

/** Command lines of docs/install.md without their remarks, by the heading above them. */
export const PAGE = readFileSync(path.join(ROOT, 'docs/install.md'), 'utf8');

export const LINES: ReadonlyMap<string, readonly string[]> = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .map((part) => [
      part.split('\n', 1)[0]!,
      [...part.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) =>
        block!
          .trim()
          .split('\n')
          .map((line) => line.replace(/\s{2,}# .*$/, '')),
      ),
    ]),
);
