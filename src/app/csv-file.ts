import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import { realPathOf } from './real-paths.ts';

/**
 * Throws `failed` unless a table can be written to `file`: a regular file, or nothing yet, in a folder that is there and can be
 * written. Of the files that stand there only a table of before is replaced, or an empty one. In the data folder it has to be called `.csv`, since the file of that name is replaced. Paths are absolute.
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
  if (standing && standing.size > 0 && !isTable(file)) {
    throw new PeerdexError('conflict', `${file} is no table of the index, and is not replaced`, {
      hint: 'name another file, or move this one away',
    });
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** As `csv` and `csv --json` begin. */
const BEGINNINGS = ['file,host,port,flag,', '{"file":'];

/** Whether it looks like one of ours. One that cannot be read is none. */
function isTable(file: string): boolean {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const beginning = Buffer.alloc(32);
      const read = readSync(fd, beginning, 0, beginning.length, 0);
      const text = beginning.toString('latin1', 0, read);
      return BEGINNINGS.some((one) => text.startsWith(one));
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

const cannot = (file: string, why: string, cause?: unknown): PeerdexError =>
  new PeerdexError('failed', `cannot write the index to ${file}: ${why}`, { cause });
