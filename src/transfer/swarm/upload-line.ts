import type { Clock } from '../../core/clock.ts';
import { Pace } from './pace.ts';
import type { UploadChannelState } from './upload-channel-state.ts';

/** So long may the bytes last that are on their way to one downloader, beyond the time that an acknowledgement takes. */
const SLACK_MS = 100;

/** So many leaves may wait for the system to take them: two spans, one that goes out and one that is read. */
const MOST_UNTAKEN = 8;

/** A leaf that goes out and is not acknowledged. */
export interface OnTheWay {
  readonly channel: UploadChannelState;
  readonly leaf: number;
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly since: number;
  /** The downloader has it from elsewhere, or will: that it has it says nothing of this line. */
  isTakenBack?: boolean;
}

/** One downloader, whatever number of contents it asks for: its turn, and what is on its way to it. */
export class UploadLine {
  /** Bytes served, and what was added when it came back from a pause: who has least is next. */
  turn = 0;
  readonly pace: Pace;
  readonly channels = new Set<UploadChannelState>();
  /** Leaves asked for and not yet sent, of all channels. */
  queued = 0;
  /** Leaves that are sent as far as the scheduler knows, and that the system has not taken. */
  untaken = 0;
  /** In the order in which they were sent. */
  readonly #onTheWay: OnTheWay[] = [];
  #bytes = 0;
  /** When it acknowledged last, or was last sent something after nothing was on its way; monotonic milliseconds. */
  #movedAt = 0;

  /** Whether it waits for a limit of its own, so that what is on its way to it is in nobody else's. */
  readonly isHeldBack: () => boolean;

  /** `isAlone`: no other line asks for anything. */
  constructor(clock: Clock, isAlone: () => boolean, isHeldBack: () => boolean) {
    this.isHeldBack = isHeldBack;
    this.pace = new Pace(clock, SLACK_MS, isAlone);
  }

  /** Bytes sent and not acknowledged. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When it moved last, while something is on its way. */
  get waitingSince(): number | undefined {
    return this.#onTheWay.length > 0 ? this.#movedAt : undefined;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.pace.most && this.untaken < MOST_UNTAKEN;
  }

  sent(one: OnTheWay): void {
    if (this.#onTheWay.length === 0) {
      this.#movedAt = one.since;
      this.pace.restart();
    }
    this.#onTheWay.push(one);
    this.#bytes += one.bytes;
  }

  /**
   * This leaf has come, and so has all that was sent before it; of one that was taken back nothing follows for others. Returns what
   * has come over this line for sure; nothing when it was not on its way.
   */
  acknowledged(channel: UploadChannelState, leaf: number, now: number): readonly OnTheWay[] {
    const at = this.#onTheWay.findIndex((one) => one.channel === channel && one.leaf === leaf);
    if (at < 0) return [];
    this.#movedAt = now;
    if (!this.#onTheWay[at]!.isTakenBack) return this.#drop(0, at + 1);
    this.#drop(at, 1);
    return [];
  }

  /** The downloader has taken these leaves back, too late for those that are on their way. */
  takenBack(channel: UploadChannelState, first: number, count: number): void {
    for (const one of this.#onTheWay) {
      if (one.channel === channel && one.leaf >= first && one.leaf < first + count) one.isTakenBack = true;
    }
  }

  /** This leaf was not sent after all. False when it was not on its way. */
  dropped(channel: UploadChannelState, leaf: number): boolean {
    const at = this.#onTheWay.findIndex((one) => one.channel === channel && one.leaf === leaf);
    if (at >= 0) this.#drop(at, 1);
    return at >= 0;
  }

  /** Nothing of this channel is waited for any more. */
  forget(channel: UploadChannelState): void {
    for (let i = this.#onTheWay.length - 1; i >= 0; i -= 1) {
      if (this.#onTheWay[i]!.channel === channel) this.#drop(i, 1);
    }
  }

  #drop(at: number, count: number): OnTheWay[] {
    const dropped = this.#onTheWay.splice(at, count);
    for (const { bytes } of dropped) this.#bytes -= bytes;
    return dropped;
  }
}
