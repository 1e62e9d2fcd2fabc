import { asPeerdexError, type PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { JobItem } from '../../core/job.ts';
import type { WrittenFile } from '../../core/ports/local-contents.ts';
import type { SmallJob } from './small-job.ts';
import { type SettledFile, together } from './together.ts';

/** So many are written down together, which costs a third of what as many small transactions do; fewer after a moment. */
const MOST_TOGETHER = 4096;
const WAIT_MS = 1000;

export interface SettledItem {
  readonly item: JobItem;
  /** The file that stands there; absent for a folder. */
  readonly file?: WrittenFile | undefined;
  /** Who gave it, where somebody had to. */
  readonly from?: PeerId | undefined;
  readonly seconds: number;
  /** Called when it is written down. */
  readonly release?: (() => void) | undefined;
}

export type SettledItemsOptions = Pick<SmallJob, 'job' | 'store' | 'parts' | 'small' | 'emit' | 'pathOf'>;

/** Items of one job whose end is known: written down many at a time, and then told. */
export class SettledItems {
  readonly #options: SettledItemsOptions;
  #done: SettledItem[] = [];
  #cancel: (() => void) | undefined;
  #bytes = 0;

  constructor(options: SettledItemsOptions) {
    this.#options = options;
  }

  /** Of what is there and not written down yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** It stands where it belongs. */
  done(settled: SettledItem): void {
    this.#done.push(settled);
    this.#bytes += settled.item.size;
    if (this.#done.length >= MOST_TOGETHER) this.flush();
    else this.#cancel ??= this.#options.parts.clock.after(WAIT_MS, () => this.flush());
  }

  failed(item: JobItem, { code, message, hint }: PeerdexError): void {
    const { job, store, emit, pathOf } = this.#options;
    store.endItem(job.id, item.ordinal, 'failed', code, message);
    emit({ event: 'failed', job: job.id, path: pathOf(job, item), code, reason: message, hint });
  }

  /** Writes down what waits. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const done = this.#done;
    this.#done = [];
    this.#bytes = 0;
    if (done.length === 0) return;
    const { job, store, emit, pathOf } = this.#options;
    this.#record(done.flatMap(({ file }) => file ?? []));
    store.endItems(
      job.id,
      done.map(({ item }) => item.ordinal),
    );
    for (const { release } of done) release?.();
    const files = done.filter((one): one is SettledFile => one.item.content !== undefined);
    if (files.length > 0) emit(together(job, files, pathOf));
  }

  /** They stand whole under their names: that this cannot be written down is no failure. A scan finds them later. */
  #record(files: readonly WrittenFile[]): void {
    const { job, parts, small } = this.#options;
    if (files.length === 0) return;
    try {
      small.contents.recordManyWritten(job.root, files);
    } catch (error) {
      const text = `${files.length} files below ${job.root} are there, but that could not be written down`;
      parts.log.warn(`${text}: ${asPeerdexError(error).message}`, { event: 'file-not-recorded' });
    }
  }
}
