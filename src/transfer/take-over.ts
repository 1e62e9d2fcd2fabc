import { equalBytes } from '../core/digest.ts';
import type { PeerId } from '../core/ids.ts';
import { groupCount, LEAF_BYTES, leafBytes, leafCount, leafOffset } from '../core/leaf-layout.ts';
import { groupSlice, hashAt, type Manifest } from '../core/manifest.ts';
import type { OldFile } from '../core/ports/destination-files.ts';
import type { Partial } from '../core/ports/partial.ts';
import { drawn } from '../core/random.ts';
import { askHashes } from './ask-hashes.ts';
import { LeafHashes } from './leaf-hashes.ts';
import type { TransferParts } from './transfer-parts.ts';

/** Holders that are asked for hashes before everything is fetched anew, and how long one may say nothing. */
const MOST_ASKED = 3;
const SILENCE_MS = 10_000;
/** Old files of more leaves (16 GiB) are compared place by place only. */
const MOST_MAPPED = 65_536;

/**
 * Takes over from the older file at the destination every leaf that the new content has too: it is copied, verified like what comes
 * from afar, and not fetched. Hashes of groups that differ are asked of a holder first. What cannot be taken over is left to be fetched;
 * rejects only with the signal's reason or what the partial throws.
 */
export async function takeOver(
  partial: Partial,
  old: OldFile,
  parts: TransferParts,
  from: PeerId | undefined,
  signal: AbortSignal,
): Promise<void> {
  const hashes = new LeafHashes(partial.content, parts.hashes);
  const isEqual = (manifest: Manifest, group: number): boolean =>
    group < groupCount(old.manifest.size) &&
    equalBytes(hashAt(manifest.groups, group), hashAt(old.manifest.groups, group));
  const groups = (manifest: Manifest): readonly number[] => {
    const all = Array.from({ length: groupCount(manifest.size) }, (_, group) => group);
    for (const group of all)
      if (isEqual(manifest, group)) hashes.takeGroup(group, groupSlice(old.leaves, group));
    return all.filter((group) => !isEqual(manifest, group));
  };
  if (!(await learn(partial, hashes, groups, parts, from, signal))) return;
  await copy(partial, old, hashes, parts, signal);
}

/** True once it is known which leaves are equal. */
async function learn(
  { content, size }: Partial,
  hashes: LeafHashes,
  groups: (manifest: Manifest) => readonly number[],
  { sources, clock, random }: TransferParts,
  from: PeerId | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const holders = sources.holders(content).filter((peer) => from === undefined || peer === from);
  for (const peer of drawn(holders, MOST_ASKED, random)) {
    const link = await sources.connect(peer, signal, []).catch(() => undefined);
    signal.throwIfAborted();
    const wanted = { content, size, hashes, groups };
    if (link && (await askHashes(link, wanted, clock, SILENCE_MS, signal).catch(() => false)))
      return hashes.manifest?.size === size;
    signal.throwIfAborted();
  }
  return false;
}

async function copy(
  partial: Partial,
  { file, manifest, leaves }: OldFile,
  hashes: LeafHashes,
  { files, buffers, tally }: TransferParts,
  signal: AbortSignal,
): Promise<void> {
  const placeOf = placesIn(leaves, leafCount(manifest.size));
  const open = await files?.open(file).catch(() => undefined);
  if (!open) return;
  const buffer = buffers.take();
  try {
    for (let leaf = 0; leaf < leafCount(partial.size); leaf += 1) {
      signal.throwIfAborted();
      const hash = partial.have.has(leaf) ? undefined : hashes.hashOf(leaf);
      const place = hash && placeOf(hash, leaf);
      if (place === undefined) continue;
      const bytes = buffer.subarray(0, leafBytes(partial.size, leaf));
      // Whoever changes the old file meanwhile only makes more to fetch.
      const isRead = await open.read([bytes], leafOffset(place)).then(
        () => true,
        () => false,
      );
      if (!isRead) return;
      if (!hashes.verify(leaf, bytes)) continue;
      await partial.write(leaf, bytes);
      tally.leaf(bytes.byteLength, true);
    }
  } finally {
    buffers.give(buffer);
    await open.close();
  }
}

/** Where the old file has the leaf of a hash: at the same place, else anywhere. */
function placesIn(leaves: Uint8Array, count: number): (hash: Uint8Array, leaf: number) => number | undefined {
  const places = new Map<string, number>();
  const key = (hash: Uint8Array) =>
    Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
  if (count <= MOST_MAPPED) for (let i = count - 1; i >= 0; i -= 1) places.set(key(hashAt(leaves, i)), i);
  return (hash, leaf) =>
    leaf < count && equalBytes(hashAt(leaves, leaf), hash) ? leaf : places.get(key(hash));
}

/** Of contents that are no longer than this nothing can be taken over that would be worth the questions. */
export const isWorthTakingOver = (size: number): boolean => size > LEAF_BYTES;
