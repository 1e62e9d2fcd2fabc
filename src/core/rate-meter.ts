import type { Clock } from './clock.ts';

const WINDOW_MS = 3000;
const SLOT_MS = 250;
const SLOTS = WINDOW_MS / SLOT_MS;

/** Bytes a second over the last three seconds, or over less while less has passed. */
export class RateMeter {
  readonly #clock: Clock;
  readonly #slots = new Float64Array(SLOTS);
  readonly #started: number;
  #current: number;
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#started = clock.monotonic();
    this.#current = this.#slot();
  }

  /** All bytes ever counted. */
  get total(): number {
    return this.#total;
  }

  add(bytes: number): void {
    this.#advance();
    this.#slots[this.#current % SLOTS]! += bytes;
    this.#total += bytes;
  }

  get rate(): number {
    this.#advance();
    const passed = Math.min(WINDOW_MS, Math.max(SLOT_MS, this.#clock.monotonic() - this.#started));
    return this.#slots.reduce((sum, bytes) => sum + bytes, 0) / (passed / 1000);
  }

  #slot(): number {
    return Math.floor(this.#clock.monotonic() / SLOT_MS);
  }

  #advance(): void {
    const now = this.#slot();
    if (now - this.#current >= SLOTS) this.#slots.fill(0);
    else for (let slot = this.#current + 1; slot <= now; slot += 1) this.#slots[slot % SLOTS] = 0;
    this.#current = Math.max(now, this.#current);
  }
}
