import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type {
  BatchChannel,
  BatchListener,
  SourceChannel,
  SourceLink,
  SourceListener,
} from '../../core/ports/source.ts';
import type { SmallContent } from '../../core/small-content.ts';
import { type ControlFrame, FEATURES } from '../../protocol/swarm/frames.ts';
import { BITFIELD_PAGE_LEAVES, MAX_CHANNELS } from '../../protocol/swarm/limits.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import { piecesOf, ToldLeaves } from './told-leaves.ts';
import type { Usage } from './usage.ts';

/** The asking half of a connection: one numbered channel for each content that is wanted from the other side. */
export class DownloadChannels implements SourceLink, ConnectionListener {
  readonly #connection: Connection;
  readonly #listeners = new Map<number, SourceListener>();
  readonly #batches = new Map<number, BatchListener>();
  readonly #onClosed: (() => void)[] = [];
  #nextChannel = 1;
  readonly #usage: Usage;

  constructor(connection: Connection, usage: Usage) {
    this.#connection = connection;
    this.#usage = usage;
  }

  get peer(): string {
    return this.#connection.remote;
  }

  get isHeldBack(): boolean {
    return this.#connection.reading.isHeldBack;
  }

  get takesBatches(): Promise<boolean> {
    return this.#connection.features.then((features) => (features & FEATURES.batch) !== 0);
  }

  /** Milliseconds for which nothing has been asked for over the connection, from either side. */
  idleMs(): number {
    return this.#usage.idleMs();
  }

  /** Sends what belongs to no channel. */
  send(frame: Extract<ControlFrame, { type: 'seek' }>): void {
    if (this.#connection.ended) throw this.#connection.ended;
    this.#connection.send(frame);
    this.#usage.touched();
  }

  open(content: ContentId, listener: SourceListener, takesInstead = true): SourceChannel {
    const ended = this.#connection.ended;
    if (ended) throw ended;
    if (this.#listeners.size + this.#batches.size >= MAX_CHANNELS) {
      throw new PeerdexError(
        'limit',
        `${this.#connection.address} is asked for ${MAX_CHANNELS} contents already`,
        { retry: true },
      );
    }
    const channel = this.#number();
    this.#listeners.set(channel, listener);
    this.#usage.opened();
    const send = (frame: ControlFrame) => {
      if (this.#listeners.get(channel) === listener) this.#connection.send(frame);
    };
    const own = new ToldLeaves(this.#connection, channel, 'asks');
    send({ type: 'interest', channel, content, takesInstead });
    return {
      requestManifest: (page) => send({ type: 'manifestRequest', channel, page }),
      requestLeaves: (group) => send({ type: 'leavesRequest', channel, group }),
      request: (first, count) => send({ type: 'request', channel, first, count }),
      cancel: (first, count) => send({ type: 'cancel', channel, first, count }),
      complain: (leaf) => send({ type: 'complaint', channel, leaf }),
      has: (leaves) => own.all(leaves),
      got: (first, count, isReceipt) => own.more(first, count, isReceipt ? 'now' : 'later'),
      claim: (first, count) => {
        for (const piece of piecesOf(first, count)) send({ type: 'claim', channel, ...piece });
      },
      unclaim: (first, count) => {
        for (const piece of piecesOf(first, count)) send({ type: 'unclaim', channel, ...piece });
      },
      close: () => {
        own.close();
        send({ type: 'close', channel });
        if (this.#listeners.get(channel) === listener) this.#forget(channel);
      },
    };
  }

  batch(items: readonly SmallContent[], listener: BatchListener): BatchChannel {
    const ended = this.#connection.ended;
    if (ended) throw ended;
    const channel = this.#number();
    this.#batches.set(channel, listener);
    this.#usage.opened();
    const send = (frame: ControlFrame) => {
      if (this.#batches.get(channel) === listener) this.#connection.send(frame);
    };
    const own = new ToldLeaves(this.#connection, channel, 'asks');
    send({ type: 'batch', channel, items });
    return {
      // Receipts of many small contents come by the hundred.
      got: (first, count) => own.more(first, count, 'soon'),
      cancel: (first, count) => send({ type: 'cancel', channel, first, count }),
      complain: (leaf) => send({ type: 'complaint', channel, leaf }),
      close: () => {
        own.close();
        send({ type: 'close', channel });
        if (this.#batches.get(channel) === listener) this.#forgetBatch(channel);
      },
    };
  }

  frame(frame: ControlFrame): void {
    if (!('channel' in frame)) return;
    if (frame.type === 'reject' && this.#batches.has(frame.channel))
      return this.#batches.get(frame.channel)!.refused(frame.leaf, frame.reason);
    const listener = this.#listeners.get(frame.channel);
    if (!listener) return; // an answer that crossed our close
    if (frame.type === 'holding') listener.holding(frame.size, frame.whole);
    else if (frame.type === 'manifest') listener.manifest(frame.page, frame.hashes);
    else if (frame.type === 'leaves') listener.leaves(frame.group, frame.hashes);
    else if (frame.type === 'bitfield') listener.bitfield(frame.page * BITFIELD_PAGE_LEAVES, frame.bits);
    else if (frame.type === 'have') listener.have(frame.first, frame.count);
    else if (frame.type === 'instead') listener.instead(frame.asked, frame.given);
    else if (frame.type === 'reject') listener.refused(frame.leaf, frame.reason, frame.members);
  }

  data(channel: number, leaf: number, offset: number, bytes: Buffer): void {
    const listener = this.#listeners.get(channel) ?? this.#batches.get(channel);
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
    const listeners = [...this.#listeners.values(), ...this.#batches.values()];
    this.#listeners.clear();
    this.#batches.clear();
    for (const listener of listeners) listener.closed(error);
  }

  #number(): number {
    const channel = this.#nextChannel;
    this.#nextChannel = (this.#nextChannel + 1) >>> 0;
    return channel;
  }

  #forgetBatch(channel: number): void {
    if (this.#batches.delete(channel)) this.#usage.closed();
  }

  #forget(channel: number): void {
    if (this.#listeners.delete(channel)) this.#usage.closed();
  }
}
