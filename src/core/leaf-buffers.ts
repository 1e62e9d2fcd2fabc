import { LEAF_BYTES } from './leaf-layout.ts';

/** Buffers of one leaf each, used again and again. Bounded by the memory budget of those who take them, not by itself. */
export class LeafBuffers {
  readonly #free: Buffer[] = [];
  readonly #keep: number;
  readonly #make: () => Buffer;

  /** `keep`: most unused buffers that are held on to. `make`: how one is made. */
  constructor(keep: number, make: () => Buffer = () => Buffer.allocUnsafeSlow(LEAF_BYTES)) {
    this.#keep = keep;
    this.#make = make;
  }

  take(): Buffer {
    return this.#free.pop() ?? this.#make();
  }

  give(buffer: Buffer): void {
    if (this.#free.length < this.#keep) this.#free.push(buffer);
  }
}

/** In memory that threads share. `leaves`: how many it is long. */
export const sharedBuffer = (leaves = 1): Buffer => Buffer.from(new SharedArrayBuffer(leaves * LEAF_BYTES));
