import type { Socket } from 'node:net';
import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import { encodeFrame } from '../../protocol/swarm/encode.ts';
import type { ByeReason, ControlFrame } from '../../protocol/swarm/frames.ts';
import { ControlWrites } from './control-writes.ts';
import { DataWrites, type Piece } from './data-writes.ts';
import { PacedReading } from './paced-reading.ts';

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
  readonly #listeners: ConnectionListener[] = [];
  readonly #ended = new AbortController();
  readonly #control: ControlWrites;
  readonly #data: DataWrites;
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
    this.reading = new PacedReading(socket, downLimiter);
    this.#control = new ControlWrites(socket, (isUnread) => {
      if (!this.#error) this.reading.isFull = isUnread;
    });
    this.#data = new DataWrites({
      ...{ socket, control: this.#control, limiter, ended: this.#ended.signal },
      lost: (cause) => gone(address, cause),
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

  /** See `DataWrites`. */
  sendPieces(channel: number, pieces: readonly Piece[], wanted: (leaf: number) => boolean): Promise<number> {
    return this.#data.send(channel, pieces, wanted);
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
