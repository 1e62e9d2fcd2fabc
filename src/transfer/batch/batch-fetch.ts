import type { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { JobItem } from '../../core/job.ts';
import { sharedBuffer } from '../../core/leaf-buffers.ts';
import { PendingWork } from '../../core/pending-work.ts';
import { RateMeter } from '../../core/rate-meter.ts';
import { Wakeup } from '../../core/wakeup.ts';
import { PeerMeters } from '../peer-meters.ts';
import { BatchPlan } from './batch-plan.ts';
import { BatchSlabs } from './batch-slabs.ts';
import { BatchSources } from './batch-sources.ts';
import { Blame } from './blame.ts';
import { Hopes } from './hopes.ts';
import { SettledItems } from './settled-items.ts';
import { SmallCopies } from './small-copies.ts';
import { type FoundItem, onlyFrom, SmallIntake } from './small-intake.ts';
import type { SmallItem, SmallJob } from './small-job.ts';
import { SmallWriter, type SmallWriterOptions } from './small-writer.ts';

/** Items in hand at a time, whatever their number in the job. */
const MOST_ITEMS = 2048;
/** More are taken in when fewer than so many wait to be asked for. */
const FEW_ITEMS = 1024;
const TICK_MS = 1000;
/** What an empty file is written from. */
const NOTHING = sharedBuffer(0);

export interface BatchFetchOptions extends SmallJob {
  /** Fetches an item as if it were large; resolves when it has ended, whatever came of it. */
  readonly alone: (item: JobItem) => Promise<void>;
}

/** The small files and folders of one job: asked for in batches of all their holders, verified and written by threads. */
export class BatchFetch {
  readonly #options: BatchFetchOptions;
  readonly #plan = new BatchPlan<SmallItem>();
  readonly #sources: BatchSources<SmallItem>;
  readonly #settled: SettledItems;
  readonly #intake: SmallIntake;
  readonly #hopes: Hopes;
  readonly #blame: Blame;
  readonly #copies: SmallCopies;
  readonly #writer: SmallWriter;
  readonly #slabs: BatchSlabs;
  readonly #wakeup = new Wakeup();
  readonly #meter: RateMeter;
  readonly #meters: PeerMeters;
  /** When each was taken in; monotonic. And what ends its place among the contents that are fetched. */
  readonly #inHand = new Map<SmallItem, { readonly since: number; readonly release: () => void }>();
  readonly #under = new PendingWork(() => this.#wakeup.wake());
  #ended = false;
  /** Who has what was taken in last: asked for already. */
  #lastHolders: ReadonlySet<PeerId> | undefined;
  /** When it was last looked for whom to ask; monotonic. In doubt it is done at once. */
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: BatchFetchOptions) {
    this.#options = options;
    const { parts } = options;
    this.#meter = new RateMeter(parts.clock);
    this.#meters = new PeerMeters(parts.clock, this.#meter);
    this.#settled = new SettledItems(options);
    this.#slabs = new BatchSlabs({ ...options, released: () => this.#sources.ask() });
    this.#writer = new SmallWriter({
      ...options,
      written: (item, written, from) => this.#written(item, written, from),
      taken: (item) => this.#alone(this.#leave(item)),
      wrong: (item, from) => (from ? this.#blame.lied(item, from) : this.#wrongHere(item)),
      failed: (item, error) => this.#failed(item, error),
    });
    this.#sources = new BatchSources<SmallItem>({
      parts,
      events: (peer) => ({
        take: (bytes, items) => this.#plan.take(peer, bytes, items),
        slab: () => this.#slabs.take(),
        giveBack: (slab) => this.#slabs.giveBack(slab),
        refused: (item, reason) => {
          if (this.#blame.refused(item, peer, reason)) this.#doubt();
        },
        came: (batch, items) => {
          this.#plan.came(items.map(({ item }) => item));
          return this.#under.add(this.#writer.write({ peer, batch }, batch.buffer, items));
        },
        heard: this.#meters.of(peer).add,
      }),
      plan: this.#plan,
      joined: (peer) => this.#plan.joined(peer),
      left: (peer, error) => {
        this.#plan.left(peer);
        if (error) this.#blame.passedOver(peer, error);
        this.#doubt();
      },
    });
    this.#hopes = new Hopes({ ...options, sources: this.#sources });
    this.#blame = new Blame({ ...options, plan: this.#plan, sources: this.#sources, hopes: this.#hopes });
    this.#intake = new SmallIntake({
      ...options,
      settled: this.#settled,
      alone: (item) => this.#alone(item),
      wanted: (found) => this.#wanted(found),
      near: (holders) => this.#sources.want(holders),
    });
    this.#copies = new SmallCopies({
      ...options,
      run: (work) => void this.#under.add(work),
      read: (buffer, items) => this.#writer.write(undefined, buffer, items),
      missing: (item, holders) => this.#ask(item, holders),
    });
  }

  /** Of what is there and not done in the store yet. */
  get bytes(): number {
    return this.#settled.bytes;
  }

  /** Bytes a second that come. */
  get rate(): number {
    return this.#meter.rate;
  }

  /** The same by who gives. */
  rates(): ReadonlyMap<PeerId, number> {
    return this.#meters.rates();
  }

  get sources(): readonly PeerId[] {
    return this.#sources.ready;
  }

  /** Whether anything of the job is in its hands. */
  get isActive(): boolean {
    return !this.#ended && (this.#inHand.size > 0 || this.#under.size > 0);
  }

  /** Why nothing comes, or undefined while something may. */
  get reason(): string | undefined {
    return this.#inHand.size > 0 && this.#sources.ready.length === 0 ? this.#hopes.reason : undefined;
  }

  /** Resolves when each small item of the job was tried. Rejects with the signal's reason; nothing is under way then. */
  async run(signal: AbortSignal): Promise<void> {
    const { parts } = this.#options;
    try {
      for (;;) {
        signal.throwIfAborted();
        if (this.#plan.waiting < FEW_ITEMS && this.#inHand.size + this.#under.size < MOST_ITEMS) {
          if (this.#intake.next(() => this.#takenIn())) continue;
        }
        if (this.#intake.isOver && this.#inHand.size === 0 && this.#under.size === 0) return;
        await this.#wakeup.wait(parts.clock, TICK_MS, signal);
        this.#look();
      }
    } finally {
      this.#ended = true;
      this.#sources.stop();
      this.#copies.stop();
      this.#slabs.stop();
      await this.#intake.quiet;
      while (this.#under.size > 0) await this.#under.all();
      this.#settled.flush();
      for (const { release } of this.#inHand.values()) release();
    }
  }

  #takenIn(): void {
    this.#copies.begin();
    this.#sources.ask();
    this.#wakeup.wake();
  }

  #wanted({ item, holders, places, release }: FoundItem): void {
    if (this.#ended) return release();
    const since = this.#options.parts.clock.monotonic();
    this.#inHand.set(item, { since, release });
    if (item.size === 0)
      return void this.#under.add(this.#writer.write(undefined, NOTHING, [{ item, offset: 0 }]));
    if (places.length > 0) return this.#copies.add({ item, places, holders });
    this.#ask(item, holders);
  }

  #ask(item: SmallItem, holders: ReadonlySet<PeerId>): void {
    this.#plan.add(item, holders);
    if (this.#lastHolders !== holders) this.#sources.want(holders);
    this.#lastHolders = holders;
  }

  /** Looks for whom to ask for what waits and nobody is asked for, and ends what nobody gives. */
  #look(): void {
    const now = this.#options.parts.clock.monotonic();
    if (now - this.#lookedAt < TICK_MS) return;
    this.#lookedAt = now;
    this.#sources.giveUpLate();
    for (const one of this.#hopes.look(this.#plan)) {
      if (one.verdict === 'alone') this.#alone(this.#leave(one.item));
      else this.#failed(one.item, one.error);
    }
    this.#sources.ask();
  }

  #doubt(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#wakeup.wake();
  }

  #written(...[item, { look, hashes }, from]: Parameters<SmallWriterOptions['written']>): void {
    const { parts } = this.#options;
    const { since, release } = this.#inHand.get(item)!;
    const seconds = (parts.clock.monotonic() - since) / 1000;
    this.#forget(item);
    parts.tally.leaf(item.size, from === undefined);
    const { content, relative } = item;
    this.#settled.done({
      ...{ item, file: { content, relative, look, hashes }, from: from?.peer, seconds, release },
    });
  }

  /** What lies on this machine is not what it was: it is looked at again, and others are asked. */
  #wrongHere(item: SmallItem): void {
    const { job, parts, small } = this.#options;
    // No other content is empty: whoever has it proves its size, where it is fetched by itself.
    if (item.size === 0) return this.#alone(this.#leave(item));
    for (const place of parts.contents.locate(item.content)) parts.contents.suspect(place);
    this.#ask(item, new Set(onlyFrom(small.holdersOfEach([item.content])[0]!, job.from)));
    this.#doubt();
    this.#sources.ask();
  }

  #failed(item: SmallItem, error: PeerdexError): void {
    this.#settled.failed(this.#leave(item), error);
  }

  #alone(item: JobItem): void {
    void this.#under.add(this.#options.alone(item));
  }

  /** It is not in hand any more. */
  #leave(item: SmallItem): SmallItem {
    this.#inHand.get(item)?.release();
    this.#forget(item);
    return item;
  }

  #forget(item: SmallItem): void {
    this.#inHand.delete(item);
    this.#hopes.forget(item);
    this.#plan.settled(item);
  }
}
