import { LEAF_BYTES } from './leaf-layout.ts';

/** Buffers of one leaf each, used again and again. Bounded by the memory budget of those who take them, not by itself. */
export class LeafBuffers {
  readonly #free: Buffer[] = [];
  readonly #keep: number;

  /** `keep`: most unused buffers that are held on to. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(LEAF_BYTES);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < this.#keep) this.#free.push(buffer);
  }
}
