import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { groupOfLeaf, leafBytes, leafCount } from '../core/leaf-layout.ts';
import type { Refusal, SourceChannel, SourceListener } from '../core/ports/source.ts';
import { RateMeter } from '../core/rate-meter.ts';
import type { SwarmMember } from '../core/swarm-member.ts';
import { AwaitedLeaves } from './awaited-leaves.ts';
import { GAVE_WAY } from './content-swarm.ts';
import type { Asker, LinkWindow } from './link-window.ts';
import { refusedError } from './refusals.ts';
import type { SessionOptions } from './session-options.ts';
import { type HashProblem, SourceHashes } from './source-hashes.ts';
import { SourceLeaves } from './source-leaves.ts';
import { SourceNews } from './source-news.ts';
import { SourceSilence } from './source-silence.ts';
import type { Neighbour } from './swarm/spread.ts';

/** Who says nothing of what it holds for so long is given up for now. */
export const UNDECIDED_MS = 60_000;

/** One source of one download: what was asked of it, what has come, how fast. Every leaf asked for has its buffer reserved. */
export class SourceSession implements SourceListener, Asker {
  readonly peer: PeerId;
  readonly neighbour: Neighbour;
  readonly meter: RateMeter;
  readonly news: SourceNews;
  /** Leaves that came from here and are not on disk yet. */
  writing = 0;
  readonly #options: SessionOptions;
  readonly #window: LinkWindow;
  readonly #awaited: AwaitedLeaves;
  readonly #leaves: SourceLeaves;
  readonly #hashes: SourceHashes;
  readonly #channel: SourceChannel;
  readonly #silence: SourceSilence;
  readonly #giveWay = () => this.end(GAVE_WAY);
  #ended = false;

