import { mapShared } from '../../core/ask-once.ts';
import { type ErrorCode, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { parentPath } from '../../core/index-path.ts';
import type { JobItem } from '../../core/job.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { SmallStanding } from '../../core/ports/small-files.ts';
import type { SettledItems } from './settled-items.ts';
import type { SmallItem, SmallJob } from './small-job.ts';

const PAGE_ITEMS = 512;
/** The first page is a short one: the sooner something is asked for. */
const FIRST_ITEMS = 128;
/** Folders that were made just now are remembered up to so many. */
const MOST_NEW = 4096;

export interface SmallIntakeOptions extends Pick<SmallJob, 'job' | 'store' | 'parts' | 'small' | 'lanes'> {
  readonly settled: SettledItems;
  readonly alone: (item: JobItem) => void;
  readonly wanted: (found: FoundItem) => void;
  /** These may be asked for some of what is looked at: time to connect to them. */
  readonly near: (holders: Iterable<PeerId>) => void;
}

/** Where a small file may come from. */
interface Findings {
  readonly item: SmallItem;
  readonly holders: ReadonlySet<PeerId>;
  /** Where it lies on this machine. */
  readonly places: readonly LocalFile[];
}

/** One that is wanted. */
export interface FoundItem extends Findings {
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
    const most = this.#after < 0 ? FIRST_ITEMS : PAGE_ITEMS;
    const page = store.items(job.id, 'open', this.#after, most, 'small');
    this.#isOver = page.length < most;
    this.#after = page.at(-1)?.ordinal ?? this.#after;
    this.#taking = this.#take(page).finally(() => {
      this.#taking = undefined;
      then();
    });
    return true;
  }

  async #take(page: readonly JobItem[]): Promise<void> {
    const isInNew = ({ content, relative }: JobItem) =>
      content !== undefined && this.#new.has(parentPath(relative));
    const looking = this.#look(page.filter((item) => !isInNew(item)));
    // While a thread looks.
    const found = this.#find(page.filter(isFile));
    const missing = page.filter(isInNew).concat(await looking);
    this.#want(missing.filter(isFile).map((item) => found.get(item)!));
  }

  /** Those of them where nothing stands. */
  async #look(items: readonly JobItem[]): Promise<readonly JobItem[]> {
    const { job, small, settled } = this.#options;
    if (items.length === 0) return [];
    const wants = items.map(({ relative, size, content }) => ({ relative, size, content }));
    try {
      const standing = await small.files.look(job.root, wants);
      return items.filter((item, i) => this.#isMissing(item, standing[i]!));
    } catch (error) {
      const failure = new PeerdexError('unavailable', `${job.root} cannot be looked at: ${String(error)}`);
      for (const item of items) settled.failed(item, failure);
      return [];
    }
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

  /** Where each of them may come from. */
  #find(items: readonly SmallItem[]): ReadonlyMap<JobItem, Findings> {
    const { job, small, near } = this.#options;
    const contents = items.map(({ content }) => content);
    const here = small.contents.locateEach(contents);
    const holders = mapShared(small.holdersOfEach(contents), (each) => new Set(onlyFrom(each, job.from)));
    const found = items.map((item, i) => ({
      item,
      holders: holders[i]!,
      places: fitting(item, here[i]!),
    }));
    const sets = new Set(found.flatMap((one) => (one.places.length > 0 ? [] : one.holders)));
    near(new Set([...sets].flatMap((set) => [...set])));
    return new Map(found.map((one) => [one.item, one]));
  }

  #want(found: readonly Findings[]): void {
    const { lanes, alone, wanted } = this.#options;
    for (const one of found) {
      const release = lanes.tryAlone(one.item.content);
      if (release) wanted({ ...one, release });
      else alone(one.item);
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
