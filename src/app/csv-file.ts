import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import { realPathOf } from './real-paths.ts';

/**
 * Throws `failed` unless a table can be written to `file`: a regular file, or nothing yet, in a folder that is there and can be
 * written. In the data folder it has to be called `.csv`, since the file of that name is replaced. Paths are absolute.
 */
export function checkCsvFile(file: string, data: string): void {
  const folder = dirname(file);
  const standing = look(file);
  if (standing?.isDirectory()) throw cannot(file, 'it is a folder');
  if (standing && !standing.isFile()) throw cannot(file, 'it is no regular file');
  if (!look(folder)?.isDirectory()) throw cannot(file, `there is no folder ${folder}`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cannot(file, `nothing can be written to ${folder}`, cause);
  }
  if (realPathOf(folder) === realPathOf(data) && !basename(file).endsWith('.csv')) {
    throw cannot(file, 'in the data folder only a name that ends in .csv is free for it');
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

const cannot = (file: string, why: string, cause?: unknown): PeerdexError =>
  new PeerdexError('failed', `cannot write the index to ${file}: ${why}`, { cause });
