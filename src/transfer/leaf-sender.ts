import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES, leafBytes } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Holding } from '../core/ports/holding.ts';
import type { UploadSink } from '../core/ports/source.ts';
import type { RateMeter } from '../core/rate-meter.ts';

export interface LeafSenderOptions {
  readonly holding: Holding;
  readonly sink: Pick<UploadSink, 'data'>;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly meter: RateMeter;
  /** What was to be sent cannot be read. */
  readonly onFailed: (error: unknown) => void;
}

/** Leaves that are read and sent in one go: 1 MiB. */
const JOINED_LEAVES = 4;

/** Neighbours that are read and sent together. */
interface SpanInHand {
  readonly first: number;
  /** Of these leaves, those that nobody has taken back. */
  readonly wanted: Set<number>;
}

/** Sends leaves of one holding in the order in which they are added, reading ahead of the wire. Closes the holding at its end. */
export class LeafSender {
  readonly #options: LeafSenderOptions;
  readonly #queue = new Set<number>();
  /** What is being read, is ready or goes out: at most two spans. */
  readonly #inHand = new Set<SpanInHand>();
  readonly #ended = new AbortController();
  #running = false;

  constructor(options: LeafSenderOptions) {
    this.#options = options;
  }

  /** Leaves that nothing has been done for yet. */
  get waiting(): number {
    return this.#queue.size;
  }

  add(leaf: number): void {
    this.#queue.add(leaf);
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => void this.#run());
  }

  cancel(first: number, count: number): void {
    if (count >= this.#queue.size) {
      for (const leaf of this.#queue) if (leaf >= first && leaf < first + count) this.#queue.delete(leaf);
    } else {
      for (let leaf = first; leaf < first + count; leaf += 1) this.#queue.delete(leaf);
    }
    for (const { wanted } of this.#inHand) {
      for (const leaf of wanted) if (leaf >= first && leaf < first + count) wanted.delete(leaf);
    }
  }

  /** Forgets what waits; what is in hand still goes out. */
  clear(): void {
    this.#queue.clear();
  }

  close(): void {
    this.clear();
    for (const { wanted } of this.#inHand) wanted.clear();
    this.#ended.abort();
    if (!this.#running) void this.#options.holding.close();
  }

  /** Reads the next leaves while the last ones go out. */
  async #run(): Promise<void> {
    let sending: Promise<void> = Promise.resolve();
    try {
      for (let span = this.#nextSpan(); span.wanted.size > 0; span = this.#nextSpan()) {
        this.#inHand.add(span);
        const buffers = await this.#read(span.first, span.wanted.size);
        if (!buffers) break;
        await sending.catch((error: unknown) => {
          this.#giveBack(buffers);
          throw error;
        });
        sending = this.#send(span, buffers);
        sending.catch(() => {}); // awaited on the next turn
      }
      await sending;
    } catch {
      this.close(); // the connection is gone, or the channel was closed
    } finally {
      this.#inHand.clear();
      if (this.#ended.signal.aborted) await this.#options.holding.close();
      else if (this.#queue.size > 0) void this.#run();
      else this.#running = false;
    }
  }

  #nextSpan(): SpanInHand {
    const [first = 0] = this.#queue;
    const wanted = new Set<number>();
    while (wanted.size < JOINED_LEAVES && this.#queue.delete(first + wanted.size))
      wanted.add(first + wanted.size);
    return { first, wanted };
  }

  async #send(span: SpanInHand, buffers: readonly Buffer[]): Promise<void> {
    const { first, wanted } = span;
    const { holding, meter, sink } = this.#options;
    try {
      const leaves = buffers.map((buffer, i) => buffer.subarray(0, leafBytes(holding.size, first + i)));
      meter.add(await sink.data(first, leaves, (leaf) => wanted.has(leaf)));
    } finally {
      this.#inHand.delete(span);
      this.#giveBack(buffers);
    }
  }

  /** The leaves' bytes; undefined when they cannot be had, and that was said. */
  async #read(first: number, count: number): Promise<Buffer[] | undefined> {
    const { budget, buffers, holding, onFailed } = this.#options;
    await budget.reserve(count * LEAF_BYTES, this.#ended.signal);
    const taken = Array.from({ length: count }, () => buffers.take());
    try {
      const parts = taken.map((buffer, i) => buffer.subarray(0, leafBytes(holding.size, first + i)));
      await holding.read(first, parts);
      return taken;
    } catch (error) {
      this.#giveBack(taken);
      onFailed(error);
      return undefined;
    }
  }

  #giveBack(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) this.#options.buffers.give(buffer);
    this.#options.budget.release(buffers.length * LEAF_BYTES);
  }
}
