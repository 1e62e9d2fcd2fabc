import type { PeerId } from '../../core/ids.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { SmallItem, SmallJob } from './small-job.ts';
import { SLAB_LEAVES } from './small-parts.ts';

const SLAB_BYTES = SLAB_LEAVES * LEAF_BYTES;
const MOST_ITEMS = 256;

/** A small file that lies on this machine already, it is thought. */
export interface SmallCopy {
  readonly item: SmallItem;
  readonly places: readonly LocalFile[];
  /** Who else has it. */
  readonly holders: ReadonlySet<PeerId>;
}

export interface SmallCopiesOptions extends Pick<SmallJob, 'parts' | 'small'> {
  /** Work that the job waits for. */
  readonly run: (work: Promise<void>) => void;
  /** These were read, to these places of the buffer; resolves when they are written. */
  readonly read: (
    buffer: Uint8Array,
    items: readonly { readonly item: SmallItem; readonly offset: number }[],
  ) => Promise<void>;
  /** It is not there after all. */
  readonly missing: (item: SmallItem, holders: ReadonlySet<PeerId>) => void;
}

/** Small files that are copied from where they lie on this machine, a buffer of them at a time. */
export class SmallCopies {
  readonly #options: SmallCopiesOptions;
  readonly #waiting: SmallCopy[] = [];
  readonly #stopping = new AbortController();
  #isCopying = false;

  constructor(options: SmallCopiesOptions) {
    this.#options = options;
  }

  add(copy: SmallCopy): void {
    this.#waiting.push(copy);
  }

  /** Copies what was added. */
  begin(): void {
    if (this.#isCopying || this.#waiting.length === 0) return;
    this.#isCopying = true;
    this.#options.run(
      this.#copyAll().finally(() => {
        this.#isCopying = false;
      }),
    );
  }

  stop(): void {
    this.#waiting.length = 0;
    this.#stopping.abort();
  }

  async #copyAll(): Promise<void> {
    const { parts, small } = this.#options;
    while (this.#waiting.length > 0) {
      const some = this.#next();
      try {
        await parts.budget.reserve(SLAB_BYTES, this.#stopping.signal);
      } catch {
        return; // the job is stopped
      }
      const slab = small.slabs.take();
      try {
        await this.#copy(some, slab);
      } finally {
        small.slabs.give(slab);
        parts.budget.release(SLAB_BYTES);
      }
    }
  }

  async #copy(copies: readonly SmallCopy[], slab: Buffer): Promise<void> {
    const { parts, small, read, missing } = this.#options;
    const files = copies.map(({ places }) => places);
    const misses = await small.files.read([{ files, buffer: slab }]).catch(() => undefined);
    const missed = new Map(misses?.map((miss) => [miss.file, miss]));
    const there: { item: SmallItem; offset: number }[] = [];
    let offset = 0;
    for (const [i, { item, places, holders }] of copies.entries()) {
      const miss = missed.get(i);
      for (const at of miss?.problems.keys() ?? []) parts.contents.suspect(places[at]!);
      if (!misses || (miss && miss.place === undefined)) missing(item, holders);
      else there.push({ item, offset });
      offset += item.size;
    }
    await read(slab, there);
  }

  #next(): readonly SmallCopy[] {
    let bytes = 0;
    let count = 0;
    for (const { item } of this.#waiting) {
      bytes += item.size;
      if (bytes > SLAB_BYTES || count >= MOST_ITEMS) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
