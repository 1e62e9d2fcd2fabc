import type { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { BatchChannel, BatchListener, Refusal, SourceLink } from '../../core/ports/source.ts';

export interface BatchItem {
  readonly content: ContentId;
  readonly size: number;
}

export interface BatchEvents<Item> {
  /** Bytes came. */
  heard(bytes: number): void;
  /** It is here whole, not verified yet. */
  arrived(item: Item): void;
  /** It does not come from here; so many bytes of it have not. */
  refused(item: Item, missing: number, reason: Refusal): void;
  /** Everything has come or was refused: these are here, at these places of the buffer. */
  complete(arrived: readonly { readonly item: Item; readonly offset: number }[]): void;
  /** The link is gone. */
  closed(error: PeerdexError): void;
}

interface Slot<Item> {
  readonly item: Item;
  readonly offset: number;
  has: number;
  /** Neither whole nor refused. */
  isOpen: boolean;
}

/** One batch that was asked for, on its way into one buffer, each content at its place. */
export class BatchInHand<Item extends BatchItem> implements BatchListener {
  readonly buffer: Buffer;
  readonly #slots: Slot<Item>[] = [];
  readonly #events: BatchEvents<Item>;
  readonly #channel: BatchChannel;
  #open: number;
  #ended = false;

  /** `buffer`: as long as all items together or longer. Throws when the link is gone. */
  constructor(link: SourceLink, items: readonly Item[], buffer: Buffer, events: BatchEvents<Item>) {
    this.buffer = buffer;
    this.#events = events;
    let offset = 0;
    for (const item of items) {
      this.#slots.push({ item, offset, has: 0, isOpen: true });
      offset += item.size;
    }
    this.#open = items.length;
    this.#channel = link.batch!(
      items.map(({ content, size }) => ({ content, size })),
      this,
    );
  }

  /** Bytes that have not come of what is open. */
  get owedBytes(): number {
    return this.#slots.reduce((sum, { item, has, isOpen }) => sum + (isOpen ? item.size - has : 0), 0);
  }

  data(place: number, offset: number, bytes: Uint8Array): boolean {
    const slot = this.#slots[place];
    if (!slot?.isOpen || slot.has !== offset || offset + bytes.byteLength > slot.item.size) return false;
    this.buffer.set(bytes, slot.offset + offset);
    slot.has += bytes.byteLength;
    this.#events.heard(bytes.byteLength);
    if (slot.has < slot.item.size) return true;
    slot.isOpen = false;
    this.#open -= 1;
    this.#channel.got(place, 1);
    this.#events.arrived(slot.item);
    this.#endIfWhole();
    return true;
  }

  refused(place: number | undefined, reason: Refusal): void {
    const slots = place === undefined ? this.#slots : [this.#slots[place]];
    for (const slot of slots) {
      if (!slot?.isOpen) continue;
      slot.isOpen = false;
      this.#open -= 1;
      this.#events.refused(slot.item, slot.item.size - slot.has, reason);
    }
    this.#endIfWhole();
  }

  closed(error: PeerdexError): void {
    if (!this.#ended) this.#events.closed(error);
  }

  complain(item: Item): void {
    this.#channel.complain(this.#slots.findIndex((slot) => slot.item === item));
  }

  /** Nothing of it is wanted any more. */
  stop(): void {
    if (!this.#ended) this.#channel.close();
    this.#ended = true;
  }

  /** The other side is done with. */
  close(): void {
    this.#channel.close();
  }

  #endIfWhole(): void {
    if (this.#open > 0 || this.#ended) return;
    this.#ended = true;
    const whole = this.#slots.filter(({ item, has }) => has === item.size);
    this.#events.complete(whole.map(({ item, offset }) => ({ item, offset })));
  }
}
