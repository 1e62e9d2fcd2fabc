import type { Clock } from '../../core/clock.ts';
import type { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { Refusal, SourceLink } from '../../core/ports/source.ts';
import type { LinkWindow } from '../link-window.ts';
import { SourceSilence } from '../source-silence.ts';
import { BatchInHand, type BatchItem } from './batch-in-hand.ts';
import { SLAB_LEAVES } from './small-parts.ts';

/** A source that owes something and is silent for so long is given up for a while. */
const SILENCE_MS = 10_000;
/** What is owed for so long comes slowly: another one may bring it sooner. */
const SLOW_MS = 10_000;
const MOST_ITEMS = 256;
/** Batches that have not come, or whose files are not written: fewer than the other side allows. */
const MOST_BATCHES = 8;

export interface BatchSourceEvents<Item extends BatchItem> {
  /** The next items to ask for; none: there is nothing to ask this one for now. */
  take(mostBytes: number, mostItems: number): readonly Item[];
  /** A buffer for a batch; undefined where there is no memory, and `ask` is called when there may be. */
  slab(): Buffer | undefined;
  giveBack(slab: Buffer): void;
  refused(item: Item, reason: Refusal): void;
  /** These have come, at these places of the batch's buffer; resolves when they are written. */
  came(
    batch: BatchInHand<Item>,
    items: readonly { readonly item: Item; readonly offset: number }[],
  ): Promise<void>;
  /** Bytes came. */
  heard(bytes: number): void;
  /** It gives nothing any more; what it owed is not on its way. */
  lost(error: PeerdexError): void;
}

/** One peer that is asked for batches: as many at a time as its link has room for. */
export class BatchSource<Item extends BatchItem> {
  readonly peer: PeerId;
  readonly #link: SourceLink;
  readonly #window: LinkWindow;
  readonly #events: BatchSourceEvents<Item>;
  readonly #silence: SourceSilence;
  readonly #clock: Clock;
  /** When each was asked for; monotonic. The oldest first. */
  readonly #batches = new Map<BatchInHand<Item>, number>();
  /** Batches that have come and are being written. */
  #writing = 0;
  #ended = false;
  readonly #asker = { mayAsk: () => this.ask() };

  constructor(link: SourceLink, window: LinkWindow, clock: Clock, events: BatchSourceEvents<Item>) {
    this.peer = link.peer;
    this.#link = link;
    this.#window = window;
    this.#events = events;
    this.#silence = new SourceSilence(window, clock);
    this.#clock = clock;
  }

  /** Something was asked of it and has not come. */
  get isOwing(): boolean {
    return this.#batches.size > 0;
  }

  /** It owes nothing, and nothing that came from it is being written. */
  get isIdle(): boolean {
    return !this.isOwing && this.#writing === 0;
  }

  /** It owes something and says nothing. */
  get isSilent(): boolean {
    return this.isOwing && this.#link.isHeldBack !== true && this.#silence.ms > SILENCE_MS;
  }

  /** What it has owed for far too long. */
  *overdue(): Generator<Item> {
    if (this.#link.isHeldBack === true) return;
    for (const [batch, since] of this.#batches)
      if (this.#clock.monotonic() - since > SLOW_MS) yield* batch.open;
  }

  /** Asks for as much as there is room and memory for. */
  ask(): void {
    while (!this.#ended && this.#batches.size + this.#writing < MOST_BATCHES) {
      const room = Math.min(this.#window.room(this.#asker), this.#window.spanOf(SLAB_LEAVES));
      if (room <= 0) return;
      const slab = this.#events.slab();
      if (!slab) return;
      const items = this.#events.take(room * LEAF_BYTES, MOST_ITEMS);
      if (items.length === 0) return this.#events.giveBack(slab);
      this.#open(items, slab);
    }
  }

  /** Asks for nothing more; what has come is still written. */
  stop(): void {
    this.#ended = true;
    this.#window.leave(this.#asker);
    for (const batch of [...this.#batches.keys()]) {
      batch.stop();
      this.#dropped(batch);
    }
  }

  #open(items: readonly Item[], slab: Buffer): void {
    const window = this.#window;
    const bytes = items.reduce((sum, { size }) => sum + size, 0);
    if (!this.isOwing) this.#silence.ends();
    window.asked(bytes);
    window.onTheWay(bytes);
    try {
      const batch: BatchInHand<Item> = new BatchInHand(this.#link, items, slab, {
        came: (some, whole) => {
          window.heard(some);
          this.#silence.ends();
          window.onTheWay(-some);
          this.#events.heard(some);
          if (whole > 0) window.arrived(whole);
        },
        refused: (item, missing, reason) => {
          window.onTheWay(-missing);
          window.released(item.size);
          this.#events.refused(item, reason);
        },
        complete: (arrived) => {
          this.#batches.delete(batch);
          void this.#came(batch, arrived);
        },
        closed: (error) => this.#lost(error),
      });
      this.#batches.set(batch, this.#clock.monotonic());
    } catch (error) {
      window.onTheWay(-bytes);
      window.released(bytes);
      this.#events.giveBack(slab);
      this.#lost(error as PeerdexError);
    }
  }

  async #came(
    batch: BatchInHand<Item>,
    arrived: readonly { readonly item: Item; readonly offset: number }[],
  ): Promise<void> {
    this.#writing += 1;
    try {
      await this.#events.came(batch, arrived);
    } finally {
      this.#writing -= 1;
      batch.close();
      this.#events.giveBack(batch.buffer);
      this.ask();
    }
  }

  #lost(error: PeerdexError): void {
    if (this.#ended) return;
    this.stop();
    this.#events.lost(error);
  }

  /** It comes no more. */
  #dropped(batch: BatchInHand<Item>): void {
    this.#batches.delete(batch);
    const { bytes, missing } = batch.owed;
    this.#window.onTheWay(-missing);
    this.#window.released(bytes);
    this.#events.giveBack(batch.buffer);
  }
}
