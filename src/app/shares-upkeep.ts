import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { ScanStores } from '../index/apply-scan.ts';
import type { ShareLog } from './share-log.ts';
import { runSteps } from './steps.ts';

export interface ShareUpkeepOptions {
  readonly stores: ScanStores;
  readonly shareLog: ShareLog;
  readonly clock: Clock;
  readonly log: Log;
}

/** Drops once an hour what is not used any more. */
export class ShareUpkeep {
  readonly #options: ShareUpkeepOptions;
  #stopped = false;
  #cancel: (() => void) | undefined;

  constructor(options: ShareUpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, log } = this.#options;
    this.#drop()
      .catch((error: unknown) => {
        if (!this.#stopped)
          log.warn(`upkeep of the index failed: ${String(error)}`, { event: 'index-upkeep-failed' });
      })
      .finally(() => {
        if (!this.#stopped) this.#cancel = clock.after(UPKEEP_MS, () => this.start());
      });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #drop(): Promise<void> {
    const { stores, shareLog, clock } = this.#options;
    await shareLog.prune();
    await runSteps(forgetUnusedHashes(stores, clock.now()));
  }
}

/** Drops the hashes of contents that lie nowhere here and that nobody asked about for long. In steps. */
function* forgetUnusedHashes({ entries, files, hashes }: ScanStores, now: number): Generator<void, void> {
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
const UPKEEP_MS = 3600 * 1000;
