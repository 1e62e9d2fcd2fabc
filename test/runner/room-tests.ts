import { globSync } from 'node:fs';
import path from 'node:path';
import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';

const ROOT = path.resolve(import.meta.dirname, '../..');

/**
 * Every unit test of a room of src/ in this process, each file a suite of its own so that its hooks stay its own. A process a file
 * costs more than what most of these test; one by itself runs by `node --test FILE` as ever.
 */
export function roomTests(room: string): void {
  for (const file of globSync(`src/${room}/**/*.test.ts`, { cwd: ROOT }).sort()) {
    describe(file, async () => {
      await import(pathToFileURL(path.join(ROOT, file)).href);
    });
  }
}
