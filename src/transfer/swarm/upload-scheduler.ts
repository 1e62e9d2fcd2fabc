import type { Clock } from '../../core/clock.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { Random } from '../../core/random.ts';
import { BusyLines } from './busy-lines.ts';
import { Pace } from './pace.ts';
import type { Neighbour } from './spread.ts';
import { UploadChannelState, type UploadContent } from './upload-channel-state.ts';
import { UploadLine } from './upload-line.ts';

export interface UploadSchedulerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** What was prepared is not sent after all: it was taken back, or has come from elsewhere. */
  readonly dropped?: (serving: Serving) => void;
}

/** Leaves to be sent in one go. */
export interface Serving {
  readonly line: UploadLine;
  readonly channel: UploadChannelState;
  readonly first: number;
  readonly count: number;
  /** The leaf in whose place the first one is given, if it is; to be said before its data. */
  readonly insteadOf: number | undefined;
}

/** What goes out in so many milliseconds is joined to one span. */
const SPAN_MS = 20;
const MOST_SPAN = 4;
/** So long may the bytes last that are on their way to all, beyond the time that an acknowledgement takes. */
const SLACK_MS = 60;
/** So much is chosen ahead of what is sent. */
const MOST_PREPARED = 2;

/**
 * Which request to serve next, for one process: all its contents, all its connections. One leaf after the other goes out at the
 * full rate, so that it can soon be passed on; turns go by the bytes sent to each downloader; what is on the way is bounded, in
 * all and to each. Bookkeeping only: ask `next` after every call, and after `waitMs`.
 */
export class UploadScheduler {
  /** Chosen and said, and not yet sent. */
  readonly #prepared: Serving[] = [];
  readonly #clock: Clock;
  readonly #random: Random;
  /** With something on its way. */
  readonly #busy: BusyLines;
  /** That have asked for something. */
  readonly #waiting = new Set<UploadLine>();
  readonly #pace: Pace;
  readonly #onDropped: (serving: Serving) => void;
  /** The turn of who was served last. */
  #turn = 0;

  constructor({ clock, random, dropped = () => {} }: UploadSchedulerOptions) {
    this.#onDropped = dropped;
    this.#clock = clock;
    this.#random = random;
    this.#pace = new Pace(clock, SLACK_MS);
    this.#busy = new BusyLines(this.#pace);
  }

  /** Bytes a second that were acknowledged of late. */
  get rate(): number {
    return this.#pace.rate;
  }

