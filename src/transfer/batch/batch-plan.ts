import type { PeerId } from '../../core/ids.ts';

/** Something small that is wanted, as the plan sees it. */
export interface Planned {
  /** Bytes. */
  readonly size: number;
}

/** Items that do not fit into what is left: when so many were met it is full enough. */
const MOST_TOO_LARGE = 8;

interface Entry {
  /** Who may be asked for it, and has not refused it; many items share one set. */
  holders: ReadonlySet<PeerId>;
  asked: PeerId | undefined;
  /** It has come and is being verified and written: nobody else is asked for it, whatever becomes of who gave it. */
  isHere: boolean;
}

/**
 * Which small contents to ask of whom: each of one source at a time, those first that the fewest sources have, else in the order in
 * which they came. Bookkeeping only.
 */
export class BatchPlan<Item extends Planned> {
  readonly #entries = new Map<Item, Entry>();
  /** Neither asked for nor settled, in their order. */
  readonly #waiting = new Set<Item>();
  readonly #sources = new Set<PeerId>();

  /** Items that are not settled. */
  get size(): number {
    return this.#entries.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  has(item: Item): boolean {
    return this.#entries.has(item);
  }

  add(item: Item, holders: ReadonlySet<PeerId>): void {
    this.#entries.set(item, { holders, asked: undefined, isHere: false });
    this.#waiting.add(item);
  }

  /** This one can be asked now. */
  joined(source: PeerId): void {
    this.#sources.add(source);
  }

  /** It cannot any more: what it owes waits again. It may come back. */
  left(source: PeerId): void {
    this.#sources.delete(source);
    const owed = [...this.#entries].filter(([, { asked, isHere }]) => asked === source && !isHere);
    for (const [item, entry] of owed) {
      entry.asked = undefined;
      this.#waiting.add(item);
    }
  }

  /** More who may have it. True when somebody is new. */
  found(item: Item, holders: Iterable<PeerId>, refused: ReadonlySet<PeerId> = new Set()): boolean {
    const entry = this.#entries.get(item);
    if (!entry) return false;
    const all = new Set(entry.holders);
    for (const holder of holders) if (!refused.has(holder)) all.add(holder);
    const isMore = all.size > entry.holders.size;
    entry.holders = all;
    return isMore;
  }

  /** Whether this one may be asked for it. */
  mayGive(source: PeerId, item: Item): boolean {
    return this.#entries.get(item)?.holders.has(source) ?? false;
  }

  /** Whether anything waits that this one may be asked for. */
  isNeeded(source: PeerId): boolean {
    for (const item of this.#waiting) if (this.#entries.get(item)!.holders.has(source)) return true;
    return false;
  }

  /** Items to ask of this source now: at most so many, of at most so many bytes together, at least one where it has any. */
  take(source: PeerId, mostBytes: number, mostItems: number): Item[] {
    const taken: Item[] = [];
    let bytes = 0;
    let tooLarge = 0;
    const from = (isMeant: (entry: Entry) => boolean) => {
      for (const item of this.#waiting) {
        if (taken.length >= mostItems || bytes >= mostBytes || tooLarge >= MOST_TOO_LARGE) return;
        const entry = this.#entries.get(item)!;
        if (!entry.holders.has(source) || !isMeant(entry)) continue;
        if (taken.length > 0 && bytes + item.size > mostBytes) {
          tooLarge += 1;
          continue;
        }
        taken.push(item);
        bytes += item.size;
        entry.asked = source;
        this.#waiting.delete(item);
      }
    };
    if (this.#sources.size > 1) from(({ holders }) => this.#present(holders) === 1);
    from(() => true);
    return taken;
  }

  /** These have come of whom they were asked; they wait again where `refused` says so. */
  came(items: Iterable<Item>): void {
    for (const item of items) {
      const entry = this.#entries.get(item);
      if (entry) entry.isHere = true;
    }
  }

  /** This source does not give it, or gave something else; it waits for others. True when nobody is left who may. */
  refused(item: Item, source: PeerId): boolean {
    const entry = this.#entries.get(item);
    if (!entry) return false;
    entry.holders = new Set([...entry.holders].filter((holder) => holder !== source));
    if (entry.asked === source) {
      entry.asked = undefined;
      entry.isHere = false;
      this.#waiting.add(item);
    }
    return entry.asked === undefined && entry.holders.size === 0;
  }

  /** It is there, or will never be. */
  settled(item: Item): void {
    this.#entries.delete(item);
    this.#waiting.delete(item);
  }

  /** Of those that wait, with who may be asked for them. */
  *lacking(): Generator<{ readonly item: Item; readonly holders: ReadonlySet<PeerId> }> {
    for (const item of this.#waiting) yield { item, holders: this.#entries.get(item)!.holders };
  }

  #present(holders: ReadonlySet<PeerId>): number {
    let present = 0;
    for (const holder of holders) if (this.#sources.has(holder)) present += 1;
    return present;
  }
}
