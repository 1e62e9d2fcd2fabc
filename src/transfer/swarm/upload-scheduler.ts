import type { Clock } from '../../core/clock.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { Random } from '../../core/random.ts';
import type { Neighbour } from './spread.ts';
import { Pace } from './uplink.ts';
import { UploadChannelState, type UploadContent } from './upload-channel-state.ts';
import { UploadLine } from './upload-line.ts';

export interface UploadSchedulerOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/** Leaves to be read and sent now, in one go. */
export interface Serving {
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
const SLACK_MS = 20;
/** A downloader that acknowledges nothing for so much longer than usual does not hold others up. */
const STALL_MS = 20;
/** Taken for usual while it is not known. */
const UNKNOWN_MS = 100;
/** So many may be stalled and not hold others up. */
const MOST_STALLED = 8;

/**
 * Which request to serve next, for one process: all its contents, all its connections. One leaf after the other goes out at the
 * full rate, so that it can soon be passed on; turns go by the bytes sent to each downloader; what is on the way is bounded, in
 * all and to each. Bookkeeping only: ask `next` after every call, and after `waitMs`.
 */
export class UploadScheduler {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #lines = new Set<UploadLine>();
  readonly #pace: Pace;
  /** The turn of who was served last. */
  #turn = 0;

  constructor({ clock, random }: UploadSchedulerOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#pace = new Pace(clock, SLACK_MS);
  }

  /** Bytes a second that were acknowledged of late. */
  get rate(): number {
    return this.#pace.rate;
  }

  /** A connection over which others may ask. */
  join(): UploadLine {
    const line = new UploadLine(this.#clock);
    this.#lines.add(line);
    return line;
  }

  leave(line: UploadLine): void {
    for (const channel of [...line.channels]) this.close(line, channel);
    this.#lines.delete(line);
  }

  open(line: UploadLine, content: UploadContent, to: Neighbour, takesOthers: boolean): UploadChannelState {
    const channel = new UploadChannelState(content, to, takesOthers);
    line.channels.add(channel);
    return channel;
  }

  close(line: UploadLine, channel: UploadChannelState): void {
    channel.queue.clear();
    line.channels.delete(channel);
    line.forget(channel);
  }

  /** The caller has checked that the leaves are had here, and how many one may ask for. */
  requested(line: UploadLine, channel: UploadChannelState, first: number, count: number): void {
    if (!line.isWaiting) line.turn = Math.max(line.turn, this.#turn);
    for (let leaf = first; leaf < first + count; leaf += 1) channel.queue.add(leaf);
  }

  /** Leaves that are on their way already are for the caller to stop, who then says `dropped`. */
  cancelled(channel: UploadChannelState, first: number, count: number): void {
    for (let leaf = first; leaf < first + count; leaf += 1) channel.queue.delete(leaf);
  }

  /** The downloader has it: from here, or from elsewhere. The caller tells the spread. */
  acknowledged(line: UploadLine, channel: UploadChannelState, leaf: number): void {
    channel.queue.delete(leaf);
    const now = this.#clock.monotonic();
    for (const { bytes, since } of line.acknowledged(channel, leaf, now)) {
      line.pace.acknowledged(bytes, now - since);
      this.#pace.acknowledged(bytes, now - since);
    }
  }

  /** A leaf of a serving was not sent, or not to its end. */
  dropped(line: UploadLine, channel: UploadChannelState, leaf: number): void {
    line.dropped(channel, leaf);
    channel.content.spread.unclaimed(channel.neighbour, leaf);
  }

  /** What to send now; undefined when nothing is asked for, or enough is on its way. */
  next(): Serving | undefined {
    const now = this.#clock.monotonic();
    let onTheWay = 0;
    let stalled = 0;
    let best: UploadLine | undefined;
    for (const line of this.#lines) {
      if (line.bytes > 0) {
        if (stalled < MOST_STALLED && this.#stallsIn(line, now) <= 0) stalled += 1;
        else onTheWay += line.bytes;
      }
      if (line.isWaiting && line.hasRoom && (!best || line.turn < best.turn)) best = line;
    }
    if (!best || onTheWay >= this.#pace.most) return undefined;
    return this.#serve(best, now);
  }

  /** Milliseconds after which to ask `next` again though nothing happens; undefined: not before something does. */
  get waitMs(): number | undefined {
    const now = this.#clock.monotonic();
    let least: number | undefined;
    let isAnyWaiting = false;
    for (const line of this.#lines) {
      isAnyWaiting ||= line.isWaiting;
      if (line.bytes === 0) continue;
      const ms = this.#stallsIn(line, now);
      if (ms > 0 && (least === undefined || ms < least)) least = ms;
    }
    return isAnyWaiting ? least : undefined;
  }

  #serve(line: UploadLine, now: number): Serving | undefined {
    const most = Math.max(1, Math.min(MOST_SPAN, Math.floor(((this.rate / 1000) * SPAN_MS) / LEAF_BYTES)));
    for (const channel of line.channels) {
      const chosen = channel.take(most, this.#random);
      if (!chosen) continue;
      line.channels.delete(channel);
      line.channels.add(channel);
      this.#turn = line.turn;
      for (let leaf = chosen.first; leaf < chosen.first + chosen.count; leaf += 1) {
        const bytes = channel.bytes(leaf);
        line.turn += bytes;
        line.sent({ channel, leaf, bytes, since: now });
        channel.content.spread.claimed(channel.neighbour, leaf, now);
      }
      return { channel, ...chosen };
    }
    return undefined;
  }

  #stallsIn(line: UploadLine, now: number): number {
    if (line.waitingSince === undefined) return Number.POSITIVE_INFINITY;
    const usual = line.pace.leastMs || this.#pace.leastMs || UNKNOWN_MS;
    return line.waitingSince + 2 * usual + STALL_MS - now;
  }
}
