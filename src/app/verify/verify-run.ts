import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, type ErrorCode, PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { Hasher, HashOutcome } from '../../core/ports/disk.ts';
import type { FileLook, ShareRecord } from '../../core/ports/local-file-store.ts';
import type { Log } from '../../core/ports/log.ts';
import type { VerifiedFile } from '../../core/ports/verify-store.ts';
import { isRacy } from '../../index/compare-folder.ts';
import type { HashResult } from '../../index/settle-file.ts';
import { pathOf } from '../../index/share-entries.ts';
import { sameLook } from '../../storage/disk/look.ts';
import { isRootAt } from '../../storage/disk/share-root.ts';
import type { ShareStores } from '../share-stores.ts';

export interface VerifyRunOptions {
  readonly share: ShareRecord;
  readonly stores: ShareStores;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly log: Log;
  /** Most bytes a second. */
  readonly rate: number;
  /** Takes what became of files in. */
  readonly settle: (share: number, results: readonly HashResult[]) => Promise<void>;
  /** Withdraws files that look as they did and are not what they were. */
  readonly withdraw: (share: number, rotten: readonly RottenRow[]) => Promise<void>;
}

export interface RottenRow {
  readonly id: number;
  /** As it looked when it was found. */
  readonly look: FileLook;
}

/** How far a run is; files and bytes. */
export interface VerifyCounts {
  readonly files: number;
  readonly bytes: number;
  readonly totalFiles: number;
  readonly totalBytes: number;
}

export type VerifyEvent =
  | ({ readonly event: 'progress'; readonly share: string } & VerifyCounts)
  /** A file is not what it was hashed as. `found`: absent where it cannot be read. */
  | {
      readonly event: 'rotten';
      readonly share: string;
      readonly path: string;
      readonly content: ContentId;
      readonly found: ContentId | undefined;
      readonly reason: string;
    }
  | {
      readonly event: 'done';
      readonly share: string;
      readonly files: number;
      readonly bytes: number;
      readonly seconds: number;
      readonly rotten: number;
    }
  | { readonly event: 'failed'; readonly share: string; readonly code: ErrorCode; readonly reason: string };

/** One way through the files of a share: each is hashed again, slowly. Where it has come to is kept, so that a restart goes on there. */
export class VerifyRun {
  readonly share: string;
  readonly #options: VerifyRunOptions;
  readonly #listeners = new Set<(event: VerifyEvent) => void>();
  readonly #abort = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #started = false;
  #files = 0;
  #bytes = 0;

  constructor(options: VerifyRunOptions) {
    this.#options = options;
    this.share = options.share.name;
  }

