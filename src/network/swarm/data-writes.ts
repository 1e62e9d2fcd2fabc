import type { Socket } from 'node:net';
import type { PeerdexError } from '../../core/errors.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import type { ControlWrites } from './control-writes.ts';
import { dataFrames } from './data-frames.ts';
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
        const together = pieces.slice(i, i + this.#joined(pieces.slice(i), wanted));
        sent +=
          together.length > 1
            ? await this.#sendTogether(channel, together)
            : await this.#sendLeaf(channel, pieces[i]!, wanted);
        i += Math.max(1, together.length);
      } finally {
        this.#turns.pass();
      }
    }
    return sent;
  }

  /** How many of the pieces may go out in one write. */
  #joined(pieces: readonly Piece[], wanted: (leaf: number) => boolean): number {
    if (this.#options.limiter.isLimited) return 0;
    let room = this.#pace.bytes;
    const none = pieces.findIndex(({ leaf, bytes }) => {
      room -= bytes.byteLength;
      return room < 0 || !wanted(leaf);
    });
    return none < 0 ? pieces.length : none;
  }

  async #sendTogether(channel: number, pieces: readonly Piece[]): Promise<number> {
    await this.#write(pieces.flatMap(({ leaf, bytes }) => dataFrames(channel, leaf, 0, bytes)));
    return pieces.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
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
      await this.#write(dataFrames(channel, leaf, offset, piece));
      offset += piece.byteLength;
    }
    return offset;
  }

  #write(buffers: readonly Uint8Array[]): Promise<void> {
    const { socket, control, ended, lost } = this.#options;
    return new Promise((resolve, reject) => {
      if (ended.aborted) return reject(ended.reason);
      const begun = performance.now();
      const taken = (cause?: Error | null) => {
        if (cause) return reject(lost(cause));
        const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
        this.#pace.took(bytes, performance.now() - begun);
        resolve();
      };
      socket.cork();
      control.flush();
      for (let i = 0; i < buffers.length - 1; i += 1) socket.write(buffers[i]!);
      socket.write(buffers[buffers.length - 1]!, taken);
      socket.uncork();
    });
  }
}
