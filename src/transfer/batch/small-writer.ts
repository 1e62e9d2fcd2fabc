import { asPeerdexError, type ErrorCode, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { SmallWritten } from '../../core/ports/small-files.ts';
import type { BatchInHand } from './batch-in-hand.ts';
import type { SmallItem, SmallJob } from './small-job.ts';

/** Bytes of a small file that are here, and where they begin in their buffer. */
export interface ArrivedItem {
  readonly item: SmallItem;
  readonly offset: number;
}

/** Who sent something, and in which batch. */
export interface Giver {
  readonly peer: PeerId;
  readonly batch: BatchInHand<SmallItem>;
}

export interface SmallWriterOptions extends Pick<SmallJob, 'job' | 'small'> {
  /** It stands where it belongs. `from` absent: it lay on this machine. */
  readonly written: (
    item: SmallItem,
    written: Extract<SmallWritten, { outcome: 'written' }>,
    from: Giver | undefined,
  ) => void;
  /** Something stands at its place. */
  readonly taken: (item: SmallItem) => void;
  /** The bytes are others, those that were sent or those that lay here. */
  readonly wrong: (item: SmallItem, from: Giver | undefined) => void;
  readonly failed: (item: SmallItem, error: PeerdexError) => void;
}

/** Has threads verify and write the small files of one job, and tells what became of each. */
export class SmallWriter {
  readonly #options: SmallWriterOptions;

  constructor(options: SmallWriterOptions) {
    this.#options = options;
  }

  /** Resolves when all of them are written or were told of. */
  async write(from: Giver | undefined, buffer: Uint8Array, items: readonly ArrivedItem[]): Promise<void> {
    if (items.length === 0) return;
    const { job, small, failed } = this.#options;
    const files = items.map(({ item: { relative, content, size, mtime, executable = false }, offset }) => ({
      ...{ relative, content, size, mtime, executable, offset },
    }));
    try {
      const written = await small.files.write(job.root, buffer, files, job.overwrite);
      for (const [i, { item }] of items.entries()) this.#tell(item, written[i]!, from);
    } catch (error) {
      for (const { item } of items) failed(item, asPeerdexError(error));
    }
  }

  #tell(item: SmallItem, one: SmallWritten, from: Giver | undefined): void {
    const { written, taken, wrong, failed } = this.#options;
    if (one.outcome === 'written') written(item, one, from);
    else if (one.outcome === 'taken') taken(item);
    else if (one.outcome === 'failed') failed(item, new PeerdexError(one.code as ErrorCode, one.message));
    else wrong(item, from);
  }
}
