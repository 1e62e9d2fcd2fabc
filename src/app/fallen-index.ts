import type { IndexHead } from '../core/entry.ts';
import type { IndexId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';

/** The own index, as far as this needs it. */
export interface OwnIndex {
  head(): IndexHead;
  beginIndexAnew(): void;
}

/**
 * Sees that the own log has fallen back, as in a restored data folder: others know a higher number of it than this peer has told. The
 * records above mean other things to them, so the index gets another id and everybody takes all of it anew. That is done at most once
 * a start: a member that lies about what it knows costs no more.
 */
export class FallenIndex {
  readonly #own: OwnIndex;
  readonly #log: Log;
  readonly #atStart: IndexHead;
  /** The highest number of the log that this start gave to anybody. */
  #given: number;
  #isMended = false;

  /** To be made before anything is written to the log. */
  constructor(own: OwnIndex, log: Log) {
    this.#own = own;
    this.#log = log;
    this.#atStart = own.head();
    this.#given = this.#atStart.seq;
  }

  /** The registry knew so much before this registration; `told`: what this start had told it until then. */
  heardFromRegistry(known: IndexHead, told: IndexHead | undefined): void {
    const before = told?.index === known.index ? Math.max(told.seq, this.#atStart.seq) : this.#atStart.seq;
    this.#compare(known, before);
  }

  /** A page was given that ends at this number of the log. */
  gave(last: number): void {
    this.#given = Math.max(this.#given, last);
  }

  /** Another member knows so much. It has that of pages, its own or passed on, so it is no more than was given. */
  heard(known: IndexHead): void {
    this.#compare(known, this.#given);
  }

  /** Another member asks from there on, so it knows as much. */
  asked({ index, since }: { readonly index?: IndexId | undefined; readonly since: number }): void {
    if (index !== undefined) this.heard({ index, seq: since });
  }

  #compare(known: IndexHead, own: number): void {
    if (this.#isMended || known.index !== this.#atStart.index || known.seq <= own) return;
    this.#isMended = true;
    this.#own.beginIndexAnew();
    this.#log.warn(
      `others know number ${known.seq} of this peer's index, and here it ended at ${own}: was the data folder restored? The index gets a new id, and everybody takes it anew`,
      { event: 'index-id-renewed' },
    );
  }
}
