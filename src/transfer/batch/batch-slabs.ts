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
  /** Ends what is kept from others. */
  #letGo: (() => void) | undefined;
  #out = 0;

  constructor(options: BatchSlabsOptions) {
    this.#options = options;
  }

  /** Undefined where there is no memory now; `released` is called then when there may be. */
  take(): Buffer | undefined {
    const { parts, small } = this.#options;
    this.#hold(undefined);
    if (parts.budget.tryReserve(SLAB_BYTES)) {
      this.#out += 1;
      return small.slabs.take();
    }
    this.#forget();
    this.#forget = parts.budget.onRelease(() => this.#released());
    // Leaf by leaf large files take all that comes free: without a single slab the job would wait until they are done.
    if (this.#out === 0) this.#hold(parts.budget.hold(SLAB_BYTES));
    return undefined;
  }

  giveBack(slab: Buffer): void {
    const { parts, small } = this.#options;
    this.#out -= 1;
    small.slabs.give(slab);
    // Whoever gives the last one back, or waits for one, asks for a batch right away: it is not passed by others meanwhile.
    const letGo = this.#out === 0 ? parts.budget.hold(SLAB_BYTES) : undefined;
    if (letGo) {
      this.#hold(letGo);
      queueMicrotask(letGo);
    }
    parts.budget.release(SLAB_BYTES);
  }

  /** Waits for memory no longer. */
  stop(): void {
    this.#forget();
    this.#hold(undefined);
  }

  /** Whoever still wants a slab takes one now, or waits anew. */
  #released(): void {
    this.#hold(undefined);
    this.#options.released();
  }

  /** In place of what was kept before. */
  #hold(letGo: (() => void) | undefined): void {
    this.#letGo?.();
    this.#letGo = letGo;
  }
}
