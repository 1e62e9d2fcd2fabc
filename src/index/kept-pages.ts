import type { LogPage } from '../core/entry.ts';
import type { PeerId } from '../core/ids.ts';
import type { PageStore, SignedPage } from '../core/ports/page-store.ts';
import { reachOf } from './check-page.ts';
import type { LogRequest } from './serve-log.ts';

/**
 * Others' pages as they were signed, to be passed on. The pages of one owner are a chain: each begins no later than where the one before ends,
 * and was made no earlier. So whoever takes them in their order has what the owner had when the last was made.
 */
export class KeptPages {
  readonly #store: PageStore;

  constructor(store: PageStore) {
    this.#store = store;
  }

  /** A page was taken in: it goes on the end of its owner's chain, or in place of what it repeats, or begins another chain. */
  keep(page: LogPage, signed: SignedPage): void {
    const { owner, index, since, last, floor } = page;
    const reach = reachOf(page);
    if (reach === since && since > 0) return;
    const before = this.#store.marks(owner).filter((mark) => mark.since < since);
    // What an owner writes beside its records, or without any, is not to fill the disks of others.
    if (signed.body.byteLength > mostBytes(page) || before.length >= MOST_PAGES) return this.drop(owner);
    const goesOn = before.some((mark) => mark.reach >= since && mark.index === index);
    if (!goesOn) this.#store.drop(owner);
    this.#store.keep(owner, { index, since, reach, last, floor, records: page.records.length }, signed);
  }

  /** The page that answers, if one of those that are kept does; never one that ends below `atLeast`. */
  serve(owner: PeerId, request: LogRequest): SignedPage | undefined {
    const chain = this.#store.marks(owner);
    const { index, since, floor = 0, atLeast = 0 } = request;
    const isSame = chain[0]?.index === index;
    if (index !== undefined && !isSame) return undefined;
    const known = isSame ? since : 0;
    const mark = chain.findLast((one) => one.since <= known);
    if (!mark || mark.reach <= known || mark.last < atLeast || mark.records > request.limit) return undefined;
    if (mark.since > 0 && mark.floor > Math.max(known, floor)) return undefined;
    return this.#store.read(owner, mark.since);
  }

  drop(owner: PeerId): void {
    this.#store.drop(owner);
  }

  /**
   * From where a follower who knows the log up to `since` had best ask, so that the chain stays short: the answer repeats, merged, the
   * many small pages at its end. 0 where most of what the chain says is over: a snapshot begins it anew. `records`: how many the
   * owner's entries are.
   */
  askFrom(owner: PeerId, since: number, records: number): number {
    const chain = this.#store.marks(owner);
    if (chain.at(-1)?.reach !== since) return since;
    if (chain.reduce((sum, mark) => sum + mark.records, 0) > OVER_TIMES * records + OVER_RECORDS) return 0;
    for (const small of SMALL) {
      const tail = chain.slice(chain.findLastIndex((mark) => mark.records > small) + 1);
      if (tail.length >= MERGED && tail[0]!.since > 0) return tail[0]!.since;
    }
    return since;
  }
}

const MOST_PAGES = 4096;

/** Of a page as programs write it: paths with every character escaped, the other members of records, jumps. */
const mostBytes = ({ records }: LogPage): number =>
  records.reduce((sum, { path }) => sum + 2 * Buffer.byteLength(path) + 400, 16 * 1024);

/** Pages of at most so many records are merged when so many of them stand at the end: each record is sent again once for each size. */
const SMALL = [1024, 128, 16];
const MERGED = 16;
const OVER_TIMES = 2;
const OVER_RECORDS = 4000;
