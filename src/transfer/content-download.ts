import type { Bitfield } from '../core/bitfield.ts';
import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES, leafBytes, leafCount } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { HashStore } from '../core/ports/local-contents.ts';
import type { Partial } from '../core/ports/partial.ts';
import type { SourceLink } from '../core/ports/source.ts';
import type { Random } from '../core/random.ts';
import type { RateLimiter } from '../core/rate-limiter.ts';
import { endgameSpan, owers } from './endgame.ts';
import { LeafHashes } from './leaf-hashes.ts';
import type { LinkWindows } from './link-window.ts';
import type { SelectionPolicy } from './selection.ts';
import { watchSilence } from './silence-watch.ts';
import { SourceSession } from './source-session.ts';

/** Leaves in one request: 1 MiB, what the sending side reads and writes in one go. */
const SPAN_LEAVES = 4;

export interface ContentDownloadOptions {
  readonly content: ContentId;
  readonly partial: Partial;
  readonly store: HashStore;
  readonly policy: SelectionPolicy;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  /** Of all links, shared by all downloads. */
  readonly windows: LinkWindows;
  /** Draws all that is downloaded. */
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly random: Random;
  /** A source is gone from this download, and why. */
  readonly onLost: (peer: PeerId, error: PeerdexError) => void;
  /** A leaf that this source gave was wrong. */
  readonly onBadLeaf?: (peer: PeerId) => void;
}

/** Verified bytes that a source gave to a download, and what it gives now. */
export interface SourceShare {
  readonly peer: PeerId;
  readonly bytes: number;
  /** Bytes a second. */
  readonly rate: number;
}

/**
 * One content on its way from all its sources into a partial. Bookkeeping only: what is asked, what came, what is on disk.
 * `done` resolves when every leaf is verified and written; it rejects only when
 * partial or hashes cannot be written, or its size is proven to be false.
 */
export class ContentDownload {
  readonly done: Promise<void>;
  readonly #options: ContentDownloadOptions;
  readonly #outcome = Promise.withResolvers<void>();
  readonly #hashes: LeafHashes;
  readonly #sessions = new Map<PeerId, SourceSession>();
  readonly #given = new Map<PeerId, number>();
  readonly #writes = new Set<Promise<void>>();
  /** Had, asked for or being written. */
  readonly #taken: Bitfield;
  #forgetWait: (() => void) | undefined;
  #cancelTimer: () => void = () => {};
  #cancelWatch: () => void = () => {};
  #forgetLimit: () => void = () => {};
  #ended = false;

