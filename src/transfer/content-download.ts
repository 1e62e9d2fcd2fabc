import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { bytesOf, LEAF_BYTES } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { HashStore } from '../core/ports/local-contents.ts';
import type { Partial } from '../core/ports/partial.ts';
import type { SourceLink } from '../core/ports/source.ts';
import type { Random } from '../core/random.ts';
import type { SwarmMember } from '../core/swarm-member.ts';
import { Asking } from './asking.ts';
import type { ContentSwarm } from './content-swarm.ts';
import type { ContentSwarms } from './content-swarms.ts';
import { DownloadSources } from './download-sources.ts';
import { LeafClaims } from './leaf-claims.ts';
import { LeafHashes } from './leaf-hashes.ts';
import type { LinkWindows } from './link-window.ts';
import type { MissingLeaves } from './missing-leaves.ts';
import type { SessionEvents } from './session-options.ts';
import { watchSilence } from './silence-watch.ts';
import { SourceSession } from './source-session.ts';
import type { SourceFacts, SourceShare } from './source-shares.ts';
import type { SwarmPolicy } from './swarm/policies.ts';

export interface ContentDownloadOptions {
  readonly content: ContentId;
  readonly partial: Partial;
  readonly store: HashStore;
  readonly swarms: ContentSwarms;
  readonly policy: SwarmPolicy;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  /** Of all links, shared by all downloads. */
  readonly windows: LinkWindows;
  readonly clock: Clock;
  readonly random: Random;
  /** Takes nothing in place of what it asks for. */
  readonly isExact?: boolean | undefined;
  /** A source is gone from this download, and why. */
  readonly onLost: (peer: PeerId, error: PeerdexError) => void;
  /** The manifest was proven; a leaf was verified and written. */
  readonly onProven?: () => void;
  readonly onLeaf?: (leaf: number, from: PeerId) => void;
  /** A source that refuses names others. */
  readonly onTold?: (from: PeerId, members: readonly SwarmMember[]) => void;
  /** A leaf that this source gave was wrong. */
  readonly onBadLeaf?: (peer: PeerId) => void;
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
  readonly #sources = new DownloadSources();
  readonly #writes = new Set<Promise<void>>();
  readonly swarm: ContentSwarm;
  readonly #asking: Asking;
  readonly #claims = new LeafClaims();
  readonly #events: SessionEvents;
  #cancelWatch: () => void = () => {};
  #ended = false;

  constructor(options: ContentDownloadOptions) {
    const { content, partial, store, swarms, clock } = options;
    this.#options = options;
    this.#hashes = new LeafHashes(content, store, options.onProven);
    this.swarm = swarms.of(content, partial.size);
    this.#asking = new Asking({ ...options, swarm: this.swarm });
    this.#events = this.#makeEvents();
    this.done = this.#outcome.promise;
    this.done.catch(() => {});
    this.#finishIfWhole();
    if (this.#ended) return;
    this.#cancelWatch = watchSilence(
      clock,
      () => this.#sources.sessions(),
      () => this.#asking.tick(),
    );
  }

  /** Verified bytes on disk. */
  get bytes(): number {
    const { have, size } = this.#options.partial;
    return bytesOf(size, have);
  }

  get activeSources(): readonly PeerId[] {
    return this.#sources.peers;
  }

  /** Every source that ever gave something, and those that are connected. */
  shares(): readonly SourceShare[] {
    return this.#sources.shares();
  }

  /** Those that are connected now. */
  sources(): readonly SourceFacts[] {
    return this.#sources.facts();
  }

  leaves(): ReturnType<Asking['leaves']> {
    return this.#asking.leaves();
  }

  /** Nothing is on its way, for lack of memory. */
  get isShortOfMemory(): boolean {
    return this.#asking.isShortOfMemory && !this.#sources.isAnyOnItsWay;
  }

