import type { Clock } from '../core/clock.ts';
import { asPeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { leafCount } from '../core/leaf-layout.ts';
import { linkedAbort } from '../core/linked-abort.ts';
import { contentIdOf } from '../core/manifest.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { HashStore, LocalContents, LocalFile } from '../core/ports/local-contents.ts';
import type { Log } from '../core/ports/log.ts';
import type { Destination, PartialStore } from '../core/ports/partial.ts';
import type { SourceLink } from '../core/ports/source.ts';
import type { Random } from '../core/random.ts';
import type { RateLimiter } from '../core/rate-limiter.ts';
import { confirmDoubtful } from './confirm-doubtful.ts';
import { ContentDownload, type SourceShare } from './content-download.ts';
import type { LinkWindows } from './link-window.ts';
import { rarestFirst } from './selection.ts';
import type { SourceBans } from './source-bans.ts';
import { type PassedOver, SourceFinder, type Sources } from './source-finder.ts';

/** What every download of the process shares. */
export interface TransferParts {
  readonly self: PeerId;
  /** Without those that are banned. */
  readonly sources: Sources;
  readonly bans: SourceBans;
  readonly contents: LocalContents;
  readonly hashes: HashStore;
  readonly partials: PartialStore;
  /** This machine as a source. */
  readonly local: SourceLink;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly windows: LinkWindows;
  readonly downLimiter: RateLimiter;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface FetchRequest {
  readonly content: ContentId;
  /** As an index tells it, which may be false: the manifest has the true one. */
  readonly size: number;
  readonly destination: Destination;
  readonly overwrite: boolean;
  readonly from?: PeerId | undefined;
  readonly onPassedOver: (passed: PassedOver) => void;
}

/** Most sources of one download at a time. */
const MOST_SOURCES = 16;
/** Leaves that make one more source worth its connection. */
const LEAVES_A_SOURCE = 4;

/** One content on its way to one place: from this machine where it lies here already, else from every holder. */
export class ContentFetch {
  readonly #parts: TransferParts;
  readonly #request: FetchRequest;
  #download: ContentDownload | undefined;
  #finder: SourceFinder | undefined;

  constructor(parts: TransferParts, request: FetchRequest) {
    this.#parts = parts;
    this.#request = request;
  }

  /** Verified bytes on disk. */
  get bytes(): number {
    return this.#download?.bytes ?? 0;
  }

  /** Bytes a second from other peers. */
  get rate(): number {
    return this.shares().reduce((sum, { rate }) => sum + rate, 0);
  }

  /** Sources that are connected now, this machine among them where it is one. */
  get activeSources(): readonly PeerId[] {
    return this.#download?.activeSources ?? [];
  }

  /** Why nothing comes, or undefined while a source is there. */
  get reason(): string | undefined {
    return this.activeSources.length > 0 ? undefined : this.#finder?.reason;
  }

  /** What other peers gave. */
  shares(): readonly SourceShare[] {
    return (this.#download?.shares() ?? []).filter(({ peer }) => peer !== this.#parts.self);
  }

  /** Bytes of the content, as far as is known now. */
  get size(): number {
    const { content, size } = this.#request;
    if (content === EMPTY) return 0;
    return this.#parts.hashes.manifest(content)?.size ?? Math.max(1, size);
  }

  /** Fetches, verifies, flushes, gives the name. When the signal aborts, what was fetched stays for the next time. */
  async run(signal: AbortSignal): Promise<LocalFile> {
    const { size } = this;
    try {
      return await this.#runAs(size, signal);
    } catch (error) {
      const full = asPeerdexError(error).code === 'no-space' && !this.#isProven();
      // The size may be a lie: whoever has the content proves the true one, for which no room is needed.
      if (full && !signal.aborted) await this.#runAs(1, signal).catch(() => {});
      if (signal.aborted || this.size === size) throw error;
    }
    return this.#runAs(this.size, signal);
  }

  #isProven(): boolean {
    const { content } = this.#request;
    return content === EMPTY || this.#parts.hashes.manifest(content) !== undefined;
  }

  async #runAs(size: number, signal: AbortSignal): Promise<LocalFile> {
    const { content, destination, overwrite } = this.#request;
    this.#finder = undefined;
    this.#download = undefined;
    const partial = await this.#parts.partials.open(content, size, destination);
    try {
      await confirmDoubtful(partial, this.#parts.hashes, this.#parts.buffers, signal);
      await this.#fill(partial, signal);
      return await partial.finish(overwrite);
    } finally {
      await partial.close();
    }
  }

  async #fill(partial: Awaited<ReturnType<PartialStore['open']>>, signal: AbortSignal): Promise<void> {
    const { hashes, budget, buffers, windows, downLimiter, clock, random, local, self, contents, bans } =
      this.#parts;
    const until = linkedAbort(signal);
    const isLocal = () => contents.locate(partial.content).length > 0;
    const download = new ContentDownload({
      content: partial.content,
      partial,
      store: hashes,
      policy: rarestFirst,
      budget,
      buffers,
      windows,
      limiter: downLimiter,
      clock,
      random,
      onLost: (peer, error) => {
        if (peer === self) startFinder();
        else this.#finder?.lost(peer, error);
      },
      onBadLeaf: (peer) => {
        if (peer !== self) bans.badLeaf(peer, partial.content);
      },
    });
    this.#download = download;
    let failed: (error: unknown) => void = () => {};
    const finderFailed = new Promise<never>((_, reject) => {
      failed = reject;
    });
    const startFinder = () => {
      if (this.#finder || until.signal.aborted) return;
      this.#finder = this.#makeFinder(download);
      this.#finder.run(until.signal).catch(failed);
    };
    if (isLocal()) download.add(local);
    else startFinder();
    try {
      await Promise.race([download.done, finderFailed, aborted(until.signal)]);
    } finally {
      until.abort();
      until.release();
      await download.stop();
      finderFailed.catch(() => {});
    }
  }

  #makeFinder(download: ContentDownload): SourceFinder {
    const { content, from, onPassedOver } = this.#request;
    const { size } = this;
    const { sources, clock, random, log } = this.#parts;
    return new SourceFinder({
      content,
      sources,
      from,
      most: Math.max(1, Math.min(MOST_SOURCES, Math.ceil(leafCount(size) / LEAVES_A_SOURCE))),
      clock,
      random,
      log,
      isConnected: (peer) => download.activeSources.includes(peer),
      onLink: (link) => download.add(link),
      onPassedOver,
    });
  }
}

/** The content of an empty file: no source could prove its size, and none is needed. */
const EMPTY = contentIdOf({ size: 0, groups: new Uint8Array(0) });

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
