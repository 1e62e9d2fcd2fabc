import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import { seededRandom } from '../../core/random.ts';
import { samplePng } from './sample-png.ts';

const LARGE_BYTES = 50_000_000;
const PIECE_BYTES = 1_000_000;

/**
 * Makes a folder with a text, an image and a file of 50 MB, always the same bytes, when it is not there yet: whole or not at all.
 * What the user did with it since is left alone. Resolves with whether it was made.
 */
export async function ensureSampleFolder(folder: string): Promise<boolean> {
  if (existsSync(folder)) return false;
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  const draft = await mkdtemp(path.join(parent, `${PRIVATE_PREFIX}sample-`));
  try {
    await writeFile(path.join(draft, 'sample.txt'), TEXT);
    await writeFile(path.join(draft, 'sample.png'), samplePng());
    await writeLarge(path.join(draft, 'sample-50MB.bin'));
    await rename(draft, folder);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

const TEXT = `This file is shared by peerdex.

Find it from any machine of the network:   peerdex find sample
Fetch it, verified, from all who have it:  peerdex get sample.txt
`;

async function writeLarge(file: string): Promise<void> {
  await using handle = await open(file, 'w');
  const random = seededRandom(50);
  const words = new Uint32Array(PIECE_BYTES / 4);
  for (let written = 0; written < LARGE_BYTES; written += PIECE_BYTES) {
    for (let i = 0; i < words.length; i += 1) words[i] = random.next() * 2 ** 32;
    await handle.write(new Uint8Array(words.buffer));
  }
}