  /** Leaves that are missing and that no source has, while nothing is on its way; undefined where something may still come. */
  get stuckOn(): MissingLeaves | undefined {
    if (this.#sources.isAnyOnItsWay) return undefined;
    return this.#sources.missing(this.#options.partial.have);
  }

  /**
   * Takes a source in, and asks it at once where it is expected to have all, else when it says what it has. One that is in already
   * stays as it is. Throws when the link is gone.
   */
  add(link: SourceLink, expectWhole = true): void {
    if (this.#ended || this.#sources.has(link.peer)) return;
    const session = new SourceSession({
      ...this.#options,
      link,
      window: this.#options.windows.of(link),
      swarm: this.swarm,
      hashes: this.#hashes,
      expectWhole: expectWhole && this.#sources.mayBeWhole(link.peer) && !this.swarm.asks(link.peer),
      events: this.#events,
    });
    this.#sources.joined(session);
    this.#asking.join(session);
  }

  /** Its policy chooses otherwise from now on: whoever has room is asked at once. */
  hurry(): void {
    if (!this.#ended) this.#asking.requester.roomForAll();
  }

  /** Lets all sources go. What is on disk stays; resolves when nothing is being written any more. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      this.#end();
      this.#outcome.reject(new PeerdexError('interrupted', 'the download was stopped'));
    }
    await Promise.all(this.#writes);
  }

  #makeEvents(): SessionEvents {
    const { requester } = this.#asking;
    return {
      heard: ({ neighbour }) => requester.heard(neighbour),
      giving: (from, asked, given) => {
        const isWanted = requester.giving(from.neighbour, asked, given);
        if (isWanted) this.#claims.begun(from, given, this.#sources.sessions());
        return isWanted;
      },
      leaf: (from, leaf, buffer, bytes) => {
        requester.arrived(from.neighbour, leaf);
        const write = this.#leafArrived(from, leaf, buffer, bytes);
        this.#writes.add(write);
        void write.then(() => this.#writes.delete(write));
      },
      room: ({ neighbour }) => requester.room(neighbour),
      told: (from, members) => this.#options.onTold?.(from, members),
      lost: (from, error, owed) => this.#sourceLost(from, error, owed),
      broken: (error) => this.#fail(error),
    };
  }

  async #leafArrived(session: SourceSession, leaf: number, buffer: Buffer, bytes: number): Promise<void> {
    const { partial, budget, buffers } = this.#options;
    session.writing += 1;
    try {
      if (this.#ended || partial.have.has(leaf)) return;
      const content = buffer.subarray(0, bytes);
      if (!this.#hashes.verify(leaf, content)) return this.#badLeaf(session, leaf);
      await partial.write(leaf, content);
      this.#claims.came(leaf);
      this.#asking.requester.verified(leaf);
      for (const other of this.#sources.sessions()) other.news.came(leaf, other === session);
      this.#options.onLeaf?.(leaf, session.peer);
      this.swarm.used(session.peer, bytes);
      this.#sources.gave(session.peer, bytes);
    } catch (error) {
      this.#fail(asPeerdexError(error));
    } finally {
      session.writing -= 1;
      buffers.give(buffer);
      budget.release(LEAF_BYTES);
      this.#finishIfWhole();
      if (!this.#ended) this.#asking.requester.room(session.neighbour);
    }
  }

  #badLeaf(session: SourceSession, leaf: number): void {
    session.news.complain(leaf);
    this.#options.onBadLeaf?.(session.peer);
    session.end(new PeerdexError('verification', 'it sent bytes that are not what their hash says'));
    this.#claims.ended([leaf], [...this.#sources.sessions()]);
    this.#asking.requester.bad(leaf);
  }

  #sourceLost(session: SourceSession, error: PeerdexError, owed: readonly number[]): void {
    this.#sources.left(session);
    if (this.#ended) return;
    this.#sources.remember(session);
    this.#claims.ended(owed, [...this.#sources.sessions()]);
    this.#options.onLost(session.peer, error);
    this.#asking.leave(session);
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
    this.#cancelWatch();
    this.#asking.end();
    for (const session of [...this.#sources.sessions()]) {
      session.end(new PeerdexError('interrupted', 'the download has ended'));
    }
  }
}
