import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { seededRandom } from '../../src/core/random.ts';

const CHUNK = 1 << 20;

/** Bytes that nobody can compress or guess, the same for the same seed. */
export function seededBytes(size: number, seed = 1): Uint8Array {
  const random = seededRandom(seed);
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0; i < words.length; i += 1) words[i] = Math.floor(random.next() * 2 ** 32);
  return new Uint8Array(words.buffer, 0, size);
}

/** As many bytes, quickly: one random MiB over and over, with its place stamped on each 64 KiB, so that no two leaves are equal. */
export function stampedBytes(size: number, seed = 1): Uint8Array {
  const bytes = Buffer.alloc(size, Buffer.from(seededBytes(Math.min(size, CHUNK), seed)));
  for (let at = 0; at + 8 <= size; at += 1 << 16) bytes.writeDoubleLE(at, at);
  return bytes;
}

/**
 * Writes a file of `size` bytes, with the folders above it. Each MiB is one random block with its number stamped on every
 * 64 KiB, so that no two leaves are equal and gigabytes cost no time.
 */
export async function makeFile(file: string, size: number, seed = 1): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  const block = Buffer.from(seededBytes(Math.min(size, CHUNK), seed));
  await using handle = await open(file, 'w');
  for (let at = 0; at < size; at += CHUNK) {
    const length = Math.min(CHUNK, size - at);
    for (let stamp = 0; stamp + 8 <= length; stamp += 1 << 16) block.writeDoubleLE(at + stamp, stamp);
    await handle.write(block, 0, length, at);
  }
  return file;
}

/** Makes a tree: text or bytes are files, null is an empty folder; keys are paths below `root`. */
export async function makeTree(
  root: string,
  tree: Readonly<Record<string, string | Uint8Array | null>>,
): Promise<string> {
  await mkdir(root, { recursive: true });
  for (const [relative, content] of Object.entries(tree)) {
    const target = path.join(root, relative);
    if (content === null) await mkdir(target, { recursive: true });
    else {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  }
  return root;
}

/** SHA-256 in hex: another hash than the program's own, so that both cannot be wrong in one way. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Everything below `root` by relative path: `folder`, `link TARGET`, or `file SIZE SHA-256`. */
export async function describeTree(root: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const relative of (await readdir(root, { recursive: true })).sort()) {
    const target = path.join(root, relative);
    const stat = await lstat(target);
    if (stat.isDirectory()) tree[relative] = 'folder';
    else if (stat.isSymbolicLink()) tree[relative] = `link ${await readlink(target)}`;
    else {
      tree[relative] = `file ${stat.size} ${await hashFile(target)}`;
    }
  }
  return tree;
}
