import type { Socket } from 'node:net';
import type { RateLimiter } from '../../core/rate-limiter.ts';

/** Under a limit so much is read at once, at most: half of the limit's own piece. */
const PIECES = 2;
const LEAST = 1024;
const MOST = 64 * 1024;

/**
 * What is read of one connection, passed on as its limit allows. What has come before its time waits here, in pieces, and nothing more
 * is read meanwhile, so that the other side's sending stops as well. Who takes the pieces says what of them is drawn from the limit.
 */
export class PacedReading {
  readonly #socket: Socket;
  readonly #limiter: RateLimiter;
  /** What has come and was not passed on yet, in its order. */
  readonly #held: { bytes: Buffer; readonly give: (bytes: Buffer) => void }[] = [];
  #isInTurn = false;
  #isFull = false;
  #giveUp: () => void = () => {};

  constructor(socket: Socket, limiter: RateLimiter) {
    this.#socket = socket;
    this.#limiter = limiter;
  }

  /** Something that has come waits for the limit. */
  get isHeldBack(): boolean {
    return this.#held.length > 0;
  }

  /** Most bytes to read at once; infinite where there is no limit. */
  get most(): number {
    const { isLimited, piece } = this.#limiter;
    return isLimited ? Math.max(LEAST, Math.min(MOST, Math.floor(piece / PIECES))) : Number.POSITIVE_INFINITY;
  }

  /** So many bytes of what was passed on are drawn from the limit. */
  spend(bytes: number): void {
    this.#limiter.spend(bytes);
  }

  /** These bytes, which are good during this call only, go to `give`, whole or in pieces, now or later. */
  take(bytes: Buffer, give: (bytes: Buffer) => void): void {
    if (!this.#limiter.isLimited && !this.isHeldBack) return give(bytes);
    const came = { bytes, give };
    this.#held.push(came);
    if (!this.#isInTurn) this.#next();
    if (!this.#held.includes(came)) return;
    came.bytes = Buffer.from(came.bytes);
    this.#socket.pause();
  }

  /** Whether nothing more is to be read for another reason than the limit. */
  set isFull(isFull: boolean) {
    this.#isFull = isFull;
    if (isFull) this.#socket.pause();
    else if (!this.isHeldBack) this.#socket.resume();
  }

  /** What waits is nobody's any more. */
  end(): void {
    this.#giveUp();
    this.#held.length = 0;
  }

  #next(): void {
    this.#isInTurn = true;
    this.#giveUp = this.#limiter.whenFree(() => {
      this.#isInTurn = false;
      this.#passOn();
      if (this.isHeldBack) this.#next();
      else if (this.#socket.isPaused() && !this.#isFull) this.#socket.resume();
    });
  }

  #passOn(): void {
    const first = this.#held[0];
    if (!first) return;
    const { bytes, give } = first;
    const piece = bytes.subarray(0, this.most);
    first.bytes = bytes.subarray(piece.byteLength);
    if (first.bytes.byteLength === 0) this.#held.shift();
    give(piece);
  }
}
