import type { Clock } from '../core/clock.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { LinkWindow } from './link-window.ts';

/** A channel over which nothing comes in so long is silent, whatever comes over the others of its link. */
const PATIENCE_MS = 300_000;
/** A source that has brought others so many times what may be owed on the link has passed this one over. */
const PASSED_OVER = 4;

/** When a source last gave what was asked for: what was not asked for is no sign of life. */
export class SourceSilence {
  readonly #window: LinkWindow;
  readonly #clock: Clock;
  #heardAt: number;
  /** What had come over the link then. */
  #linkBytes: number;

  constructor(window: LinkWindow, clock: Clock) {
    this.#window = window;
    this.#clock = clock;
    this.#heardAt = clock.monotonic();
    this.#linkBytes = window.bytes;
  }

  /** Something came, or something is owed from now on. */
  ends(): void {
    this.#heardAt = this.#clock.monotonic();
    this.#linkBytes = this.#window.bytes;
  }

  /** Milliseconds, whatever came for others. */
  get ownMs(): number {
    return this.#clock.monotonic() - this.#heardAt;
  }

  /**
   * Milliseconds of silence. What comes over the link for others counts as a sign of life, because this one's turn is still to
   * come; but not for ever, nor when more came for others than can have been before it.
   */
  get ms(): number {
    const own = this.ownMs;
    const others = this.#window.bytes - this.#linkBytes;
    const isPassedOver = own >= PATIENCE_MS || others > PASSED_OVER * this.#window.leaves * LEAF_BYTES;
    return isPassedOver ? own : Math.min(own, this.#window.quietMs());
  }
}
