import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { LeafBuffers } from '../../core/leaf-buffers.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { MemoryBudget } from '../../core/memory-budget.ts';
import type { FilePlace, ManyLocalContents } from '../../core/ports/local-contents.ts';
import type { BatchSink, BatchUpload, Refusal } from '../../core/ports/source.ts';
import type { RateMeter } from '../../core/rate-meter.ts';
import type { SmallContent } from '../../core/small-content.ts';
import { Spread } from '../swarm/spread.ts';
import type { Serving } from '../swarm/upload-scheduler.ts';
import type { QueuedUpload, Server, UploadQueue } from '../upload-queue.ts';
import { type Pack, packsOf } from './packs.ts';
import { fittingPlaces, type ReadPacksParts, readPacks } from './read-packs.ts';
import { runsOf } from './runs.ts';
import { WantedItems } from './wanted-items.ts';

export interface BatchUploadOptions extends ReadPacksParts {
  readonly contents: ReadPacksParts['contents'] & Pick<ManyLocalContents, 'placeOfEach'>;
  readonly queue: UploadQueue;
  readonly budget: MemoryBudget;
  /** Most leaves' bytes in a pack. */
  readonly packLeaves: number;
  /** As long, in memory that threads share. */
  readonly buffers: LeafBuffers;
  readonly meter: Pick<RateMeter, 'add'>;
}

/** Serves small contents that one peer asks for together, in packs that wait for their turn like the leaves of all other uploads. */
export const openBatch = (
  peer: PeerId,
  items: readonly SmallContent[],
  sink: BatchSink,
  options: BatchUploadOptions,
): BatchUpload => new Batch(peer, items, sink, options);

/** One for all: an error of its own for each batch costs more than the rest of its end. */
const CLOSED = new PeerdexError('interrupted', 'the batch is closed');

interface InHand {
  readonly packs: readonly Pack[];
  /** Undefined when they cannot be had, and that was said. */
  readonly buffers: Promise<readonly Buffer[] | undefined>;
}

class Batch implements BatchUpload, Server {
  readonly #items: readonly SmallContent[];
  readonly #sink: BatchSink;
  readonly #options: BatchUploadOptions;
  /** Where each lies, or one of the places; of those that are given. */
  readonly #places: readonly (FilePlace | undefined)[];
  readonly #packBytes: number;
  readonly #packs: readonly Pack[];
  readonly #wanted: WantedItems;
  readonly #inHand = new Map<Serving, InHand>();
  readonly #queued: QueuedUpload;
  readonly #ended = new AbortController();
  #reserving: Promise<void> = Promise.resolve();
  #sending: Promise<void> = Promise.resolve();

