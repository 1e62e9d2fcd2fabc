import type { Socket } from 'node:net';
import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import { encodeFrame } from '../../protocol/swarm/encode.ts';
import type { ByeReason, ControlFrame } from '../../protocol/swarm/frames.ts';
import { ControlWrites } from './control-writes.ts';
import { dataFrames } from './data-frames.ts';
import { PacedReading } from './paced-reading.ts';
import { Turns } from './turns.ts';
import { WritePace } from './write-pace.ts';

/** A leaf on its way out, or contents of a batch that follow each other: then the number is the first one's. */
interface Piece {
  readonly leaf: number;
  readonly bytes: Uint8Array;
}

/** What a connection tells those that use it. */
export interface ConnectionListener {
  frame(frame: ControlFrame): void;
  data(channel: number, leaf: number, offset: number, bytes: Buffer): void;
  closed(error: PeerdexError): void;
}

/**
 * A swarm connection after its hellos: sends frames, and ends once, with a reason. It does not know what the frames mean, nor
 * whether TLS lies below the socket.
 */
export class Connection {
  readonly remote: PeerId;
  /** Where the other side is, for logs. */
  readonly address: string;
  /** What comes passes through here. */
  readonly reading: PacedReading;
  /** What the other side can do, as FEATURES; nothing when the connection ends before that is known. */
  readonly features: Promise<number>;
  readonly #socket: Socket;
  readonly #limiter: RateLimiter;
  readonly #listeners: ConnectionListener[] = [];
  readonly #ended = new AbortController();
  readonly #control: ControlWrites;
  readonly #turns = new Turns();
  readonly #pace = new WritePace();
  #error: PeerdexError | undefined;
  readonly #learn: (features: number) => void;
  #fault: string | undefined;

