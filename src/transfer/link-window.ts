import type { Clock } from '../core/clock.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { SourceLink } from '../core/ports/source.ts';
import type { InFlight, LinkFlight } from './in-flight.ts';
import { RequestWindow } from './request-window.ts';

/** Leaves in one request: 1 MiB at most, what the sending side reads and writes in one go, and a part of the window. */
const MOST_SPAN = 4;
const SPANS = 10;

/** Who asks for leaves over a link, for one content. */
export interface Asker {
  /** There is room again for one request. */
  mayAsk(): void;
}

/**
 * What all downloads together have asked of one link: they share its window, and take turns where it is narrow, so that what is
 * asked first also comes soon, however many they are.
 */
export class LinkWindow {
  readonly #window: RequestWindow;
  readonly #clock: Clock;
  readonly #flight: LinkFlight | undefined;
  /** In their order. */
  readonly #waiting = new Set<Asker>();
  #turn: Asker | undefined;
  #owed = 0;
  #bytes = 0;
  #heardAt: number;

  /** `flight`: what is on the way over it, where a rate limit may hold it up. */
  constructor(clock: Clock, flight?: LinkFlight) {
    this.#clock = clock;
    this.#flight = flight;
    this.#window = new RequestWindow(clock);
    this.#heardAt = clock.monotonic();
  }

  /** Most leaves to have asked for. */
  get leaves(): number {
    return this.#window.leaves;
  }

  /** Leaves that come in about 20 ms, at least one. */
  get spanLeaves(): number {
    return this.spanOf(MOST_SPAN);
  }

  /** As many, but at most `most`. */
  spanOf(most: number): number {
    if (this.#flight?.isLimited) return 1;
    return Math.max(1, Math.min(most, Math.floor(this.#window.leaves / SPANS)));
  }

  /** Bytes that came so far of what was asked for. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Milliseconds since anything came that was asked for. */
  quietMs(): number {
    return this.#clock.monotonic() - this.#heardAt;
  }

  /** Leaves that this one may ask for now. Where there are none, or others wait already, `mayAsk` tells it when its turn has come. */
  room(asker: Asker): number {
    if (this.#flight?.hasRoom() === false) {
      this.#flight.wait(asker);
      return 0;
    }
    const free = this.#free();
    const isNext = this.#turn === asker || (this.#turn === undefined && this.#waiting.size === 0);
    if (free > 0 && isNext) return free;
    this.#waiting.add(asker);
    return 0;
  }

  asked(bytes: number): void {
    if (this.#owed === 0) this.#window.restart();
    this.#owed += bytes;
    this.#window.asked(this.#owed);
    this.#turn = undefined;
  }

  /** So many bytes more are on the way; negative: they have come, or come no more. */
  onTheWay(bytes: number): void {
    this.#flight?.add(bytes);
  }

  /** Something came that was asked for. */
  heard(bytes: number): void {
    this.#bytes += bytes;
    this.#heardAt = this.#clock.monotonic();
  }

  /** A leaf comes in place of another one. */
  exchanged(before: number, now: number): void {
    this.#owed += now - before;
    if (now !== before) this.#window.released();
  }

  /** A leaf of so many bytes is whole. */
  arrived(bytes: number): void {
    this.#window.arrived(bytes);
    this.#settled(bytes);
  }

  /** So many bytes are not owed any more. */
  released(bytes: number): void {
    this.#window.released();
    this.#settled(bytes);
  }

  /** This one wants nothing more. */
  leave(asker: Asker): void {
    this.#waiting.delete(asker);
    this.#flight?.leave(asker);
  }

  #settled(bytes: number): void {
    this.#owed -= bytes;
    this.#nextTurns();
  }

  #free(): number {
    return Math.max(0, Math.ceil(this.#window.leaves - this.#owed / LEAF_BYTES));
  }

  /** Who has no use for its turn passes it on. */
  #nextTurns(): void {
    if (this.#turn) return;
    for (const asker of this.#waiting) {
      if (this.#free() === 0) break;
      this.#waiting.delete(asker);
      this.#turn = asker;
      asker.mayAsk();
      this.#turn = undefined;
    }
  }
}

/** The window of every link, as long as the link is there. */
export class LinkWindows {
  readonly #clock: Clock;
  readonly #inFlight: InFlight | undefined;
  readonly #windows = new WeakMap<SourceLink, LinkWindow>();

  constructor(clock: Clock, inFlight?: InFlight) {
    this.#clock = clock;
    this.#inFlight = inFlight;
  }

  of(link: SourceLink): LinkWindow {
    const known = this.#windows.get(link);
    if (known) return known;
    const flight = link.isHeldBack === undefined ? undefined : this.#inFlight?.of(link.peer);
    const window = new LinkWindow(this.#clock, flight);
    this.#windows.set(link, window);
    return window;
  }
}
