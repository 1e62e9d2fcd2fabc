import { PeerdexError } from '../../src/core/errors.ts';
import type { PeerId } from '../../src/core/ids.ts';
import type { EventQueue } from './event-queue.ts';

export interface IndexWireOptions {
  readonly queue: EventQueue;
  /** Milliseconds there and back. */
  readonly roundTrip: number;
  /** Bytes a second that each peer sends and takes. */
  readonly rate: number;
  /** Peers that nobody can dial. */
  readonly undialable: ReadonlySet<PeerId>;
}

/** Round trips of TCP, TLS and the two of a session; and bytes of these, both ways together. */
const SETUP_TRIPS = 4;
export const SETUP_BYTES = 4500;
/** Headers of a request and of its answer. */
const HEADER_BYTES = 900;
/** Peers whose connections are kept. */
const KEPT = 64;

/** Requests between peers in simulated time: what they cost in messages, bytes, connections and time. */
export class IndexWire {
  readonly #options: IndexWireOptions;
  readonly #free = new Map<PeerId, number>();
  readonly #connections = new Map<PeerId, Set<PeerId>>();
  /** Requests that a peer answered. */
  readonly answered = new Map<PeerId, number>();
  requests = 0;
  bytes = 0;
  connections = 0;
  failedDials = 0;

  constructor(options: IndexWireOptions) {
    this.#options = options;
  }

  reset(): void {
    this.answered.clear();
    this.requests = 0;
    this.bytes = 0;
    this.connections = 0;
    this.failedDials = 0;
  }

  /** `work` runs at the other side when the request is there; its answer comes `bytesOf` later. Throws `unavailable` where nobody can dial. */
  async ask<T>(
    from: PeerId,
    to: PeerId,
    sent: number,
    work: () => Promise<T> | T,
    bytesOf: (answer: T) => number,
  ): Promise<T> {
    const { roundTrip, undialable } = this.#options;
    if (undialable.has(to)) {
      this.failedDials += 1;
      await this.#wait(roundTrip);
      throw new PeerdexError('unavailable', 'nobody answers');
    }
    if (this.#connect(from, to)) await this.#wait(SETUP_TRIPS * roundTrip);
    this.requests += 1;
    this.bytes += sent + HEADER_BYTES;
    await this.#wait(roundTrip / 2);
    this.answered.set(to, (this.answered.get(to) ?? 0) + 1);
    const answer = await work();
    const bytes = bytesOf(answer);
    this.bytes += bytes;
    await this.#pass(to, bytes);
    await this.#wait(roundTrip / 2);
    await this.#pass(from, bytes);
    return answer;
  }

  #connect(from: PeerId, to: PeerId): boolean {
    const kept = this.#connections.get(from) ?? new Set();
    this.#connections.set(from, kept);
    if (kept.has(to)) return false;
    kept.add(to);
    for (const oldest of kept) if (kept.size > KEPT) kept.delete(oldest);
    this.connections += 1;
    this.bytes += SETUP_BYTES;
    return true;
  }

  /** Bytes go over a peer's line one after the other. */
  #pass(peer: PeerId, bytes: number): Promise<void> {
    const { queue, rate } = this.#options;
    const ends = Math.max(queue.now, this.#free.get(peer) ?? 0) + (bytes / rate) * 1000;
    this.#free.set(peer, ends);
    return this.#wait(ends - queue.now);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.queue.at(this.#options.queue.now + ms, resolve));
  }
}

/** One event after the other, each followed by all that it sets going, until `isOver` or `end` (simulated milliseconds). */
export async function runEvents(
  queue: EventQueue,
  isOver: () => boolean,
  end: number,
  turns = 8,
): Promise<boolean> {
  for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve));
  while (!isOver()) {
    const { happened } = queue;
    if (!queue.run(() => queue.happened > happened, end)) return false;
    for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}