  get counts(): VerifyCounts {
    const { share, stores } = this.#options;
    const now = stores.files.shares().find(({ id }) => id === share.id) ?? share;
    const [files, bytes] = [this.#files, this.#bytes];
    return { files, bytes, totalFiles: Math.max(files, now.files), totalBytes: Math.max(bytes, now.bytes) };
  }

  /** Calls back until the run has ended. Returns what ends it sooner. */
  watch(listener: (event: VerifyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when it has ended, whatever came of it. */
  async start(): Promise<void> {
    this.#started = true;
    const { clock, share, stores, log } = this.#options;
    const start = clock.monotonic();
    try {
      await this.#verify();
      const { count } = stores.verified.rotten(share.id);
      const [files, bytes] = [this.#files, this.#bytes];
      const seconds = (clock.monotonic() - start) / 1000;
      stores.verified.setState(share.id, { underWay: undefined, ended: clock.now() });
      log.info(`verified ${files} files of ${share.path}: ${count} rotten`, {
        ...{ event: 'verify-ended', share: share.name, files, bytes, rotten: count },
      });
      this.#tell({ event: 'done', share: share.name, files, bytes, seconds, rotten: count });
    } catch (error) {
      const { code, message } = asPeerdexError(error);
      if (!this.#abort.signal.aborted)
        log.warn(`verifying ${share.path} stopped: ${message}`, { event: 'verify-ended', share: share.name });
      this.#tell({ event: 'failed', share: share.name, code, reason: message });
    } finally {
      this.#ended.resolve();
    }
  }

  /** What it has come to stays. */
  async stop(): Promise<void> {
    this.#abort.abort(new PeerdexError('interrupted', 'the daemon ends, or the folder is no longer shared'));
    if (this.#started) await this.#ended.promise;
  }

  async #verify(): Promise<void> {
    const { clock, share, stores } = this.#options;
    const { underWay, ended } = stores.verified.state(share.id);
    const began = underWay?.began ?? clock.now();
    let after = underWay?.after ?? 0;
    if (after > 0) {
      const done = stores.verified.totalsUpTo(share.id, after);
      [this.#files, this.#bytes] = [done.files, done.bytes];
    }
    for (;;) {
      const signal = this.#abort.signal;
      signal.throwIfAborted();
      stores.verified.setState(share.id, { underWay: { after, began }, ended });
      const files = someOf(stores.verified.filesAfter(share.id, after, BATCH_FILES));
      if (files.length === 0) return;
      await this.#look(files);
      signal.throwIfAborted();
      after = files.at(-1)!.id;
      this.#tell({ event: 'progress', share: share.name, ...this.counts });
    }
  }

  async #look(files: readonly VerifiedFile[]): Promise<void> {
    const { hasher, rate, settle, share, stores, withdraw } = this.#options;
    const relative = files.map(({ entry }) => pathOf(entry));
    const outcomes = await hasher.hash(share.path, relative, this.#abort.signal, { rate });
    // A drive that is away must not look verified, nor as if everything on it were unreadable.
    const root = stores.files.shares().find(({ id }) => id === share.id)?.root;
    if (!(await isRootAt(share.path, root)))
      throw new PeerdexError('unavailable', `${share.path} is not there`, { retry: true });
    this.#abort.signal.throwIfAborted();
    const settled: HashResult[] = [];
    const rotten: RottenRow[] = [];
    for (const [i, file] of files.entries()) {
      const outcome = outcomes[i]!;
      this.#files += 1;
      this.#bytes += file.entry.size;
      const finding = findingOf(file, outcome);
      if (finding === 'rotten' && 'look' in outcome) rotten.push({ id: file.id, look: outcome.look });
      else if (finding === 'whole' || finding === 'unreadable')
        settled.push({ id: file.id, taken: file.entry, outcome });
      if (finding === 'rotten' || finding === 'unreadable') this.#report(file, outcome);
    }
    await settle(share.id, settled);
    await withdraw(share.id, rotten);
  }

  #report({ entry }: VerifiedFile, outcome: HashOutcome): void {
    const { log, share } = this.#options;
    const path = `${share.path}/${pathOf(entry)}`;
    const content = entry.content!;
    const found = outcome.outcome === 'hashed' ? outcome.content : undefined;
    const reason =
      outcome.outcome === 'failed'
        ? `it cannot be read: ${outcome.message}`
        : 'its bytes have changed since it was hashed, though its size and time have not';
    log.error(`${path} is rotten: ${reason}`, { event: 'file-rotten', share: share.name, content });
    this.#tell({ event: 'rotten', share: share.name, path, content, found, reason });
  }

  #tell(event: VerifyEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** `whole`: a rotten one that is as it was again. */
function findingOf(
  { entry }: VerifiedFile,
  outcome: HashOutcome,
): 'same' | 'whole' | 'rotten' | 'unreadable' | 'unknown' {
  if (outcome.outcome === 'failed')
    return outcome.code === 'ENOENT' || outcome.code === 'not-found' ? 'unknown' : 'unreadable';
  // What looks different was changed by somebody: the scan takes it in.
  if (outcome.outcome !== 'hashed' || !sameLook(outcome.look, entry)) return 'unknown';
  if (outcome.content === entry.content) return entry.state === 'rotten' ? 'whole' : 'same';
  return isRacy(entry.mtime, entry.stamp) ? 'unknown' : 'rotten';
}

function someOf(files: readonly VerifiedFile[]): readonly VerifiedFile[] {
  let bytes = 0;
  const end = files.findIndex(({ entry }, i) => {
    bytes += entry.size;
    return bytes > BATCH_BYTES && i > 0;
  });
  return end < 0 ? files : files.slice(0, end);
}

const BATCH_FILES = 64;
/** A second's worth or so, after which it is said how far it is. */
const BATCH_BYTES = 32 * 1024 * 1024;
