import { DIGEST_BYTES } from '../core/digest.ts';
import { GROUP_LEAVES } from '../core/leaf-layout.ts';
import { groupSlice } from '../core/manifest.ts';
import type { HashOutcome } from '../core/ports/disk.ts';
import type { EntryStore } from '../core/ports/entry-store.ts';
import type { HashKeeper, WrittenFile } from '../core/ports/local-contents.ts';

export type Hashed = Extract<HashOutcome, { outcome: 'hashed' }>;

/** Groups in one transaction: a few milliseconds. */
const STEP = 50;

/** All but the last few in steps of their own: a terabyte has 65,536 groups. They count for nothing without the manifest. */
export function* keepMostLeaves(entries: EntryStore, hashes: HashKeeper, hashed: Hashed): Generator<void> {
  for (let first = 0; first + STEP < groupsOf(hashed); first += STEP) {
    entries.transaction(() => keep(hashes, hashed, first, first + STEP));
    yield;
  }
}

/** The rest, and the manifest by which all of them count. Within a transaction of the caller's. */
export function keepLastLeaves(hashes: HashKeeper, hashed: Hashed): void {
  const groups = groupsOf(hashed);
  keep(hashes, hashed, Math.max(0, Math.ceil(groups / STEP) - 1) * STEP, groups);
  hashes.putManifest(hashed.content, hashed.manifest);
}

/** The hashes of files of one leaf. Within a transaction of the caller's. */
export function keepSmall(hashes: HashKeeper, written: readonly WrittenFile[]): void {
  for (const { content, look, hashes: both } of written) {
    hashes.putManifest(content, { size: look.size, groups: both.subarray(DIGEST_BYTES) });
    if (look.size > 0) hashes.putLeaves(content, 0, both.subarray(0, DIGEST_BYTES));
  }
}

function keep(hashes: HashKeeper, { content, leaves }: Hashed, first: number, end: number): void {
  for (let group = first; group < end; group += 1)
    hashes.putLeaves(content, group, groupSlice(leaves, group));
}

const groupsOf = ({ leaves }: Hashed): number => Math.ceil(leaves.byteLength / (GROUP_LEAVES * DIGEST_BYTES));