  constructor(options: ContentDownloadOptions) {
    this.#options = options;
    this.#hashes = new LeafHashes(options.content, options.store);
    this.#taken = options.partial.have.clone();
    this.done = this.#outcome.promise;
    this.done.catch(() => {});
    this.#finishIfWhole();
    if (this.#ended) return;
    this.#cancelWatch = watchSilence(options.clock, () => this.#sessions.values());
    this.#forgetLimit = options.limiter.onChange(() => this.#pumpAll());
  }

  /** Verified bytes on disk. */
  get bytes(): number {
    const { have, size } = this.#options.partial;
    const lastLeaf = leafCount(size) - 1;
    const short = lastLeaf >= 0 && have.has(lastLeaf) ? LEAF_BYTES - leafBytes(size, lastLeaf) : 0;
    return have.count * LEAF_BYTES - short;
  }

  get activeSources(): readonly PeerId[] {
    return [...this.#sessions.keys()];
  }

  /** Every source that ever gave something, and those that are connected. */
  shares(): readonly SourceShare[] {
    const peers = new Set([...this.#given.keys(), ...this.#sessions.keys()]);
    return [...peers].map((peer) => ({
      peer,
      bytes: this.#given.get(peer) ?? 0,
      rate: this.#sessions.get(peer)?.meter.rate ?? 0,
    }));
  }

  /** Bytes a second from all sources. */
  get rate(): number {
    return [...this.#sessions.values()].reduce((sum, session) => sum + session.meter.rate, 0);
  }

  /** Takes a source in, and asks it at once. One that is in already stays as it is. Throws when the link is gone. */
  add(link: SourceLink): void {
    if (this.#ended || this.#sessions.has(link.peer)) return;
    const { content, partial, budget, buffers, clock } = this.#options;
    const session = new SourceSession({
      link,
      window: this.#options.windows.of(link),
      content,
      size: partial.size,
      hashes: this.#hashes,
      budget,
      buffers,
      clock,
      events: {
        leaf: (from, leaf, buffer, bytes) => {
          const write = this.#leafArrived(from, leaf, buffer, bytes);
          this.#writes.add(write);
          void write.then(() => this.#writes.delete(write));
        },
        room: (from) => this.#pump(from),
        lost: (from, error, owed) => this.#sourceLost(from, error, owed),
        broken: (error) => this.#fail(error),
      },
    });
    this.#sessions.set(link.peer, session);
    this.#pump(session);
  }

  /** Lets all sources go. What is on disk stays; resolves when nothing is being written any more. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      this.#end();
      this.#outcome.reject(new PeerdexError('interrupted', 'the download was stopped'));
    }
    await Promise.all(this.#writes);
  }

  /** Asks the source for as much as its window, the memory and the rate limit allow. */
  #pump(session: SourceSession): void {
    const { limiter, policy, random } = this.#options;
    for (let room = session.room(); !this.#ended && room > 0; room = session.room()) {
      if (limiter.delay() > 0) return this.#pumpAllAfter(limiter.delay());
      const most = limiter.rate === undefined ? Math.min(SPAN_LEAVES, room) : 1;
      const span =
        policy(this.#view(session), most, random) ??
        (session.owing === 0 ? endgameSpan(session, [...this.#sessions.values()]) : undefined);
      if (!span) return;
      const reserved = this.#reserve(span.count);
      if (reserved === 0) return;
      for (let leaf = span.first; leaf < span.first + reserved; leaf += 1) this.#taken.add(leaf);
      limiter.spend(reserved * LEAF_BYTES);
      session.ask({ first: span.first, count: reserved });
    }
  }

  #view(session: SourceSession): Parameters<SelectionPolicy>[0] {
    const sources = this.#sessions.size;
    return {
      taken: this.#taken,
      source: 'whole',
      availability: () => sources,
      uniform: true,
      last: session.last,
      sources,
    };
  }

  #owers(leaf: number): SourceSession[] {
    return owers(leaf, [...this.#sessions.values()]);
  }

  /** How many of so many leaves the memory budget has room for. */
  #reserve(leaves: number): number {
    const { budget } = this.#options;
    let reserved = 0;
    while (reserved < leaves && budget.tryReserve(LEAF_BYTES)) reserved += 1;
    if (reserved < leaves && !this.#forgetWait) {
      this.#forgetWait = budget.onRelease(() => {
        this.#forgetWait = undefined;
        this.#pumpAll();
      });
    }
    return reserved;
  }

  async #leafArrived(session: SourceSession, leaf: number, buffer: Buffer, bytes: number): Promise<void> {
    const { partial, budget, buffers } = this.#options;
    session.writing += 1;
    try {
      if (this.#ended || partial.have.has(leaf)) return;
      const content = buffer.subarray(0, bytes);
      if (!this.#hashes.verify(leaf, content)) return this.#badLeaf(session, leaf);
      for (const other of this.#owers(leaf)) other.cancel(leaf);
      await partial.write(leaf, content);
      session.verifiedBytes += bytes;
      this.#given.set(session.peer, (this.#given.get(session.peer) ?? 0) + bytes);
    } catch (error) {
      this.#fail(asPeerdexError(error));
    } finally {
      session.writing -= 1;
      buffers.give(buffer);
      budget.release(LEAF_BYTES);
      this.#finishIfWhole();
      this.#pump(session);
    }
  }

  #badLeaf(session: SourceSession, leaf: number): void {
    if (this.#owers(leaf).length === 0) this.#taken.delete(leaf);
    session.complain(leaf);
    this.#options.onBadLeaf?.(session.peer);
    session.end(new PeerdexError('verification', 'it sent bytes that are not what their hash says'));
  }

  #sourceLost(session: SourceSession, error: PeerdexError, owed: readonly number[]): void {
    this.#sessions.delete(session.peer);
    if (this.#ended) return;
    for (const leaf of owed) {
      if (this.#owers(leaf).length === 0 && !this.#options.partial.have.has(leaf)) this.#taken.delete(leaf);
    }
    this.#options.onLost(session.peer, error);
    this.#pumpAll();
  }

  #pumpAll(): void {
    for (const session of [...this.#sessions.values()]) this.#pump(session);
  }

  #pumpAllAfter(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(ms, () => this.#pumpAll());
  }

  #finishIfWhole(): void {
    if (this.#ended || !this.#options.partial.have.isFull) return;
    this.#end();
    this.#outcome.resolve();
  }

  #fail(error: PeerdexError): void {
    if (this.#ended) return;
    this.#end();
    this.#outcome.reject(error);
  }

  #end(): void {
    this.#ended = true;
    this.#cancelTimer();
    this.#cancelWatch();
    this.#forgetLimit();
    this.#forgetWait?.();
    for (const session of [...this.#sessions.values()]) {
      session.end(new PeerdexError('interrupted', 'the download has ended'));
    }
  }
}
