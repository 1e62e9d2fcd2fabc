import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asPeerdexError, systemCode } from '../core/errors.ts';
import { makeFoldersTo } from '../storage/disk/make-folders.ts';

/** Keeps a join link in DIR/join-link, readable by its owner only: a link is a secret. */
export function rememberLink(data: string, link: string): void {
  const file = linkFile(data);
  try {
    makeFoldersTo(data, 0o700);
    writeFileSync(`${file}.new`, `${link}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw asPeerdexError(error, `cannot write ${file}`);
  }
}

/** The link of rememberLink, or undefined. */
export function rememberedLink(data: string): string | undefined {
  try {
    return readFileSync(linkFile(data), 'utf8').trim() || undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw asPeerdexError(error, `cannot read ${linkFile(data)}`);
  }
}

const linkFile = (data: string): string => path.join(data, 'join-link');