  /** `limiter` and `downLimiter` draw the content bytes that go out and come in. */
  constructor(
    socket: Socket,
    remote: PeerId,
    address: string,
    limiter: RateLimiter,
    downLimiter: RateLimiter,
  ) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.features = promise;
    this.#learn = resolve;
    this.#socket = socket;
    this.remote = remote;
    this.address = address;
    this.#limiter = limiter;
    this.reading = new PacedReading(socket, downLimiter);
    this.#control = new ControlWrites(socket, (isUnread) => {
      if (!this.#error) this.reading.isFull = isUnread;
    });
    socket.once('error', (cause) => this.#finish(gone(address, cause)));
    socket.once('close', () => this.#finish(gone(address)));
    socket.once('end', () => socket.end());
  }

  /** Why it ended, or undefined while it lives. */
  get ended(): PeerdexError | undefined {
    return this.#error;
  }

  /** How the other side broke the protocol, where it was ended for that. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** The other side's hello says what it can do. */
  can(features: number): void {
    this.#learn(features);
  }

  use(...listeners: readonly ConnectionListener[]): void {
    this.#listeners.push(...listeners);
  }

  /** Where the parser's findings go. */
  readonly sink = {
    frame: (frame: ControlFrame): void => {
      if (this.#error) return;
      if (frame.type === 'bye')
        return this.#finish(new PeerdexError('unavailable', byeText(this.address, frame.text)));
      for (const listener of this.#listeners) listener.frame(frame);
    },
    data: (channel: number, leaf: number, offset: number, bytes: Buffer): void => {
      if (this.#error) return;
      this.reading.spend(bytes.byteLength);
      for (const listener of this.#listeners) listener.data(channel, leaf, offset, bytes);
    },
  };

  /** While the other side leaves far too many of our control frames unread, nothing more is read of it. */
  send(frame: ControlFrame): void {
    if (!this.#error) this.#control.send(encodeFrame(frame));
  }

  /** See `ControlWrites`. */
  along(callback: () => void): void {
    this.#control.along(callback);
  }

  /** The other side reads our control frames more slowly than it asks for them. */
  get isBacklogged(): boolean {
    return this.#control.isBacklogged;
  }

  /** Calls back once when there is no backlog any more, or never when the connection ends first. */
  whenTaken(callback: () => void): void {
    this.#control.whenTaken(() => {
      if (!this.#error) callback();
    });
  }

  /** Bytes that went out and came in so far, whether any wait to go out, and whether nothing is read because of the limit. */
  traffic(): {
    readonly sent: number;
    readonly received: number;
    readonly waiting: boolean;
    readonly heldBack: boolean;
  } {
    const { bytesWritten, bytesRead, writableLength } = this.#socket;
    return {
      sent: bytesWritten - writableLength,
      received: bytesRead,
      waiting: writableLength > 0,
      heldBack: this.reading.isHeldBack,
    };
  }

  /** As `sendPieces`, of neighbours. */
  sendLeaves(
    channel: number,
    firstLeaf: number,
    leaves: readonly Uint8Array[],
    wanted: (leaf: number) => boolean,
  ): Promise<number> {
    const pieces = leaves.map((bytes, i) => ({ leaf: firstLeaf + i, bytes }));
    return this.sendPieces(channel, pieces, wanted);
  }

  /**
   * Sends leaves in data frames, each to its end before another channel's turn comes, and several in one write where the link takes them
   * at once and no other channel waits. A leaf that is no longer `wanted` is left out, or broken off. Resolves with the bytes that
   * went out, when the system has taken them; rejects when the connection ends first.
   */
  async sendPieces(
    channel: number,
    pieces: readonly Piece[],
    wanted: (leaf: number) => boolean,
  ): Promise<number> {
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
    if (this.#limiter.isLimited || this.#turns.areWaitedFor) return 0;
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
    let offset = 0;
    while (offset < bytes.byteLength && wanted(leaf)) {
      const piece = bytes.subarray(offset, offset + Math.min(this.#pace.bytes, this.#limiter.piece));
      if (this.#limiter.isLimited) {
        await this.#limiter.take(piece.byteLength, this.#ended.signal);
        if (!wanted(leaf)) break;
      }
      await this.#write(dataFrames(channel, leaf, offset, piece));
      offset += piece.byteLength;
    }
    return offset;
  }

  /** Says goodbye and ends; what was written before still goes out. `error`: what those that use it are told instead of `text`. */
  close(reason: ByeReason, text: string, error?: PeerdexError): void {
    if (this.#error) return;
    if (reason === 'protocol') this.#fault = text;
    this.#control.flush();
    this.#socket.end(encodeFrame({ type: 'bye', reason, text }));
    this.#finish(
      error ?? new PeerdexError('unavailable', `the connection to ${this.address} was closed here: ${text}`),
    );
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #write(buffers: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const error = this.#error;
      if (error) return reject(error);
      const begun = performance.now();
      const taken = (cause?: Error | null) => {
        if (cause) return reject(gone(this.address, cause));
        const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
        this.#pace.took(bytes, performance.now() - begun);
        resolve();
      };
      this.#socket.cork();
      this.#control.flush();
      for (let i = 0; i < buffers.length - 1; i += 1) this.#socket.write(buffers[i]!);
      this.#socket.write(buffers[buffers.length - 1]!, taken);
      this.#socket.uncork();
    });
  }

  #finish(error: PeerdexError): void {
    if (this.#error) return;
    this.#error = error;
    this.reading.end();
    this.#learn(0);
    if (!this.#socket.writableEnded) this.#socket.destroy();
    this.#ended.abort(error);
    for (const listener of this.#listeners) listener.closed(error);
  }
}

/** How long the other side may take to close after our goodbye. */
const CLOSE_MS = 2000;

const gone = (address: string, cause?: unknown): PeerdexError =>
  new PeerdexError('unavailable', `the connection to ${address} was lost${reasonOf(cause)}`, { cause });

const reasonOf = (cause: unknown): string => (cause instanceof Error ? `: ${cause.message}` : '');

const byeText = (address: string, text: string): string =>
  `${address} ended the connection${text === '' ? '' : `: ${text}`}`;
