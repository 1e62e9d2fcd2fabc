import type { Bitfield } from '../core/bitfield.ts';
import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { groupOfLeaf, LEAF_BYTES, leafBytes, leafCount } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Refusal, SourceChannel, SourceLink, SourceListener } from '../core/ports/source.ts';
import { RateMeter } from '../core/rate-meter.ts';
import type { SwarmMember } from '../core/swarm-member.ts';
import { AwaitedLeaves } from './awaited-leaves.ts';
import type { LeafHashes } from './leaf-hashes.ts';
import type { Asker, LinkWindow } from './link-window.ts';
import { refusedError } from './refusals.ts';
import type { Span } from './selection.ts';
import { type HashProblem, SourceHashes } from './source-hashes.ts';
import { SourceLeaves } from './source-leaves.ts';

/** What a session tells the download that it belongs to. */
export interface SessionEvents {
  /** A leaf has arrived whole and unverified; whoever gets it gives the buffer and its reservation back. */
  leaf(session: SourceSession, leaf: number, buffer: Buffer, bytes: number): void;
  /** It has room again for a request, or more to be asked for. */
  room(session: SourceSession): void;
  /** It says that it has these, and has not said so before. */
  has(session: SourceSession, leaves: readonly number[] | 'whole'): void;
  /** It gives another leaf than the one that it was asked for. */
  instead(session: SourceSession, asked: number, given: number): void;
  /** These peers may give what it does not. */
  told(from: PeerId, members: readonly SwarmMember[]): void;
  /** The source gives nothing more: `owed` are the leaves that it owed. Called once. */
  lost(session: SourceSession, error: PeerdexError, owed: readonly number[]): void;
  /** The download as a whole cannot go on, and no source is to blame. */
  broken(error: PeerdexError): void;
}

export interface SessionOptions {
  readonly link: SourceLink;
  /** Shared with all that ask over the link. */
  readonly window: LinkWindow;
  readonly content: string;
  readonly size: number;
  readonly hashes: LeafHashes;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly clock: Clock;
  /** What is here already. */
  readonly have: Bitfield;
  /** It is expected to have all, and may be asked before it says so. */
  readonly expectWhole: boolean;
  readonly events: SessionEvents;
}

/** A channel over which nothing comes in so long is silent, whatever comes over the others of its link. */
const PATIENCE_MS = 300_000;
/** A source that has brought others so many times what may be owed on the link has passed this one over. */
const PASSED_OVER = 4;
/** Who says nothing of what it holds for so long is given up for now. */
export const UNDECIDED_MS = 60_000;

/** One source of one download: what was asked of it, what has come, how fast. Every leaf asked for has its buffer reserved. */
export class SourceSession implements SourceListener, Asker {
  readonly peer: PeerId;
  readonly meter: RateMeter;
  /** Verified bytes that this source gave. */
  verifiedBytes = 0;
  /** Leaf that was asked for last, or -1. */
  last = -1;
  /** Leaves that came from here and are not on disk yet. */
  writing = 0;
  readonly #options: SessionOptions;
  readonly #window: LinkWindow;
  readonly #awaited: AwaitedLeaves;
  readonly #leaves: SourceLeaves;
  readonly #hashes: SourceHashes;
  readonly #channel: SourceChannel;
  /** When something came that was asked for: what was not asked for is no sign of life. */
  #heardAt: number;
  /** What had come over the link then. */
  #linkBytes: number;
  #ended = false;

  /** Throws when the link is gone already. */
  constructor(options: SessionOptions) {
    this.#options = options;
    this.peer = options.link.peer;
    this.meter = new RateMeter(options.clock);
    this.#window = options.window;
    this.#heardAt = options.clock.monotonic();
    this.#linkBytes = this.#window.bytes;
    this.#awaited = new AwaitedLeaves(options);
    this.#leaves = new SourceLeaves(leafCount(options.size), options.expectWhole);
    this.#channel = options.link.open(options.content, this);
    if (options.have.count > 0) this.#channel.has(options.have);
    this.#hashes = new SourceHashes(this.#channel, options.hashes, options.size);
  }

  /** Leaves that may be asked for now; where there are none `room` tells when there are again. */
  room(): number {
    const own = this.#window.leaves - this.#awaited.count - this.writing;
    return this.#ended || own <= 0 ? 0 : Math.min(own, this.#window.room(this));
  }

  mayAsk(): void {
    this.#options.events.room(this);
  }

  /** What it may be asked for. */
  get source(): Bitfield | 'whole' {
    return this.#leaves.all;
  }

  /** It was expected to have all and said that it has not. */
  get isOnlyPart(): boolean {
    return this.#leaves.isOnlyPart;
  }

  has(leaf: number): boolean {
    return this.#leaves.has(leaf);
  }

  /** Tells the source that this leaf has come, from whomever. */
  tell(leaf: number): void {
    this.#channel.got(leaf, 1);
  }

  get owing(): number {
    return this.#awaited.count;
  }

