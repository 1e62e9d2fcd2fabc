import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { seededBytes } from '../../test/harness/files.ts';

export interface Tree {
  readonly files: readonly string[];
  readonly bytes: number;
}

const FOLDER_FILES = 100;
const LEAST = 1024;
export const MOST = 100 * 1024;

/** So many files of 1 KiB to `most` bytes, sizes spread evenly, a hundred in a folder, each with bytes of its own. `seed`: of another one all are others. */
export function makeTree(folder: string, count: number, seed: number, most = MOST): Tree {
  const noise = Buffer.from(seededBytes(MOST * 3));
  const files: string[] = [];
  let bytes = 0;
  for (let i = 0; i < count; i += 1) {
    const parent = `d${String(Math.floor(i / FOLDER_FILES)).padStart(4, '0')}`;
    if (i % FOLDER_FILES === 0) mkdirSync(path.join(folder, parent), { recursive: true });
    // A step that has no factor in common with the range spreads the sizes evenly over every stretch of files.
    const size = LEAST + ((i * 61_803) % (most - LEAST + 1));
    const start = (i * 7919) % (MOST * 2);
    const name = `${parent}/file-${String(i).padStart(6, '0')}.bin`;
    noise.writeUInt32LE(i, start);
    noise.writeUInt32LE(seed, start + 4);
    const fd = openSync(path.join(folder, name), 'w');
    writeSync(fd, noise, start, size);
    closeSync(fd);
    files.push(name);
    bytes += size;
  }
  return { files, bytes };
}

/** Files and bytes below a folder. */
export function countTree(folder: string): { files: number; bytes: number } {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const bytes = all.reduce((sum, one) => sum + statSync(path.join(one.parentPath, one.name)).size, 0);
  return { files: all.length, bytes };
}
