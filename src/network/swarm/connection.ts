import type { Socket } from 'node:net';
import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import { encodeFrame } from '../../protocol/swarm/encode.ts';
import type { ByeReason, ControlFrame } from '../../protocol/swarm/frames.ts';
import { dataFrames } from './data-frames.ts';
import { Turns } from './turns.ts';
import { WritePace } from './write-pace.ts';

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
  readonly #socket: Socket;
  readonly #limiter: RateLimiter;
  readonly #listeners: ConnectionListener[] = [];
  readonly #ended = new AbortController();
  /** Memory of control frames that the system has not taken yet. */
  #backlog = 0;
  #whenTaken: (() => void)[] = [];
  #joining = false;
  /** Who has something to say along with what goes out next. */
  #along: (() => void)[] = [];
  readonly #turns = new Turns();
  readonly #pace = new WritePace();
  #error: PeerdexError | undefined;
  #fault: string | undefined;

  constructor(socket: Socket, remote: PeerId, address: string, limiter: RateLimiter) {
    this.#socket = socket;
    this.remote = remote;
    this.address = address;
    this.#limiter = limiter;
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
      for (const listener of this.#listeners) listener.data(channel, leaf, offset, bytes);
    },
  };

  /** While the other side leaves far too many of our control frames unread, nothing more is read of it. */
  send(frame: ControlFrame): void {
    if (this.#error) return;
    const bytes = encodeFrame(frame);
    const memory = bytes.byteLength + FRAME_MEMORY;
    this.#backlog += memory;
    if (this.#backlog > MOST_UNREAD) this.#socket.pause();
    this.#joinWrites();
    this.#socket.write(bytes, () => {
      const wasBacklogged = this.isBacklogged;
      this.#backlog -= memory;
      if (wasBacklogged && !this.isBacklogged) this.#taken();
    });
  }

  /** Calls back once, when something else goes out: what is sent then goes with it and costs no packet of its own. */
  along(callback: () => void): void {
    this.#along.push(callback);
  }

  /** Frames of one turn of the event loop go out in one system call. */
  #joinWrites(): void {
    if (this.#joining) return;
    this.#joining = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#sayAlong();
      this.#joining = false;
      this.#socket.uncork();
    });
  }

  #sayAlong(): void {
    const callbacks = this.#along;
    if (callbacks.length === 0) return;
    this.#along = [];
    for (const callback of callbacks) callback();
  }

  /** The other side reads our control frames more slowly than it asks for them. */
  get isBacklogged(): boolean {
    return this.#backlog > MOST_BACKLOG;
  }

  /** Calls back once when there is no backlog any more, or never when the connection ends first. */
  whenTaken(callback: () => void): void {
    this.#whenTaken.push(callback);
  }

  /** Bytes that went out and came in so far, and whether any wait to go out. */
  traffic(): { readonly sent: number; readonly received: number; readonly waiting: boolean } {
    const { bytesWritten, bytesRead, writableLength } = this.#socket;
    return { sent: bytesWritten - writableLength, received: bytesRead, waiting: writableLength > 0 };
  }

  /**
   * Sends leaves in data frames, each to its end before another channel's turn comes, and several in one write where the link takes them
   * at once and no other channel waits. A leaf that is no longer `wanted` is left out, or broken off. Resolves with the bytes that
   * went out, when the system has taken them; rejects when the connection ends first.
   */
  async sendLeaves(
    channel: number,
    firstLeaf: number,
    leaves: readonly Uint8Array[],
    wanted: (leaf: number) => boolean,
  ): Promise<number> {
    let sent = 0;
    for (let i = 0; i < leaves.length; ) {
      const turn = this.#turns.take();
      if (turn) await turn;
      try {
        const together = leaves.slice(i, i + this.#joined(firstLeaf + i, leaves.slice(i), wanted));
        sent +=
          together.length > 1
            ? await this.#sendTogether(channel, firstLeaf + i, together)
            : await this.#sendLeaf(channel, firstLeaf + i, leaves[i]!, wanted);
        i += Math.max(1, together.length);
      } finally {
        this.#turns.pass();
      }
    }
    return sent;
  }

  /** How many of the leaves may go out in one write. */
  #joined(first: number, leaves: readonly Uint8Array[], wanted: (leaf: number) => boolean): number {
    if (this.#limiter.isLimited || this.#turns.areWaitedFor) return 0;
    let room = this.#pace.bytes;
    const none = leaves.findIndex((bytes, i) => {
      room -= bytes.byteLength;
      return room < 0 || !wanted(first + i);
    });
    return none < 0 ? leaves.length : none;
  }

  async #sendTogether(channel: number, first: number, leaves: readonly Uint8Array[]): Promise<number> {
    await this.#write(leaves.flatMap((bytes, i) => dataFrames(channel, first + i, 0, bytes)));
    return leaves.reduce((sum, bytes) => sum + bytes.byteLength, 0);
  }

  async #sendLeaf(
    channel: number,
    leaf: number,
    bytes: Uint8Array,
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
    this.#socket.end(encodeFrame({ type: 'bye', reason, text }));
    this.#finish(
      error ?? new PeerdexError('unavailable', `the connection to ${this.address} was closed here: ${text}`),
    );
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #taken(): void {
    if (this.#error) return;
    this.#socket.resume();
    const callbacks = this.#whenTaken;
    this.#whenTaken = [];
    for (const callback of callbacks) callback();
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
      this.#sayAlong();
      for (let i = 0; i < buffers.length - 1; i += 1) this.#socket.write(buffers[i]!);
      this.#socket.write(buffers[buffers.length - 1]!, taken);
      this.#socket.uncork();
    });
  }

  #finish(error: PeerdexError): void {
    if (this.#error) return;
    this.#error = error;
    if (!this.#socket.writableEnded) this.#socket.destroy();
    this.#ended.abort(error);
    for (const listener of this.#listeners) listener.closed(error);
  }
}

/** Most memory of control frames in wait: more than any honest reader leaves standing. */
const MOST_BACKLOG = 1024 * 1024;
/**
 * Nothing more is read past this. Answers stop before it is reached, at MOST_BACKLOG, so that two peers that ask each other for much
 * never both wait for the other to read.
 */
const MOST_UNREAD = 4 * MOST_BACKLOG;
/** What a frame in wait takes beside its bytes, about. */
const FRAME_MEMORY = 256;
/** How long the other side may take to close after our goodbye. */
const CLOSE_MS = 2000;

const gone = (address: string, cause?: unknown): PeerdexError =>
  new PeerdexError('unavailable', `the connection to ${address} was lost${reasonOf(cause)}`, { cause });

const reasonOf = (cause: unknown): string => (cause instanceof Error ? `: ${cause.message}` : '');

const byeText = (address: string, text: string): string =>
  `${address} ended the connection${text === '' ? '' : `: ${text}`}`;