  /** Throws when the link is gone already. */
  constructor(options: SessionOptions) {
    const { link, swarm, partial, window, clock } = options;
    this.#options = options;
    this.peer = link.peer;
    this.meter = new RateMeter(clock);
    this.#window = window;
    this.#silence = new SourceSilence(window, clock);
    this.#awaited = new AwaitedLeaves({
      ...options,
      size: partial.size,
      onTheWay: (bytes) => window.onTheWay(bytes),
    });
    this.#channel = link.open(partial.content, this, !options.isExact);
    this.neighbour = swarm.joined(this.peer, 'asked', this.#giveWay);
    this.news = new SourceNews(this.#channel, this.neighbour);
    this.#leaves = new SourceLeaves(swarm, this.neighbour, options.expectWhole);
    if (partial.have.count > 0) this.#channel.has(partial.have);
    this.#hashes = new SourceHashes(this.#channel, options.hashes, partial.size);
  }

  /** Leaves that may be asked for now; where there are none `room` tells when there are again. */
  room(): number {
    const own = this.#window.leaves - this.#awaited.count - this.writing;
    return this.#ended || own <= 0 ? 0 : Math.min(own, this.#window.room(this));
  }

  /** Leaves that come in about 20 ms at the link's rate, at least one. */
  get spanLeaves(): number {
    return this.#window.spanLeaves;
  }

  mayAsk(): void {
    this.#options.events.room(this);
  }

  /** It was expected to have all and said that it has not. */
  get isOnlyPart(): boolean {
    return this.#leaves.isOnlyPart;
  }

  get owing(): number {
    return this.#awaited.count;
  }

  /** What it sent waits here for a rate limit. */
  get isHeldBack(): boolean {
    return this.#options.link.isHeldBack === true;
  }

  /** Milliseconds of silence, while anything is owed, or for far too long since it was asked what it holds. */
  silentMs(): number {
    if (this.isHeldBack) return 0;
    if (this.#awaited.count > 0) return this.#silence.ms;
    const asked = this.#silence.ownMs;
    return this.#leaves.isUndecided && asked >= UNDECIDED_MS ? asked : 0;
  }

  /** Asks for leaves whose buffers the caller has reserved. */
  ask(first: number, count: number): void {
    if (this.#awaited.count === 0) this.#silence.ends();
    let bytes = 0;
    for (let group = groupOfLeaf(first); group <= groupOfLeaf(first + count - 1); group += 1)
      this.#hashes.askForGroup(group);
    for (let leaf = first; leaf < first + count; leaf += 1) {
      this.#awaited.add(leaf);
      bytes += this.#bytes(leaf);
    }
    this.#window.asked(bytes);
    this.#channel.request(first, count);
  }

  /** Takes a leaf back: another source brings it, or has. */
  cancel(leaf: number): void {
    if (this.#ended) return;
    this.#awaited.cancel(leaf);
    this.#channel.cancel(leaf, 1);
    this.news.takenBack(leaf, this.#options.partial.have.has(leaf));
    if (this.#awaited.has(leaf)) this.#letGo([leaf]);
  }

  /** Ends the session; what it owed goes back to the download by `lost`. */
  end(error: PeerdexError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#channel.close();
    const owed = this.#awaited.all();
    this.#window.leave(this);
    this.#letGo(owed);
    this.#options.events.lost(this, error, owed);
    this.#options.swarm.left(this.peer, 'asked', this.#giveWay);
  }

  holding(size: number, whole: boolean): void {
    if (this.#ended) return;
    const problem = this.#hashes.sized(size);
    if (problem) return this.#endWith(problem);
    const wasWhole = this.neighbour.isWhole;
    this.#learn(() => this.#leaves.answered(whole));
    if (!this.#ended) this.#options.swarm.accepted(this.peer);
    // What it was not told while it had that itself it has to know as one that chooses what to give.
    if (!this.#ended && whole && !wasWhole) this.#channel.has(this.#options.partial.have);
  }

  bitfield(first: number, bits: Uint8Array): void {
    this.#learn(() => this.#leaves.bitfield(first, bits));
  }

  have(first: number, count: number): void {
    this.#learn(() => this.#leaves.have(first, count));
  }

  instead(asked: number, given: number): void {
    const { hashes, partial, events } = this.#options;
    if (this.#ended) return;
    const wasOwed = this.#awaited.has(asked);
    if (asked === given) return void (wasOwed && events.giving(this, asked, given));
    if (!wasOwed && !this.#awaited.refused(asked)) return;
    const isKnown = given < leafCount(partial.size) && hashes.knowsGroup(groupOfLeaf(given));
    if (!isKnown || this.#awaited.hasBegun(asked)) return this.end(notInPlace());
    const isOwed = this.#awaited.has(given);
    if (wasOwed && isOwed) this.#letGo([asked]);
    else if (wasOwed) {
      this.#awaited.replace(asked, given);
      this.#window.exchanged(this.#bytes(asked), this.#bytes(given));
    }
    events.giving(this, asked, given);
  }

  manifest(page: number, bytes: Uint8Array): void {
    const problem = this.#hashes.manifest(page, bytes);
    if (problem) return this.#endWith(problem);
    this.#heard(bytes.byteLength);
  }

  leaves(group: number, hashes: Uint8Array): void {
    const wasAwaited = this.#hashes.isAwaited(group);
    const problem = this.#hashes.leaves(group, hashes);
    if (problem) return this.#endWith(problem);
    if (wasAwaited) this.#heard(hashes.byteLength);
  }

  data(leaf: number, offset: number, bytes: Uint8Array): boolean {
    const { events } = this.#options;
    if (offset === 0 && this.#awaited.has(leaf)) events.giving(this, leaf, leaf);
    const taken = this.#awaited.take(leaf, offset, bytes);
    if (taken === 'unasked') return this.#ended;
    if (taken === 'passed-over') return true;
    this.#heard(bytes.byteLength);
    events.heard(this);
    this.meter.add(bytes.byteLength);
    if (taken === 'part') return true;
    this.#window.arrived(taken.bytes);
    events.leaf(this, leaf, taken.buffer, taken.bytes);
    return true;
  }

  refused(leaf: number | undefined, reason: Refusal, members: readonly SwarmMember[] = []): void {
    if (this.#ended) return;
    if (members.length > 0) this.#options.events.told(this.peer, members);
    if (leaf !== undefined && !this.#awaited.has(leaf) && this.#awaited.refused(leaf)) return;
    this.end(refusedError(reason));
  }

  closed(error: PeerdexError): void {
    this.end(error);
  }

  /** Nothing is learned of a content of another size. */
  #learn(what: () => void): void {
    if (this.#ended || this.#hashes.claimsAnother) return;
    try {
      what();
    } catch (error) {
      this.end(asPeerdexError(error));
    }
  }

  #endWith({ error, isTheirs }: HashProblem): void {
    if (isTheirs) this.end(error);
    else this.#options.events.broken(error);
  }

  #heard(bytes: number): void {
    this.#window.heard(bytes);
    this.#silence.ends();
  }

  #letGo(leaves: readonly number[]): void {
    this.#window.released(this.#awaited.letGo(leaves));
  }

  #bytes(leaf: number): number {
    return leafBytes(this.#options.partial.size, leaf);
  }
}

const notInPlace = (): PeerdexError =>
  new PeerdexError('verification', 'it gives what cannot stand in for what it was asked for');
