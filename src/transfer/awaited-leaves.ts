import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES, leafBytes } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';

export interface AwaitedParts {
  /** Bytes of the content. */
  readonly size: number;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  /** So many bytes more are to come than before. */
  readonly onTheWay: (bytes: number) => void;
}

interface Awaited {
  buffer: Buffer | undefined;
  received: number;
}

/** What became of content bytes: part of a leaf, the end of one, of one that was taken back, or nothing that was asked for. */
export type Taken = 'part' | { readonly buffer: Buffer; readonly bytes: number } | 'passed-over' | 'unasked';

/** The leaves that one source owes, each with its memory reserved, put together as their bytes come. */
export class AwaitedLeaves {
  readonly #parts: AwaitedParts;
  readonly #awaited = new Map<number, Awaited>();
  /** Taken back so many times, but perhaps on the way already: as many copies are passed over, whole or in part. */
  readonly #cancelled = new Map<number, number>();

  constructor(parts: AwaitedParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#awaited.size;
  }

  has(leaf: number): boolean {
    return this.#awaited.has(leaf);
  }

  all(): readonly number[] {
    return [...this.#awaited.keys()];
  }

  add(leaf: number): void {
    this.#awaited.set(leaf, { buffer: undefined, received: 0 });
    this.#parts.onTheWay(leafBytes(this.#parts.size, leaf));
  }

  take(leaf: number, offset: number, bytes: Uint8Array): Taken {
    const whole = leafBytes(this.#parts.size, leaf);
    const isEnd = offset + bytes.byteLength >= whole;
    const awaited = this.#awaited.get(leaf);
    if (!awaited) return this.#passOver(leaf, isEnd);
    // A copy that was taken back may have been broken off, or still come to its end.
    if (offset === 0 && awaited.received > 0 && this.#passOver(leaf, true) !== 'unasked') {
      this.#parts.onTheWay(awaited.received);
      awaited.received = 0;
    }
    if (offset !== awaited.received) return this.#passOver(leaf, isEnd);
    if (offset + bytes.byteLength > whole) return 'unasked';
    awaited.buffer ??= this.#parts.buffers.take();
    awaited.buffer.set(bytes, offset);
    awaited.received += bytes.byteLength;
    this.#parts.onTheWay(-bytes.byteLength);
    if (awaited.received < whole) return 'part';
    this.#awaited.delete(leaf);
    return { buffer: awaited.buffer, bytes: whole };
  }

  /** One copy of it that comes from here on is passed over. */
  cancel(leaf: number): void {
    this.#cancelled.set(leaf, (this.#cancelled.get(leaf) ?? 0) + 1);
  }

  /** The refusal of a leaf that was taken back is no news: true for that. */
  refused(leaf: number): boolean {
    return this.#passOver(leaf, true) !== 'unasked';
  }

  /** `given` comes with the place and the memory of `asked`, of which nothing has come. */
  replace(asked: number, given: number): void {
    const awaited = this.#awaited.get(asked)!;
    this.#awaited.delete(asked);
    this.#awaited.set(given, awaited);
    const { size, onTheWay } = this.#parts;
    onTheWay(leafBytes(size, given) - leafBytes(size, asked));
  }

  /** Whether bytes of it have come. */
  hasBegun(leaf: number): boolean {
    return (this.#awaited.get(leaf)?.received ?? 0) > 0;
  }

  /** Gives the memory of these back; returns how many bytes are not owed any more. */
  letGo(leaves: readonly number[]): number {
    const { buffers, budget, size, onTheWay } = this.#parts;
    let bytes = 0;
    let came = 0;
    for (const leaf of leaves) {
      const { buffer, received = 0 } = this.#awaited.get(leaf) ?? {};
      came += received;
      this.#awaited.delete(leaf);
      if (buffer) buffers.give(buffer);
      budget.release(LEAF_BYTES);
      bytes += leafBytes(size, leaf);
    }
    onTheWay(came - bytes);
    return bytes;
  }

  #passOver(leaf: number, isEnd: boolean): Taken {
    const times = this.#cancelled.get(leaf);
    if (times === undefined) return 'unasked';
    if (isEnd && times > 1) this.#cancelled.set(leaf, times - 1);
    else if (isEnd) this.#cancelled.delete(leaf);
    return 'passed-over';
  }
}