  constructor(peer: PeerId, items: readonly SmallContent[], sink: BatchSink, options: BatchUploadOptions) {
    this.#items = items;
    this.#sink = sink;
    this.#options = options;
    this.#places = options.contents
      .placeOfEach(items.map(({ content }) => content))
      .map((place, item) => this.#given(item, place));
    this.#packBytes = options.packLeaves * LEAF_BYTES;
    const sizes = items.map(({ size }, item) => (this.#places[item] ? size : undefined));
    this.#packs = packsOf(sizes, this.#packBytes);
    this.#wanted = new WantedItems(items.length, this.#packs);
    const spread = new Spread(this.#packs.length);
    const content = {
      spread,
      size: this.#packs.length * this.#packBytes,
      isWhole: () => true,
      bytesOf: (pack: number) => this.#packs[pack]!.bytes,
    };
    this.#queued = options.queue.open(peer, content, spread.join('nothing'), false, this);
    if (this.#packs.length > 0) this.#queued.requested(0, this.#packs.length);
  }

  prepare(serving: Serving): void {
    const packs = this.#packs.slice(serving.first, serving.first + serving.count);
    this.#inHand.set(serving, { packs, buffers: this.#read(packs) });
  }

  drop(serving: Serving): void {
    const hand = this.#inHand.get(serving);
    this.#inHand.delete(serving);
    void hand?.buffers.then((buffers) => this.#giveBack(buffers ?? []));
  }

  send(serving: Serving): void {
    const hand = this.#inHand.get(serving)!;
    this.#sending = this.#sending.then(() => this.#send(serving, hand));
  }

  cancelled(first: number, count: number): void {
    this.#settle(first, count, (pack) => this.#queued.cancelled(pack, 1));
  }

  askerHave(first: number, count: number): void {
    this.#settle(first, count, (pack) => this.#queued.acknowledged(pack));
  }

  complained(item: number): void {
    const { contents } = this.#options;
    const wanted = this.#items[item];
    for (const file of wanted ? fittingPlaces([wanted], contents)[0]! : []) contents.suspect(file);
  }

  close(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(CLOSED);
    this.#wanted.clear();
    this.#queued.close();
  }

  #given(item: number, place: FilePlace | undefined): FilePlace | undefined {
    if (place?.size === this.#items[item]!.size) return place;
    this.#sink.refuse(item, place ? 'invalid' : 'unknown');
    return undefined;
  }

  /** These are not wanted any more; `whole` is told of each pack of which nothing is. */
  #settle(first: number, count: number, whole: (pack: number) => void): void {
    const end = Math.min(first + count, this.#items.length);
    for (let item = first; item < end; item += 1) {
      const pack = this.#wanted.delete(item);
      if (pack !== undefined) whole(pack);
    }
  }

  async #send(serving: Serving, { packs, buffers: reading }: InHand): Promise<void> {
    const buffers = await reading;
    const { first } = serving;
    const went: number[] = [];
    try {
      if (buffers) await this.#sendPacks(first, packs, buffers);
      for (let pack = first; pack < first + packs.length; pack += 1) {
        if (buffers && this.#wanted.left(pack) > 0) went.push(pack);
        else this.#queued.dropped(pack);
      }
    } catch {
      this.close();
    } finally {
      this.#inHand.delete(serving);
      this.#giveBack(buffers ?? []);
      this.#queued.taken(serving, went);
    }
  }

  /** What is wanted of them. */
  async #sendPacks(first: number, packs: readonly Pack[], buffers: readonly Buffer[]): Promise<void> {
    const wanted = this.#wanted;
    const runs = packs.flatMap((pack, i) => {
      const left = wanted.left(first + i);
      return left === 0 ? [] : runsOf(pack, left === pack.items.length, buffers[i]!, this.#items, wanted);
    });
    if (runs.length === 0) return;
    const ends = new Map(runs.map(({ leaf, end }) => [leaf, end]));
    const sent = await this.#sink.data(runs, (leaf) => wanted.isAny(leaf, ends.get(leaf)!));
    this.#options.meter.add(sent);
  }

  async #read(packs: readonly Pack[]): Promise<readonly Buffer[] | undefined> {
    const { buffers } = this.#options;
    let taken: Buffer[] = [];
    try {
      await this.#reserve(packs.length * this.#packBytes);
      taken = packs.map(() => buffers.take());
      const unread = await readPacks(packs, taken, this.#items, this.#places, this.#options);
      for (const { item, problem } of unread) this.#refuse(item, refusalOf(problem));
      return taken;
    } catch {
      this.#giveBack(taken);
      for (const { items } of packs) for (const item of items) this.#refuse(item, 'unreadable');
      return undefined;
    }
  }

  #refuse(item: number, reason: Refusal): void {
    if (!this.#wanted.has(item)) return;
    this.#sink.refuse(item, reason);
    this.cancelled(item, 1);
  }

  /** In the order in which it is sent: what comes later would hold memory that the first waits for. */
  #reserve(bytes: number): Promise<void> {
    const reserving = this.#reserving.then(() => this.#options.budget.reserve(bytes, this.#ended.signal));
    this.#reserving = reserving.catch(() => {});
    return reserving;
  }

  #giveBack(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) this.#options.buffers.give(buffer);
    if (buffers.length > 0) this.#options.budget.release(buffers.length * this.#packBytes);
  }
}

function refusalOf(problem: string | undefined): Refusal {
  if (problem === 'changed') return 'changed';
  return problem === 'ENOENT' ? 'unknown' : 'unreadable';
}
