import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { ItemParts } from '../fetch-item.ts';
import { SLAB_LEAVES, type SmallParts } from './small-parts.ts';

const SLAB_BYTES = SLAB_LEAVES * LEAF_BYTES;

export interface BatchSlabsOptions {
  readonly parts: Pick<ItemParts, 'budget'>;
  readonly small: Pick<SmallParts, 'slabs'>;
  /** There may be memory again. */
  readonly released: () => void;
}

/** The buffers that the batches of one job come into; the memory of each is reserved as long as it is out. */
export class BatchSlabs {
  readonly #options: BatchSlabsOptions;
  #forget: () => void = () => {};

  constructor(options: BatchSlabsOptions) {
    this.#options = options;
  }

  /** Undefined where there is no memory now; `released` is called then when there may be. */
  take(): Buffer | undefined {
    const { parts, small, released } = this.#options;
    if (parts.budget.tryReserve(SLAB_BYTES)) return small.slabs.take();
    this.#forget();
    this.#forget = parts.budget.onRelease(released);
    return undefined;
  }

  giveBack(slab: Buffer): void {
    this.#options.small.slabs.give(slab);
    this.#options.parts.budget.release(SLAB_BYTES);
  }

  /** Waits for memory no longer. */
  stop(): void {
    this.#forget();
  }
}
