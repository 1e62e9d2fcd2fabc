import type { Clock } from '../../core/clock.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { LEAF_BYTES, leafBytes, leafOffset } from '../../core/leaf-layout.ts';
import type { Holding, Holdings } from '../../core/ports/holding.ts';
import { Wakeup } from '../../core/wakeup.ts';
import type { UrgentLeaves } from '../urgent-leaves.ts';
import type { PreviewFetch } from './preview-fetch.ts';

export interface ContentReadOptions {
  readonly content: ContentId;
  readonly holdings: Holdings;
  readonly urgent: UrgentLeaves;
  readonly clock: Clock;
  /** What brings it where nothing of it is here. Throws `unavailable`. */
  readonly fetch: () => PreviewFetch;
  readonly onClose: () => void;
}

/** Leaves that are asked for ahead of the one that is read: 4 MiB. */
const AHEAD = 16;
/** Without any news for so long a read gives up. */
const PATIENCE_MS = 30_000;

/** Reads one content from its verified leaves, waiting for those that have not come. One stretch at a time. */
export class ContentRead {
  readonly #options: ContentReadOptions;
  readonly #wakeup = new Wakeup();
  #holding: Holding | undefined;
  #fetch: PreviewFetch | undefined;
  #forget: () => void = () => {};
  #isClosed = false;

  constructor(options: ContentReadOptions) {
    this.#options = options;
  }

  /** Bytes, as the manifest proves them. */
  get size(): number {
    return this.#holding?.size ?? 0;
  }

  /** Resolves when its size is proven. */
  async ready(signal: AbortSignal): Promise<void> {
    const release = this.#wait(0, 1);
    try {
      await this.#until(() => this.#holding?.manifest !== undefined, signal);
    } finally {
      release();
    }
  }

  /** `length` bytes from `start` on, a leaf or less at a time. */
  async *bytes(start: number, length: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { size } = this;
    const end = Math.min(size, start + length);
    const span = this.#options.urgent.want(this.#options.content);
    try {
      for (let at = start; at < end; ) {
        const leaf = Math.floor(at / LEAF_BYTES);
        span.move(leaf, Math.min(leaf + AHEAD, Math.ceil(end / LEAF_BYTES)));
        await this.#until(() => this.#has(leaf), signal);
        const bytes = Buffer.allocUnsafe(leafBytes(size, leaf));
        const holding = this.#holding!;
        try {
          await holding.read(leaf, [bytes]);
        } catch (error) {
          // It ended meanwhile, and may be had from elsewhere.
          if (holding !== this.#holding) continue;
          throw error;
        }
        const from = at - leafOffset(leaf);
        const piece = bytes.subarray(from, Math.min(bytes.byteLength, from + end - at));
        at += piece.byteLength;
        yield piece;
      }
    } finally {
      span.release();
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const holding = this.#holding;
    this.#holding = undefined;
    this.#leaveFetch();
    this.#options.onClose();
    await holding?.close();
  }

  #has(leaf: number): boolean {
    const have = this.#holding?.have;
    return have === 'whole' || (have?.has(leaf) ?? false);
  }

  #wait(first: number, end: number): () => void {
    const span = this.#options.urgent.want(this.#options.content);
    span.move(first, end);
    return () => span.release();
  }

  /** Opens the content anew when it came to nothing where it was read from, such as a job that was paused. */
  async #until(isThere: () => boolean, signal: AbortSignal): Promise<void> {
    const { clock, content } = this.#options;
    let news = clock.monotonic();
    let before = -1;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isClosed) throw new PeerdexError('interrupted', 'the read was closed');
      this.#open();
      if (isThere()) return;
      if (this.#fetch?.failed) throw this.#failure(this.#fetch.failed.message);
      const have = this.#holding?.have;
      const count = have === 'whole' || have === undefined ? -1 : have.count;
      if (count !== before) news = clock.monotonic();
      before = count;
      if (clock.monotonic() - news > PATIENCE_MS) {
        throw this.#failure(this.#fetch?.reason ?? `nothing of ${content.slice(0, 12)} comes`);
      }
      await this.#wakeup.wait(clock, 1000, signal);
    }
  }

  #open(): void {
    const { holdings, content } = this.#options;
    if (this.#holding) return;
    const wake = () => this.#wakeup.wake();
    const ended = () => {
      void this.#holding?.close();
      this.#holding = undefined;
      wake();
    };
    this.#holding = holdings.open(content, { ready: wake, got: wake, ended });
    if (this.#holding || this.#fetch) return;
    this.#fetch = this.#options.fetch();
    this.#fetch.join();
    this.#forget = this.#fetch.onNews(wake);
  }

  #leaveFetch(): void {
    this.#forget();
    this.#fetch?.leave();
    this.#fetch = undefined;
  }

  #failure(reason: string): PeerdexError {
    return new PeerdexError('unavailable', `this cannot be shown now: ${reason}`, { retry: true });
  }
}