  /** A connection over which others may ask. `isHeldBack`: it waits for a limit of its own. */
  join(isHeldBack = () => false): UploadLine {
    const line: UploadLine = new UploadLine(this.#clock, () => this.#isAlone(line), isHeldBack);
    return line;
  }

  leave(line: UploadLine): void {
    for (const channel of [...line.channels]) this.close(line, channel);
  }

  open(line: UploadLine, content: UploadContent, to: Neighbour, takesOthers: boolean): UploadChannelState {
    const channel = new UploadChannelState(content, to, takesOthers);
    line.channels.add(channel);
    return channel;
  }

  close(line: UploadLine, channel: UploadChannelState): void {
    this.#unqueue(line, channel.clear());
    line.channels.delete(channel);
    line.forget(channel);
    for (const one of this.#prepared.filter((prepared) => prepared.channel === channel)) this.#unprepare(one);
    this.#busy.settle(line);
  }

  /** The caller has checked that the leaves are had here, and how many one may ask for. */
  requested(line: UploadLine, channel: UploadChannelState, first: number, count: number): void {
    if (line.queued === 0) line.turn = Math.max(line.turn, this.#turn);
    line.queued += channel.add(first, count);
    if (line.queued > 0) this.#waiting.add(line);
  }

  /**
   * Leaves of a span, and those that are on their way already, are for the caller to leave out, who then says `dropped`; what was
   * sent all the same is acknowledged when the downloader has it from elsewhere.
   */
  cancelled(line: UploadLine, channel: UploadChannelState, first: number, count: number): void {
    this.#unqueue(line, channel.remove(first, count));
    line.takenBack(channel, first, count);
    for (const one of [...this.#prepared]) {
      const isMeant = one.channel === channel && one.first >= first && one.first < first + count;
      if (isMeant) this.#unprepareLeaf(channel, one.first);
    }
  }

  /**
   * The downloader has it: from here, or from elsewhere. The caller tells the spread. False when it was neither asked for nor on its
   * way, so that nothing is to be sent that was not before.
   */
  acknowledged(line: UploadLine, channel: UploadChannelState, leaf: number): boolean {
    const queued = channel.remove(leaf, 1);
    this.#unqueue(line, queued);
    const wasPrepared = this.#unprepareLeaf(channel, leaf);
    const now = this.#clock.monotonic();
    const arrived = line.acknowledged(channel, leaf, now);
    for (const { bytes, since } of arrived) {
      line.pace.acknowledged(bytes, now - since);
      this.#pace.acknowledged(bytes, now - since);
    }
    this.#busy.settle(line);
    return queued > 0 || wasPrepared || arrived.length > 0;
  }

  /** The system has taken a serving that `next` gave, or what was wanted of it; also when its channel is closed. */
  taken({ line, count }: Serving): void {
    line.untaken -= count;
  }

  /** A leaf of a serving was not sent, or not to its end. False when it is not on its way any more, so that no room comes of it. */
  dropped(line: UploadLine, channel: UploadChannelState, leaf: number): boolean {
    const wasOnTheWay = line.dropped(channel, leaf);
    this.#busy.settle(line);
    channel.content.spread.unclaimed(channel.neighbour, leaf);
    return wasOnTheWay;
  }

  /**
   * What will be sent next, chosen while the line is still full: to be said to the downloader and read ahead, so that it can be
   * taken back before it costs anything. Undefined when nothing is asked for, or enough is prepared.
   */
  prepare(): Serving | undefined {
    if (this.#waiting.size === 0 || this.#prepared.length >= MOST_PREPARED) return undefined;
    const now = this.#clock.monotonic();
    const slots = this.#busy.slots(this.#prepared, now);
    let best: UploadLine | undefined;
    for (const line of this.#waiting) {
      if (!line.hasRoom || (best && line.turn >= best.turn)) continue;
      if (slots.hasFor(line)) best = line;
    }
    const serving = best && this.#choose(best, now);
    if (serving) this.#prepared.push(serving);
    return serving;
  }

  /** What to send now, of what was prepared; undefined when enough is on its way. */
  next(): Serving | undefined {
    const [serving] = this.#prepared;
    const now = this.#clock.monotonic();
    if (!serving || this.#busy.onTheWay(now) >= this.#pace.most) return undefined;
    this.#prepared.shift();
    const { line, channel, first, count } = serving;
    this.#busy.add(line);
    line.untaken += count;
    for (let leaf = first; leaf < first + count; leaf += 1) {
      line.sent({ channel, leaf, bytes: channel.bytes(leaf), since: now });
    }
    return serving;
  }

  /** Milliseconds after which to ask `next` again though nothing happens; undefined: not before something does. */
  get waitMs(): number | undefined {
    if (this.#waiting.size === 0 && this.#prepared.length === 0) return undefined;
    return this.#busy.waitMs(this.#clock.monotonic());
  }

  #isAlone(line: UploadLine): boolean {
    const isOther = (one: UploadLine) => one !== line;
    return ![...this.#busy.lines].some(isOther) && ![...this.#waiting].some(isOther);
  }

  #unqueue(line: UploadLine, count: number): void {
    line.queued -= count;
    if (line.queued === 0) this.#waiting.delete(line);
  }

  #choose(line: UploadLine, now: number): Serving | undefined {
    const most = Math.max(1, Math.min(MOST_SPAN, Math.floor(((this.rate / 1000) * SPAN_MS) / LEAF_BYTES)));
    for (const channel of line.channels) {
      const chosen = channel.take(most, this.#random);
      if (!chosen) continue;
      line.channels.delete(channel);
      line.channels.add(channel);
      this.#unqueue(line, chosen.taken);
      this.#turn = line.turn;
      const { first, count, insteadOf } = chosen;
      for (let leaf = first; leaf < first + count; leaf += 1) {
        line.turn += channel.bytes(leaf);
        channel.content.spread.claimed(channel.neighbour, leaf, now);
      }
      return { line, channel, first, count, insteadOf };
    }
    return undefined;
  }

  /** Takes a leaf that is not part of a span out of what was prepared. True where it was there. */
  #unprepareLeaf(channel: UploadChannelState, leaf: number): boolean {
    const found = this.#prepared.find(
      (one) => one.channel === channel && one.first === leaf && one.count === 1,
    );
    if (!found) return false;
    this.#unprepare(found);
    found.line.turn -= channel.bytes(leaf);
    channel.content.spread.unclaimed(channel.neighbour, leaf);
    return true;
  }

  #unprepare(serving: Serving): void {
    this.#prepared.splice(this.#prepared.indexOf(serving), 1);
    this.#onDropped(serving);
  }
}
