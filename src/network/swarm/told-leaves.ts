import type { Bitfield } from '../../core/bitfield.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import { BITFIELD_PAGE_LEAVES, MAX_TOLD_LEAVES } from '../../protocol/swarm/limits.ts';
import type { Connection } from './connection.ts';

/** Tells the other side of a channel what this one has: all at first, then what comes, joined to as few frames as may be. */
export class ToldLeaves {
  readonly #connection: Connection;
  readonly #channel: number;
  readonly #frames: { readonly bitfield: 'bitfield' | 'askerBitfield'; readonly have: 'have' | 'askerHave' };
  readonly #pending = new Set<number>();
  #waiting = false;
  /** What is pending goes along with what the connection sends next. */
  #isAlong = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(connection: Connection, channel: number, side: 'serves' | 'asks') {
    this.#connection = connection;
    this.#channel = channel;
    this.#frames =
      side === 'serves'
        ? { bitfield: 'bitfield', have: 'have' }
        : { bitfield: 'askerBitfield', have: 'askerHave' };
  }

  /** Pages in which there is nothing are left out. */
  all({ bytes }: Bitfield): void {
    for (let page = 0; page * PAGE_BYTES < bytes.byteLength; page += 1) {
      const bits = bytes.slice(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      if (bits.every((byte) => byte === 0)) continue;
      this.#send({ type: this.#frames.bitfield, channel: this.#channel, page, bits });
    }
  }

  /**
   * `now`: what comes within one turn of the event loop, or while the other side does not read, is told together; else what comes
   * within some milliseconds. All of it is told sooner where something else is sent over the connection.
   */
  more(first: number, count: number, when: 'now' | 'soon' | 'later'): void {
    if (this.#closed) return;
    for (let leaf = first; leaf < first + count; leaf += 1) this.#pending.add(leaf);
    if (!this.#isAlong) {
      this.#isAlong = true;
      this.#connection.along(() => {
        this.#isAlong = false;
        this.#flushWhenTaken();
      });
    }
    if (when !== 'now') {
      this.#timer ??= setTimeout(() => this.#flushWhenTaken(), TOGETHER_MS[when]).unref();
    } else if (!this.#waiting) {
      this.#waiting = true;
      setImmediate(() => this.#flushWhenTaken());
    }
  }

  /** What has not been told yet is told first. */
  close(): void {
    if (!this.#closed) this.#flush();
    this.#closed = true;
  }

  #flushWhenTaken(): void {
    if (this.#connection.isBacklogged) this.#connection.whenTaken(() => this.#flush());
    else this.#flush();
  }

  #flush(): void {
    this.#waiting = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { first, count } of runsOf([...this.#pending].toSorted((a, b) => a - b))) {
      this.#send({ type: this.#frames.have, channel: this.#channel, first, count });
    }
    this.#pending.clear();
  }

  #send(frame: ControlFrame): void {
    if (!this.#closed) this.#connection.send(frame);
  }
}

/** A have costs a packet and its way through two kernels, on both sides as much as 60 KiB of data do. */
const TOGETHER_MS = { soon: 3, later: 50 };
const PAGE_BYTES = BITFIELD_PAGE_LEAVES / 8;

interface Run {
  readonly first: number;
  readonly count: number;
}

/** Neighbours among numbers in rising order, no more together than one frame tells of. */
export function* runsOf(leaves: readonly number[]): Generator<Run> {
  for (let at = 0; at < leaves.length; ) {
    const first = leaves[at]!;
    let count = 1;
    while (count < MAX_TOLD_LEAVES && leaves[at + count] === first + count) count += 1;
    yield { first, count };
    at += count;
  }
}

/** A span in pieces, each as long as one frame tells of. */
export function* piecesOf(first: number, count: number): Generator<Run> {
  for (let at = 0; at < count; at += MAX_TOLD_LEAVES) {
    yield { first: first + at, count: Math.min(MAX_TOLD_LEAVES, count - at) };
  }
}
