import type { EventQueue } from './event-queue.ts';
import type { Pipe } from './pipe.ts';

export interface HostRates {
  /** Bytes a millisecond. */
  readonly up: number;
  /** Bytes a millisecond. */
  readonly down: number;
}

/** A frame that the kernel has taken, and the small ones that were written right after it. */
export interface KernelFrame {
  readonly bytes: number;
  readonly arrive: () => void;
  readonly after: (() => void)[];
}

/** How long at most small frames of one connection wait for a large one of another. */
const TURN_BYTES = 64 * 1024;

/** One machine's link: its sockets take turns on the way up, and all that comes down comes in one line. */
export class Host {
  readonly rates: HostRates;
  readonly #events: EventQueue;
  /** Pipes whose kernel buffer is not empty; the first is next. */
  readonly #turns: Pipe[] = [];
  #isSending = false;
  #frameEnds = 0;
  #downFreeAt = 0;
  /** Bytes of small frames that went out and have yet to cost time. */
  #smallBytes = 0;
  /** Bytes of all kinds that went up. */
  sent = 0;
  isDown = false;

  constructor(events: EventQueue, rates: HostRates) {
    this.#events = events;
    this.rates = rates;
  }

  /** The pipe has something in its kernel buffer now. */
  ready(pipe: Pipe): void {
    this.#turns.push(pipe);
    if (!this.#isSending) this.#sendNext();
  }

  /** When a small frame leaves that is written now on a connection on which nothing else waits. */
  small(bytes: number): number {
    this.#smallBytes += bytes;
    this.sent += bytes;
    const turn = TURN_BYTES / this.rates.up;
    return (
      Math.max(this.#events.now, Math.min(this.#frameEnds, this.#events.now + turn)) + bytes / this.rates.up
    );
  }

  /** When bytes are all in that have left the other side now, sent at `up` bytes a millisecond. */
  receive(bytes: number, up: number, latency: number): number {
    const { now } = this.#events;
    const first = Math.max(this.#downFreeAt, now - bytes / up + latency);
    this.#downFreeAt = Math.max(now + latency, first + bytes / this.rates.down);
    return this.#downFreeAt;
  }

  #sendNext(): void {
    const pipe = this.#turns.shift();
    if (!pipe) return;
    const frame = pipe.head();
    if (!frame) return this.#sendNext();
    this.#isSending = true;
    this.sent += frame.bytes;
    this.#frameEnds = this.#events.now + (frame.bytes + this.#smallBytes) / this.rates.up;
    this.#smallBytes = 0;
    this.#events.at(this.#frameEnds, () => {
      this.#isSending = false;
      if (this.isDown) return;
      if (pipe.headIsOut(frame)) this.#turns.push(pipe);
      this.#sendNext();
    });
  }
}
