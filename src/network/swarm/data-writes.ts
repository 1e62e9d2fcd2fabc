import type { Socket } from 'node:net';
import type { PeerdexError } from '../../core/errors.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import type { ControlWrites } from './control-writes.ts';
import { DataFrames } from './data-frames.ts';
import { Turns } from './turns.ts';
import { WritePace } from './write-pace.ts';

/** A leaf on its way out, or contents of a batch that follow each other: then the number is the first one's. */
export interface Piece {
  readonly leaf: number;
  readonly bytes: Uint8Array;
}

export interface DataWritesOptions {
  readonly socket: Socket;
  /** Flushed before each write. */
  readonly control: ControlWrites;
  readonly limiter: RateLimiter;
  /** Aborts with an error when the connection ends. */
  readonly ended: AbortSignal;
  /** What a write that failed is told as. */
  readonly lost: (cause: unknown) => PeerdexError;
}

/** Content bytes on their way out over one connection. */
export class DataWrites {
  readonly #options: DataWritesOptions;
  readonly #turns = new Turns();
  readonly #pace = new WritePace();
  /** Of the write at hand: whose turn it is. */
  readonly #frames = new DataFrames();

  constructor(options: DataWritesOptions) {
    this.#options = options;
  }

  /**
   * Sends leaves in data frames, each to its end before another channel's turn comes, and several in one write where the link takes them
   * within milliseconds. A leaf that is no longer `wanted` is left out, or broken off. Resolves with the bytes that
   * went out, when the system has taken them; rejects when the connection ends first.
   */
  async send(channel: number, pieces: readonly Piece[], wanted: (leaf: number) => boolean): Promise<number> {
    let sent = 0;
    for (let i = 0; i < pieces.length; ) {
      const turn = this.#turns.take();
      if (turn) await turn;
      try {
        const end = this.#join(channel, pieces, i, wanted);
        if (end > i + 1) {
          sent += this.#frames.bytes;
          await this.#write();
        } else sent += await this.#sendLeaf(channel, pieces[i]!, wanted);
        i = Math.max(end, i + 1);
      } finally {
        this.#turns.pass();
      }
    }
    return sent;
  }

  /** Puts those that may go out together into the next write; returns the one after the last, counted from the first on. */
  #join(channel: number, pieces: readonly Piece[], first: number, wanted: (leaf: number) => boolean): number {
    this.#frames.clear();
    let end = first;
    if (this.#options.limiter.isLimited) return end;
    for (let room = this.#pace.bytes; end < pieces.length; end += 1) {
      const { leaf, bytes } = pieces[end]!;
      room -= bytes.byteLength;
      if (room < 0 || !wanted(leaf)) break;
      this.#frames.add(channel, leaf, 0, bytes);
    }
    return end;
  }

  async #sendLeaf(
    channel: number,
    { leaf, bytes }: Piece,
    wanted: (leaf: number) => boolean,
  ): Promise<number> {
    const { limiter, ended } = this.#options;
    let offset = 0;
    while (offset < bytes.byteLength && wanted(leaf)) {
      const piece = bytes.subarray(offset, offset + Math.min(this.#pace.bytes, limiter.piece));
      if (limiter.isLimited) {
        await limiter.take(piece.byteLength, ended);
        if (!wanted(leaf)) break;
      }
      this.#frames.clear();
      this.#frames.add(channel, leaf, offset, piece);
      await this.#write();
      offset += piece.byteLength;
    }
    return offset;
  }

  /** Writes what is in the frames. Resolves when the system has taken it. */
  #write(): Promise<void> {
    const { socket, control, ended, lost } = this.#options;
    const { buffers, bytes } = this.#frames;
    return new Promise((resolve, reject) => {
      if (ended.aborted) return reject(ended.reason);
      const begun = performance.now();
      const taken = (cause?: Error | null) => {
        if (cause) return reject(lost(cause));
        this.#pace.took(bytes, performance.now() - begun);
        this.#frames.clear(); // which would hold on to the buffers
        resolve();
      };
      socket.cork();
      control.flush();
      const last = buffers.length - 1;
      for (let i = 0; i < last; i += 1) socket.write(buffers[i]!);
      socket.write(buffers[last]!, taken);
      socket.uncork();
    });
  }
}
