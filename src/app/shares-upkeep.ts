import type { ScanStores } from '../index/apply-scan.ts';

/** Drops the hashes of contents that lie nowhere here and that nobody asked about for long. In steps. */
export function* forgetUnusedHashes(
  { entries, files, hashes }: ScanStores,
  now: number,
): Generator<void, void> {
  let after = '0'.repeat(64);
  for (;;) {
    const old = hashes.older(now - KEEP_MS, after, STEP);
    entries.transaction(() => {
      for (const content of old) {
        if (files.byContent(content).length === 0 && files.written(content).length === 0)
          hashes.drop(content);
      }
    });
    if (old.length < STEP) return;
    after = old.at(-1)!;
    yield;
  }
}

/** A download that was paused for so long fetches its hashes again. */
const KEEP_MS = 30 * 24 * 3600 * 1000;
const STEP = 100;
