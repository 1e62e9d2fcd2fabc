import type { Crowd } from './crowd.ts';
import { type LinkCount, payloadOf } from './shaping.ts';

const EVERY_MS = 250;

/** What each host's link has brought, looked at from time to time. */
export interface Progress {
  /** Seconds since the start. */
  readonly at: readonly number[];
  /** Payload bytes; one list a host, as long as `at`. */
  readonly received: readonly (readonly number[])[];
}

/** Reads the counters of the links, so that it looks the same way at everybody. */
export class ProgressMeter implements Disposable {
  readonly #crowd: Crowd;
  readonly #base: readonly LinkCount[];
  readonly #started = performance.now();
  readonly #at: number[] = [0];
  readonly #received: number[][];
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();

  private constructor(crowd: Crowd, base: readonly LinkCount[]) {
    this.#crowd = crowd;
    this.#base = base;
    this.#received = base.map(() => [0]);
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, EVERY_MS);
  }

  static async start(crowd: Crowd): Promise<ProgressMeter> {
    return new ProgressMeter(crowd, await crowd.received());
  }

  /** Payload bytes that this host has received, at the last look. */
  received(host: number): number {
    return this.#received[host]!.at(-1)!;
  }

  async finish(): Promise<Progress> {
    this[Symbol.dispose]();
    await this.#looking;
    await this.#look();
    return { at: this.#at, received: this.#received };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const counts = await this.#crowd.received();
    this.#at.push((performance.now() - this.#started) / 1000);
    for (const [host, { bytes, packets }] of counts.entries()) {
      const base = this.#base[host]!;
      this.#received[host]!.push(payloadOf({ bytes: bytes - base.bytes, packets: packets - base.packets }));
    }
  }
}
