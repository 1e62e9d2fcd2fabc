import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { Hold } from '../../core/memory-budget.ts';
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
  /** What is kept from others for the next slab. */
  #hold: Hold | undefined;
  /** Somebody waits for one. */
  #isWanted = false;
  #out = 0;

  constructor(options: BatchSlabsOptions) {
    this.#options = options;
  }

  /** Undefined where there is no memory now; `released` is called then when there may be. */
  take(): Buffer | undefined {
    const { parts, small } = this.#options;
    if (this.#hold ? this.#hold.reserve() : parts.budget.tryReserve(SLAB_BYTES)) {
      this.#hold = undefined;
      this.#out += 1;
      return small.slabs.take();
    }
    this.#forget();
    this.#forget = parts.budget.onRelease(() => this.#released());
    this.#isWanted = true;
    // Leaf by leaf large files take all that comes free: without a single slab the job would wait until they are done.
    if (this.#out === 0) this.#hold ??= parts.budget.hold(SLAB_BYTES);
    return undefined;
  }

  giveBack(slab: Buffer): void {
    const { parts, small } = this.#options;
    this.#out -= 1;
    small.slabs.give(slab);
    if (this.#out === 0) this.#keepForATurn();
    parts.budget.release(SLAB_BYTES);
  }

  /** Waits for memory no longer. */
  stop(): void {
    this.#forget();
    this.#end();
  }

  #released(): void {
    this.#isWanted = false;
    this.#options.released();
    if (!this.#isWanted) this.#end();
  }

  /** Whoever gives the last one back, or waits for one, asks for a batch right away: it is not passed by others meanwhile. */
  #keepForATurn(): void {
    const hold = this.#options.parts.budget.hold(SLAB_BYTES);
    if (!hold) return;
    this.#end();
    this.#hold = hold;
    queueMicrotask(() => {
      if (this.#hold === hold) this.#end();
    });
  }

  #end(): void {
    const hold = this.#hold;
    this.#hold = undefined;
    hold?.end();
  }
}
