import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES, leafBytes } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Holding } from '../core/ports/holding.ts';
import type { UploadSink } from '../core/ports/source.ts';
import type { RateMeter } from '../core/rate-meter.ts';
import type { Serving } from './swarm/upload-scheduler.ts';
import type { Server } from './upload-queue.ts';

export interface LeafSenderOptions {
  readonly holding: Holding;
  readonly sink: Pick<UploadSink, 'data'>;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly meter: Pick<RateMeter, 'add'>;
  /** It is chosen to be sent next. */
  readonly onChosen: (serving: Serving) => void;
  /** It is sent, or is not to be: the system has taken these leaves of it. */
  readonly onTaken: (serving: Serving, leaves: readonly number[]) => void;
  /** This one was not sent, or not to its end. */
  readonly onDropped: (leaf: number) => void;
  /** What was to be sent cannot be read. */
  readonly onFailed: (error: unknown) => void;
  /** The connection is gone. */
  readonly onGone: () => void;
}

/** Neighbours that are read and sent together. */
interface SpanInHand {
  readonly first: number;
  readonly count: number;
  /** Of these leaves, those that nobody has taken back. */
  readonly wanted: Set<number>;
  /** Undefined when they cannot be had, and that was said. */
  readonly buffers: Promise<readonly Buffer[] | undefined>;
}

/** Reads and sends leaves of one holding, in the order in which it is told to; reading goes ahead of sending. Closes the holding at its end. */
export class LeafSender implements Server {
  readonly #options: LeafSenderOptions;
  readonly #inHand = new Map<Serving, SpanInHand>();
  readonly #ended = new AbortController();
  #sending: Promise<void> = Promise.resolve();
  #reserving: Promise<void> = Promise.resolve();

  constructor(options: LeafSenderOptions) {
    this.#options = options;
  }

  prepare(serving: Serving): void {
    const { first, count } = serving;
    this.#options.onChosen(serving);
    const wanted = new Set(Array.from({ length: count }, (_, i) => first + i));
    this.#inHand.set(serving, { first, count, wanted, buffers: this.#read(first, count) });
  }

  drop(serving: Serving): void {
    const span = this.#inHand.get(serving);
    this.#inHand.delete(serving);
    void span?.buffers.then((buffers) => this.#giveBack(buffers ?? []));
  }

  send(serving: Serving): void {
    const span = this.#inHand.get(serving)!;
    const before = this.#sending;
    this.#sending = before.then(() => this.#send(serving, span));
  }

  cancel(first: number, count: number): void {
    for (const { wanted } of this.#inHand.values()) {
      for (const leaf of wanted) if (leaf >= first && leaf < first + count) wanted.delete(leaf);
    }
  }

  close(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    for (const { wanted } of this.#inHand.values()) wanted.clear();
    void this.#sending.then(() => this.#options.holding.close());
  }

  async #send(serving: Serving, { first, wanted, count, buffers: reading }: SpanInHand): Promise<void> {
    const { holding, meter, sink, onTaken, onDropped, onGone } = this.#options;
    const buffers = await reading;
    let went: readonly number[] = [];
    try {
      let sent = 0;
      const leaves = (buffers ?? []).map((buffer, i) =>
        buffer.subarray(0, leafBytes(holding.size, first + i)),
      );
      const bytes = leaves.reduce((sum, leaf) => sum + leaf.byteLength, 0);
      if (buffers && wanted.size > 0) sent = await sink.data(first, leaves, (leaf) => wanted.has(leaf));
      meter.add(sent);
      const isAll = buffers !== undefined && sent === bytes;
      const all = Array.from({ length: count }, (_, i) => first + i);
      went = isAll ? all : all.filter((leaf) => buffers && wanted.has(leaf));
      for (const leaf of all) if (!went.includes(leaf)) onDropped(leaf);
    } catch {
      onGone();
    } finally {
      this.#inHand.delete(serving);
      this.#giveBack(buffers ?? []);
      onTaken(serving, went);
    }
  }

  async #read(first: number, count: number): Promise<readonly Buffer[] | undefined> {
    const { buffers, holding, onFailed } = this.#options;
    let taken: Buffer[] = [];
    try {
      await this.#reserve(count * LEAF_BYTES);
      taken = Array.from({ length: count }, () => buffers.take());
      const parts = taken.map((buffer, i) => buffer.subarray(0, leafBytes(holding.size, first + i)));
      await holding.read(first, parts);
      return taken;
    } catch (error) {
      this.#giveBack(taken);
      if (!this.#ended.signal.aborted) onFailed(error);
      return undefined;
    }
  }

  /** In the order in which it is sent: what comes later would hold memory that the first waits for, and wait for the first itself. */
  #reserve(bytes: number): Promise<void> {
    const { budget } = this.#options;
    const reserving = this.#reserving.then(() => budget.reserve(bytes, this.#ended.signal));
    this.#reserving = reserving.catch(() => {});
    return reserving;
  }

  #giveBack(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) this.#options.buffers.give(buffer);
    if (buffers.length > 0) this.#options.budget.release(buffers.length * LEAF_BYTES);
  }
}