  /**
   * Milliseconds of silence, while anything is owed. What comes over the link for others counts as a sign of life, because this
   * one's turn is still to come; but not for ever, nor when more came for others than can have been before it.
   */
  silentMs(): number {
    if (this.#awaited.count === 0) return this.#undecidedMs();
    const own = this.#options.clock.monotonic() - this.#heardAt;
    const others = this.#window.bytes - this.#linkBytes;
    const isPassedOver = own >= PATIENCE_MS || others > PASSED_OVER * this.#window.leaves * LEAF_BYTES;
    return isPassedOver ? own : Math.min(own, this.#window.quietMs());
  }

  owes(leaf: number): boolean {
    return this.#awaited.has(leaf);
  }

  owed(): readonly number[] {
    return this.#awaited.all();
  }

  /** Asks for leaves whose buffers the caller has reserved. */
  ask({ first, count }: Span): void {
    if (this.#awaited.count === 0) {
      this.#heardAt = this.#options.clock.monotonic();
      this.#linkBytes = this.#window.bytes;
    }
    let bytes = 0;
    for (let group = groupOfLeaf(first); group <= groupOfLeaf(first + count - 1); group += 1)
      this.#hashes.askForGroup(group);
    for (let leaf = first; leaf < first + count; leaf += 1) {
      this.#awaited.add(leaf);
      bytes += leafBytes(this.#options.size, leaf);
    }
    this.#window.asked(bytes);
    this.last = first + count - 1;
    this.#channel.request(first, count);
  }

  /** Takes a leaf back that another source has brought. */
  cancel(leaf: number): void {
    if (!this.#awaited.has(leaf)) return;
    this.#letGo([leaf]);
    this.#awaited.cancel(leaf);
    this.#channel.cancel(leaf, 1);
  }

  complain(leaf: number): void {
    this.#channel.complain(leaf);
  }

  /** Ends the session; what it owed goes back to the download by `lost`. */
  end(error: PeerdexError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#channel.close();
    const owed = this.owed();
    this.#window.leave(this);
    this.#letGo(owed);
    this.#options.events.lost(this, error, owed);
  }

  holding(size: number, whole: boolean): void {
    if (this.#ended) return;
    const problem = this.#hashes.sized(size);
    if (problem) return this.#endWith(problem);
    this.#learn(() => this.#leaves.answered(whole));
  }

  bitfield(first: number, bits: Uint8Array): void {
    this.#learn(() => this.#leaves.bitfield(first, bits));
  }

  have(first: number, count: number): void {
    this.#learn(() => this.#leaves.have(first, count));
  }

  instead(asked: number, given: number): void {
    const { hashes, size, events } = this.#options;
    if (this.#ended) return;
    if (this.#awaited.refused(asked)) return this.#awaited.cancel(given);
    if (!this.#awaited.has(asked)) return;
    const isKnown = given < leafCount(size) && hashes.knowsGroup(groupOfLeaf(given));
    if (!isKnown || !this.#awaited.replace(asked, given)) return this.end(notInPlace());
    events.instead(this, asked, given);
  }

  manifest(page: number, bytes: Uint8Array): void {
    const problem = this.#hashes.manifest(page, bytes);
    if (problem) return this.#endWith(problem);
    this.#heard(bytes.byteLength);
  }

  leaves(group: number, hashes: Uint8Array): void {
    const problem = this.#hashes.leaves(group, hashes);
    if (problem) return this.#endWith(problem);
    this.#heard(hashes.byteLength);
  }

  data(leaf: number, offset: number, bytes: Uint8Array): boolean {
    const taken = this.#awaited.take(leaf, offset, bytes);
    if (taken === 'unasked') return this.#ended;
    if (taken === 'passed-over') return true;
    this.#heard(bytes.byteLength);
    this.meter.add(bytes.byteLength);
    if (taken === 'part') return true;
    this.#window.arrived(taken.bytes);
    this.#options.events.leaf(this, leaf, taken.buffer, taken.bytes);
    return true;
  }

  refused(leaf: number | undefined, reason: Refusal, members: readonly SwarmMember[] = []): void {
    if (this.#ended) return;
    if (members.length > 0) this.#options.events.told(this.peer, members);
    if (leaf !== undefined && this.#awaited.refused(leaf)) return;
    this.end(refusedError(reason));
  }

  closed(error: PeerdexError): void {
    this.end(error);
  }

  /** Nothing is learned of a content of another size. */
  #learn(what: () => readonly number[] | 'whole' | undefined): void {
    if (this.#ended || this.#hashes.claimsAnother) return;
    try {
      const added = what();
      if (added === undefined || added.length === 0) return;
      this.#options.events.has(this, added);
    } catch (error) {
      return this.end(asPeerdexError(error));
    }
    this.#options.events.room(this);
  }

  /** Milliseconds since it was asked what it holds; past UNDECIDED_MS that is a silence. */
  #undecidedMs(): number {
    const asked = this.#options.clock.monotonic() - this.#heardAt;
    return this.#leaves.isUndecided && asked >= UNDECIDED_MS ? asked : 0;
  }

  #endWith({ error, isTheirs }: HashProblem): void {
    if (isTheirs) this.end(error);
    else this.#options.events.broken(error);
  }

  #heard(bytes: number): void {
    this.#window.heard(bytes);
    this.#heardAt = this.#options.clock.monotonic();
    this.#linkBytes = this.#window.bytes;
  }

  #letGo(leaves: readonly number[]): void {
    this.#window.released(this.#awaited.letGo(leaves));
  }
}

const notInPlace = (): PeerdexError =>
  new PeerdexError('verification', 'it gives what cannot stand in for what it was asked for');
