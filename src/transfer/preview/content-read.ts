import type { Clock } from '../../core/clock.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { LEAF_BYTES, leafBytes, leafOffset } from '../../core/leaf-layout.ts';
import type { Holding, Holdings } from '../../core/ports/holding.ts';
import { Wakeup } from '../../core/wakeup.ts';
import { EMPTY } from '../fetch-content.ts';
import type { UrgentLeaves } from '../urgent-leaves.ts';
import type { PreviewFetch, Source } from './preview-fetch.ts';

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
/** A job that has not brought a leaf for so long is helped: seeds may give it others first. */
const HELP_MS = 1_500;
/** Without any news for so long a read gives up. */
const PATIENCE_MS = 120_000;

/** Reads one content from its verified leaves, waiting for those that have not come. One stretch at a time. */
export class ContentRead {
  readonly #options: ContentReadOptions;
  readonly #wakeup = new Wakeup();
  /** What lies here or is on its way. */
  #holding: Holding | undefined;
  /** What comes for its readers alone. */
  #fetch: PreviewFetch | undefined;
  #forget: () => void = () => {};
  #size = 0;
  #isClosed = false;

  constructor(options: ContentReadOptions) {
    this.#options = options;
  }

  /** Bytes, as the manifest proves them. */
  get size(): number {
    return this.#size;
  }

  /** Resolves when its size is proven. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#options.content === EMPTY) return;
    const span = this.#options.urgent.want(this.#options.content);
    span.move(0, 1);
    try {
      const { manifest } = await this.#until((source) => source.manifest !== undefined, signal);
      this.#size = manifest!.size;
    } finally {
      span.release();
    }
  }

  /** `length` bytes from `start` on, a leaf or less at a time. */
  async *bytes(start: number, length: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const size = this.#size;
    const end = Math.min(size, start + length);
    const span = this.#options.urgent.want(this.#options.content);
    try {
      for (let at = start; at < end; ) {
        const leaf = Math.floor(at / LEAF_BYTES);
        span.move(leaf, Math.min(leaf + AHEAD, Math.ceil(end / LEAF_BYTES)));
        const bytes = Buffer.allocUnsafe(leafBytes(size, leaf));
        const source = await this.#until(({ have }) => have === 'whole' || have.has(leaf), signal);
        try {
          await source.read(leaf, [bytes]);
        } catch (error) {
          // It ended meanwhile, and may be had from elsewhere.
          if (this.#sources().includes(source)) throw error;
          continue;
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

  #sources(): Source[] {
    return [this.#holding, this.#fetch?.source].filter((source) => source !== undefined);
  }

  /** The first source that fits. What it was read from may end, such as a job that is paused: then it is opened anew. */
  async #until(fits: (source: Source) => boolean, signal: AbortSignal): Promise<Source> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    for (;;) {
      signal.throwIfAborted();
      if (this.#isClosed) throw new PeerdexError('interrupted', 'the read was closed');
      this.#open(clock.monotonic() - began > HELP_MS);
      const source = this.#sources().find(fits);
      if (source) return source;
      if (this.#fetch?.failed) throw failure(this.#fetch.failed.message);
      if (clock.monotonic() - began > PATIENCE_MS)
        throw failure(this.#fetch?.reason ?? 'nothing of it comes');
      await this.#wakeup.wait(clock, 1000, signal);
    }
  }

  #open(isLate: boolean): void {
    const { holdings, content, fetch } = this.#options;
    const wake = () => this.#wakeup.wake();
    if (this.#fetch?.hasEnded && !this.#fetch.failed) this.#leaveFetch();
    this.#holding ??= holdings.open(content, { ready: wake, got: wake, ended: () => this.#holdingEnded() });
    if (this.#fetch || (this.#holding && !isLate)) return;
    this.#fetch = fetch();
    this.#fetch.join();
    this.#forget = this.#fetch.onNews(wake);
  }

  #holdingEnded(): void {
    void this.#holding?.close();
    this.#holding = undefined;
    this.#wakeup.wake();
  }

  #leaveFetch(): void {
    this.#forget();
    this.#fetch?.leave();
    this.#fetch = undefined;
  }
}

const failure = (reason: string): PeerdexError =>
  new PeerdexError('unavailable', `this cannot be shown now: ${reason}`, { retry: true });
