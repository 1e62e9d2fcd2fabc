import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { groupOfLeaf, LEAF_BYTES, leafBytes } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Refusal, SourceChannel, SourceLink, SourceListener } from '../core/ports/source.ts';
import { RateMeter } from '../core/rate-meter.ts';
import type { LeafHashes } from './leaf-hashes.ts';
import type { Asker, LinkWindow } from './link-window.ts';
import { ManifestPages, pageCount } from './manifest-pages.ts';
import { refusedError } from './refusals.ts';
import type { Span } from './selection.ts';

/** What a session tells the download that it belongs to. */
export interface SessionEvents {
  /** A leaf has arrived whole and unverified; whoever gets it gives the buffer and its reservation back. */
  leaf(session: SourceSession, leaf: number, buffer: Buffer, bytes: number): void;
  /** It has room again for a request. */
  room(session: SourceSession): void;
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
  readonly events: SessionEvents;
}

/** A channel over which nothing comes in so long is silent, whatever comes over the others of its link. */
const PATIENCE_MS = 300_000;
/** A source that has brought others so many times what may be owed on the link has passed this one over. */
const PASSED_OVER = 4;

interface Awaited {
  buffer: Buffer | undefined;
  received: number;
}

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
  readonly #awaited = new Map<number, Awaited>();
  /** Taken back, but perhaps on the way already: what comes of them is passed over. */
  readonly #cancelled = new Set<number>();
  /** Groups whose hashes were asked for and have not come. */
  readonly #groupsAwaited = new Set<number>();
  #pages: ManifestPages | undefined;
  readonly #channel: SourceChannel;
  /** When something came that was asked for: what was not asked for is no sign of life. */
  #heardAt: number;
  /** It has another size than was expected, and is asked to prove it. */
  #claimsAnother = false;
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
    this.#channel = options.link.open(options.content, this);
    if (options.hashes.manifest) return;
    this.#pages = new ManifestPages(options.size);
    this.#askForPages(0, pageCount(options.size));
  }

  /** Leaves that may be asked for now; where there are none `room` tells when there are again. */
  room(): number {
    const own = this.#window.leaves - this.#awaited.size - this.writing;
    return this.#ended || own <= 0 ? 0 : Math.min(own, this.#window.room(this));
  }

  mayAsk(): void {
    this.#options.events.room(this);
  }

  get owing(): number {
    return this.#awaited.size;
  }

  /**
   * Milliseconds of silence, while anything is owed. What comes over the link for others counts as a sign of life, because this
   * one's turn is still to come; but not for ever, nor when more came for others than can have been before it.
   */
  silentMs(): number {
    if (this.#awaited.size === 0) return 0;
    const own = this.#options.clock.monotonic() - this.#heardAt;
    const others = this.#window.bytes - this.#linkBytes;
    const isPassedOver = own >= PATIENCE_MS || others > PASSED_OVER * this.#window.leaves * LEAF_BYTES;
    return isPassedOver ? own : Math.min(own, this.#window.quietMs());
  }

  owes(leaf: number): boolean {
    return this.#awaited.has(leaf);
  }

  owed(): readonly number[] {
    return [...this.#awaited.keys()];
  }

  /** Asks for leaves whose buffers the caller has reserved. */
  ask({ first, count }: Span): void {
    if (this.#awaited.size === 0) {
      this.#heardAt = this.#options.clock.monotonic();
      this.#linkBytes = this.#window.bytes;
    }
    let bytes = 0;
    for (let group = groupOfLeaf(first); group <= groupOfLeaf(first + count - 1); group += 1)
      this.#askForGroup(group);
    for (let leaf = first; leaf < first + count; leaf += 1) {
      this.#awaited.set(leaf, { buffer: undefined, received: 0 });
      this.#cancelled.delete(leaf);
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
    this.#cancelled.add(leaf);
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

  /** Where the size is not proven yet, its manifest shows whether the source or the index has a false one. */
  holding(size: number): void {
    const { hashes, size: expected } = this.#options;
    if (size === expected || this.#ended) return;
    if (hashes.manifest || this.#claimsAnother) return this.end(lying(ANOTHER_SIZE));
    this.#claimsAnother = true;
    this.#pages = new ManifestPages(size);
    this.#askForPages(pageCount(expected), pageCount(size));
  }

  manifest(page: number, bytes: Uint8Array): void {
    const { hashes, size, events } = this.#options;
    if (!this.#pages?.add(page, bytes)) return this.end(lying('its manifest does not fit'));
    this.#heard(bytes.byteLength);
    const manifest = this.#pages.finish();
    if (!manifest) return;
    try {
      hashes.takeManifest(manifest);
    } catch (error) {
      const failure = asPeerdexError(error);
      return failure.code === 'verification' ? this.end(failure) : events.broken(failure);
    }
    const proven = hashes.manifest?.size;
    if (proven !== size) events.broken(new PeerdexError('verification', FALSE_INDEX, { retry: true }));
    else if (manifest.size !== proven) this.end(lying(ANOTHER_SIZE));
  }

  leaves(group: number, hashes: Uint8Array): void {
    const wrong = lying(`its hashes of group ${group} are wrong`);
    if (!this.#groupsAwaited.delete(group)) return this.end(wrong);
    try {
      if (!this.#options.hashes.takeGroup(group, hashes)) return this.end(wrong);
    } catch (error) {
      return this.#options.events.broken(asPeerdexError(error));
    }
    this.#heard(hashes.byteLength);
  }

  data(leaf: number, offset: number, bytes: Uint8Array): boolean {
    const awaited = this.#awaited.get(leaf);
    if (!awaited) return this.#ended || this.#passOver(leaf, offset + bytes.byteLength);
    const whole = leafBytes(this.#options.size, leaf);
    if (offset !== awaited.received || offset + bytes.byteLength > whole) return false;
    awaited.buffer ??= this.#options.buffers.take();
    awaited.buffer.set(bytes, offset);
    awaited.received += bytes.byteLength;
    this.#heard(bytes.byteLength);
    this.meter.add(bytes.byteLength);
    if (awaited.received < whole) return true;
    this.#awaited.delete(leaf);
    this.#window.arrived(whole);
    this.#options.events.leaf(this, leaf, awaited.buffer, whole);
    return true;
  }

  refused(leaf: number | undefined, reason: Refusal): void {
    if (leaf !== undefined && this.#cancelled.delete(leaf)) return;
    this.end(refusedError(reason));
  }

  closed(error: PeerdexError): void {
    this.end(error);
  }

  #askForPages(first: number, end: number): void {
    for (let page = first; page < end; page += 1) this.#channel.requestManifest(page);
  }

  #askForGroup(group: number): void {
    if (this.#groupsAwaited.has(group) || this.#options.hashes.knowsGroup(group)) return;
    this.#groupsAwaited.add(group);
    this.#channel.requestLeaves(group);
  }

  #passOver(leaf: number, end: number): boolean {
    if (!this.#cancelled.has(leaf)) return false;
    if (end >= leafBytes(this.#options.size, leaf)) this.#cancelled.delete(leaf);
    return true;
  }

  #heard(bytes: number): void {
    this.#window.heard(bytes);
    this.#heardAt = this.#options.clock.monotonic();
    this.#linkBytes = this.#window.bytes;
  }

  #letGo(leaves: readonly number[]): void {
    let bytes = 0;
    for (const leaf of leaves) {
      const buffer = this.#awaited.get(leaf)?.buffer;
      this.#awaited.delete(leaf);
      if (buffer) this.#options.buffers.give(buffer);
      this.#options.budget.release(LEAF_BYTES);
      bytes += leafBytes(this.#options.size, leaf);
    }
    this.#window.released(bytes);
  }
}

const ANOTHER_SIZE = 'it claims another size';
const FALSE_INDEX = 'the index gives a false size for it';
const lying = (how: string): PeerdexError => new PeerdexError('verification', how);
