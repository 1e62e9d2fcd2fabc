import type { Socket } from 'node:net';

/** Most memory of control frames in wait: more than any honest reader leaves standing. */
const MOST_BACKLOG = 1024 * 1024;
/**
 * Nothing more is read past this. Answers stop before it is reached, at MOST_BACKLOG, so that two peers that ask each other for much
 * never both wait for the other to read.
 */
const MOST_UNREAD = 4 * MOST_BACKLOG;
/** What a frame in wait takes beside its bytes, about. */
const FRAME_MEMORY = 256;

/** Control frames on their way out over one connection: those of one turn of the event loop are one write. */
export class ControlWrites {
  readonly #socket: Socket;
  readonly #onUnread: (isUnread: boolean) => void;
  /** Memory of frames that the system has not taken yet. */
  #backlog = 0;
  #pending: Buffer[] = [];
  #whenTaken: (() => void)[] = [];
  /** Who has something to say along with what goes out next. */
  #along: (() => void)[] = [];

  /** `onUnread`: the other side leaves far too many frames unread, or does no more. */
  constructor(socket: Socket, onUnread: (isUnread: boolean) => void) {
    this.#socket = socket;
    this.#onUnread = onUnread;
  }

  send(frame: Buffer): void {
    this.#backlog += frame.byteLength + FRAME_MEMORY;
    if (this.#backlog > MOST_UNREAD) this.#onUnread(true);
    this.#pending.push(frame);
    if (this.#pending.length === 1) process.nextTick(() => this.flush());
  }

  /** Calls back once, when something else goes out: what is sent then goes with it and costs no packet of its own. */
  along(callback: () => void): void {
    this.#along.push(callback);
  }

  /** Writes what waits: to be called before anything else is written. */
  flush(): void {
    const callbacks = this.#along;
    this.#along = [];
    for (const callback of callbacks) callback();
    const frames = this.#pending;
    if (frames.length === 0 || !this.#socket.writable) return;
    this.#pending = [];
    const bytes = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
    const memory = bytes.byteLength + frames.length * FRAME_MEMORY;
    this.#socket.write(bytes, () => {
      const wasBacklogged = this.isBacklogged;
      this.#backlog -= memory;
      if (wasBacklogged && !this.isBacklogged) this.#taken();
    });
  }

  /** The other side reads frames more slowly than it asks for them. */
  get isBacklogged(): boolean {
    return this.#backlog > MOST_BACKLOG;
  }

  /** Calls back once when there is no backlog any more, or never when the connection ends first. */
  whenTaken(callback: () => void): void {
    this.#whenTaken.push(callback);
  }

  #taken(): void {
    this.#onUnread(false);
    const callbacks = this.#whenTaken;
    this.#whenTaken = [];
    for (const callback of callbacks) callback();
  }
}
