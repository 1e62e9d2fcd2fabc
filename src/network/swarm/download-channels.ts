import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { SourceChannel, SourceLink, SourceListener } from '../../core/ports/source.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import { MAX_CHANNELS } from '../../protocol/swarm/limits.ts';
import type { Connection, ConnectionListener } from './connection.ts';

/** The asking half of a connection: one numbered channel for each content that is wanted from the other side. */
export class DownloadChannels implements SourceLink, ConnectionListener {
  readonly #connection: Connection;
  readonly #listeners = new Map<number, SourceListener>();
  readonly #onClosed: (() => void)[] = [];
  #nextChannel = 1;
  /** When the last channel closed, on the monotonic clock; undefined while any is open. */
  #idleSince: number | undefined = performance.now();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get peer(): string {
    return this.#connection.remote;
  }

  idleMs(): number {
    return this.#idleSince === undefined ? 0 : performance.now() - this.#idleSince;
  }

  open(content: ContentId, listener: SourceListener): SourceChannel {
    const ended = this.#connection.ended;
    if (ended) throw ended;
    if (this.#listeners.size >= MAX_CHANNELS) {
      throw new PeerdexError(
        'limit',
        `${this.#connection.address} is asked for ${MAX_CHANNELS} contents already`,
        { retry: true },
      );
    }
    const channel = this.#nextChannel;
    this.#nextChannel = (this.#nextChannel + 1) >>> 0;
    this.#listeners.set(channel, listener);
    this.#idleSince = undefined;
    const send = (frame: ControlFrame) => {
      if (this.#listeners.get(channel) === listener) this.#connection.send(frame);
    };
    send({ type: 'interest', channel, content });
    return {
      requestManifest: (page) => send({ type: 'manifestRequest', channel, page }),
      requestLeaves: (group) => send({ type: 'leavesRequest', channel, group }),
      request: (first, count) => send({ type: 'request', channel, first, count }),
      cancel: (first, count) => send({ type: 'cancel', channel, first, count }),
      complain: (leaf) => send({ type: 'complaint', channel, leaf }),
      close: () => {
        send({ type: 'close', channel });
        if (this.#listeners.get(channel) === listener) this.#forget(channel);
      },
    };
  }

  frame(frame: ControlFrame): void {
    if (!('channel' in frame)) return;
    const listener = this.#listeners.get(frame.channel);
    if (!listener) return; // an answer that crossed our close
    if (frame.type === 'holding') listener.holding(frame.size);
    else if (frame.type === 'manifest') listener.manifest(frame.page, frame.hashes);
    else if (frame.type === 'leaves') listener.leaves(frame.group, frame.hashes);
    else if (frame.type === 'reject') listener.refused(frame.leaf, frame.reason);
  }

  data(channel: number, leaf: number, offset: number, bytes: Buffer): void {
    const listener = this.#listeners.get(channel);
    if (listener && !listener.data(leaf, offset, bytes)) {
      this.#connection.close('protocol', 'it sent what nobody asked for');
    }
  }

  /** Calls back once when the connection has ended. */
  onClosed(callback: () => void): void {
    if (this.#connection.ended) callback();
    else this.#onClosed.push(callback);
  }

  disconnect(): void {
    this.#connection.close('closing', 'nothing more to ask for');
  }

  closed(error: PeerdexError): void {
    for (const callback of this.#onClosed.splice(0)) callback();
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const listener of listeners) listener.closed(error);
  }

  #forget(channel: number): void {
    this.#listeners.delete(channel);
    if (this.#listeners.size === 0) this.#idleSince = performance.now();
  }
}
