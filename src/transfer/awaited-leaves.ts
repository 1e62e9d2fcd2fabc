import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES, leafBytes } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';

export interface AwaitedParts {
  /** Bytes of the content. */
  readonly size: number;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
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
  /** Taken back, but perhaps on the way already: what comes of them is passed over. */
  readonly #cancelled = new Set<number>();

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
    this.#cancelled.delete(leaf);
  }

  take(leaf: number, offset: number, bytes: Uint8Array): Taken {
    const whole = leafBytes(this.#parts.size, leaf);
    const awaited = this.#awaited.get(leaf);
    if (!awaited) return this.#passOver(leaf, offset + bytes.byteLength >= whole);
    if (offset !== awaited.received || offset + bytes.byteLength > whole) return 'unasked';
    awaited.buffer ??= this.#parts.buffers.take();
    awaited.buffer.set(bytes, offset);
    awaited.received += bytes.byteLength;
    if (awaited.received < whole) return 'part';
    this.#awaited.delete(leaf);
    return { buffer: awaited.buffer, bytes: whole };
  }

  /** What comes of it from here on is passed over. */
  cancel(leaf: number): void {
    this.#cancelled.add(leaf);
  }

  /** The refusal of a leaf that was taken back is no news: true for that. */
  refused(leaf: number): boolean {
    return this.#cancelled.delete(leaf);
  }

  /** `given` comes with the place and the memory of `asked`. False where it cannot. */
  replace(asked: number, given: number): boolean {
    const awaited = this.#awaited.get(asked);
    if (!awaited || awaited.received > 0 || this.#awaited.has(given)) return false;
    this.#awaited.delete(asked);
    this.#awaited.set(given, awaited);
    this.#cancelled.delete(given);
    return true;
  }

  /** Gives the memory of these back; returns how many bytes are not owed any more. */
  letGo(leaves: readonly number[]): number {
    const { buffers, budget, size } = this.#parts;
    let bytes = 0;
    for (const leaf of leaves) {
      const buffer = this.#awaited.get(leaf)?.buffer;
      this.#awaited.delete(leaf);
      if (buffer) buffers.give(buffer);
      budget.release(LEAF_BYTES);
      bytes += leafBytes(size, leaf);
    }
    return bytes;
  }

  #passOver(leaf: number, isEnd: boolean): Taken {
    if (!this.#cancelled.has(leaf)) return 'unasked';
    if (isEnd) this.#cancelled.delete(leaf);
    return 'passed-over';
  }
}
