import { type ErrorCode, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { parentPath } from '../../core/index-path.ts';
import type { JobItem } from '../../core/job.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { SmallStanding } from '../../core/ports/small-files.ts';
import type { SettledItems } from './settled-items.ts';
import type { SmallItem, SmallJob } from './small-job.ts';

const PAGE_ITEMS = 512;
/** Folders that were made just now are remembered up to so many. */
const MOST_NEW = 4096;

export interface SmallIntakeOptions extends Pick<SmallJob, 'job' | 'store' | 'parts' | 'small' | 'lanes'> {
  readonly settled: SettledItems;
  readonly alone: (item: JobItem) => void;
  readonly wanted: (found: FoundItem) => void;
}

/** A small file that is wanted, and where it may come from. */
export interface FoundItem {
  readonly item: SmallItem;
  readonly holders: readonly PeerId[];
  /** Where it lies on this machine. */
  readonly places: readonly LocalFile[];
  /** Ends its place among the contents that are being fetched. */
  readonly release: () => void;
}

/** Takes the small items of a job in, page by page: what stands already is done, what lies here is copied, the rest is wanted. */
export class SmallIntake {
  readonly #options: SmallIntakeOptions;
  #after = -1;
  #isOver = false;
  #taking: Promise<void> | undefined;
  /** Folders that this run has made: nothing stands in them. Who puts something there meanwhile is found in the way when it is named. */
  readonly #new = new Set<string>();

  constructor(options: SmallIntakeOptions) {
    this.#options = options;
  }

  /** Every item was taken in. */
  get isOver(): boolean {
    return this.#isOver && !this.#taking;
  }

  /** Resolves when no page is being taken in. */
  get quiet(): Promise<void> {
    return this.#taking ?? Promise.resolve();
  }

  /** Begins with the next page; `then` is called when it is in. False where one is under way, or none is left. */
  next(then: () => void): boolean {
    if (this.#taking || this.#isOver) return false;
    const { job, store } = this.#options;
    const page = store.items(job.id, 'open', this.#after, PAGE_ITEMS, 'small');
    this.#isOver = page.length < PAGE_ITEMS;
    this.#after = page.at(-1)?.ordinal ?? this.#after;
    this.#taking = this.#take(page).finally(() => {
      this.#taking = undefined;
      then();
    });
    return true;
  }

  async #take(page: readonly JobItem[]): Promise<void> {
    const { job, small, settled } = this.#options;
    const isInNew = ({ content, relative }: JobItem) =>
      content !== undefined && this.#new.has(parentPath(relative));
    const doubtful = page.filter((item) => !isInNew(item));
    const missing = page.filter(isInNew);
    try {
      const wants = doubtful.map(({ relative, size, content }) => ({ relative, size, content }));
      const standing = wants.length === 0 ? [] : await small.files.look(job.root, wants);
      for (const [i, item] of doubtful.entries()) if (this.#isMissing(item, standing[i]!)) missing.push(item);
    } catch (error) {
      const failure = new PeerdexError('unavailable', `${job.root} cannot be looked at: ${String(error)}`);
      for (const item of doubtful) settled.failed(item, failure);
    }
    this.#want(missing.filter(isFile));
  }

  #isMissing(item: JobItem, standing: SmallStanding): boolean {
    const { job, settled, alone } = this.#options;
    if (standing.stands === 'nothing') return true;
    if (standing.stands === 'folder') {
      if (standing.isNew && this.#new.size < MOST_NEW) this.#new.add(item.relative);
      settled.done({ item, seconds: 0 });
    } else if (standing.stands === 'same') {
      const { content, relative } = item as SmallItem;
      const { look, hashes } = standing;
      settled.done({ item, file: { content, relative, look, hashes }, seconds: 0 });
    } else if (standing.stands === 'failed')
      settled.failed(item, new PeerdexError(standing.code as ErrorCode, standing.message));
    else if (job.overwrite) return true;
    else alone(item); // it says what is in the way
    return false;
  }

  #want(items: readonly SmallItem[]): void {
    const { job, lanes, small, alone, wanted } = this.#options;
    const contents = items.map(({ content }) => content);
    const here = small.contents.locateEach(contents);
    const holders = small.holdersOfEach(contents);
    for (const [i, item] of items.entries()) {
      const release = lanes.tryAlone(item.content);
      if (!release) alone(item);
      else
        wanted({ item, holders: onlyFrom(holders[i]!, job.from), places: fitting(item, here[i]!), release });
    }
  }
}

const isFile = (item: JobItem): item is SmallItem => item.content !== undefined;

/** Of the size that it is to have. */
const fitting = ({ size }: SmallItem, places: readonly LocalFile[]): readonly LocalFile[] =>
  size === 0 ? [] : places.filter((place) => place.size === size);

/** Those of them that may be asked. */
export const onlyFrom = (holders: readonly PeerId[], from: PeerId | undefined): readonly PeerId[] =>
  from === undefined ? holders : holders.filter((peer) => peer === from);
