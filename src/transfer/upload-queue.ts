import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import type { Random } from '../core/random.ts';
import { LostLeaves } from './lost-leaves.ts';
import type { Neighbour } from './swarm/spread.ts';
import type { UploadChannelState, UploadContent } from './swarm/upload-channel-state.ts';
import type { UploadLine } from './swarm/upload-line.ts';
import { type Serving, UploadScheduler } from './swarm/upload-scheduler.ts';

/** Who reads and sends what the queue says, for one content to one peer. */
export interface Server {
  /** This will be sent next, and may be read; it is said to the other side where that has to know. */
  prepare(serving: Serving): void;
  /** It will not be sent after all. */
  drop(serving: Serving): void;
  /** It is to be sent now. */
  send(serving: Serving): void;
}

/** One queue of all that is asked of this process: lets `UploadScheduler` choose, and keeps its time. */
export class UploadQueue {
  readonly #clock: Clock;
  readonly #isHeldBack: (peer: PeerId) => boolean;
  readonly #scheduler: UploadScheduler;
  readonly #lines = new Map<PeerId, UploadLine>();
  readonly #servers = new Map<UploadChannelState, Server>();
  /** Handed to who sends it, and not taken by the system yet. */
  readonly #sending = new Set<Serving>();
  /** Called when nothing is being sent any more; nothing more is begun then. */
  #whenSent: (() => void) | undefined;
  #isServing = false;
  #serveAt: number | undefined;
  #cancelTimer: () => void = () => {};

  /** `isHeldBack`: this peer waits for a limit of its own. */
  constructor(clock: Clock, random: Random, isHeldBack: (peer: PeerId) => boolean = () => false) {
    this.#clock = clock;
    this.#isHeldBack = isHeldBack;
    this.#scheduler = new UploadScheduler({
      clock,
      random,
      dropped: (serving) => this.#servers.get(serving.channel)?.drop(serving),
    });
  }

  /** What is being sent now. */
  get sending(): number {
    return this.#sending.size;
  }

  /** Begins nothing more. Resolves when what is being sent is out, or the signal aborts; with how much was not. */
  async finish(signal: AbortSignal): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#whenSent = resolve;
      if (this.#sending.size === 0 || signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return this.#sending.size;
  }

  open(
    peer: PeerId,
    content: UploadContent,
    neighbour: Neighbour,
    takesOthers: boolean,
    server: Server,
  ): QueuedUpload {
    const line = this.#lines.get(peer) ?? this.#scheduler.join(() => this.#isHeldBack(peer));
    this.#lines.set(peer, line);
    const channel = this.#scheduler.open(line, content, neighbour, takesOthers);
    this.#servers.set(channel, server);
    const scheduler = this.#scheduler;
    const after = (change: () => void) => {
      change();
      this.#serve();
    };
    const dropped = (leaf: number) => {
      if (scheduler.dropped(line, channel, leaf)) this.#serve();
    };
    const lost = new LostLeaves(this.#clock, dropped);
    return {
      get waiting() {
        return channel.queue.size;
      },
      requested: (first, count) => after(() => scheduler.requested(line, channel, first, count)),
      cancelled: (first, count) => after(() => scheduler.cancelled(line, channel, first, count)),
      acknowledged: (leaf) => {
        if (scheduler.acknowledged(line, channel, leaf)) this.#serve();
      },
      dropped,
      taken: (serving, leaves) => {
        if (leaves.length > 0 && this.#servers.has(channel)) lost.expect(leaves);
        after(() => scheduler.taken(serving));
        this.#sent(serving);
      },
      clear: () => after(() => scheduler.cancelled(line, channel, 0, Number.POSITIVE_INFINITY)),
      close: () => {
        lost.forget();
        scheduler.close(line, channel);
        this.#servers.delete(channel);
        if (line.channels.size === 0 && this.#lines.get(peer) === line) this.#lines.delete(peer);
        this.#serve();
      },
    };
  }

  #serve(): void {
    if (this.#isServing || this.#whenSent) return;
    this.#isServing = true;
    for (let isMore = true; isMore; ) {
      const prepared = this.#scheduler.prepare();
      if (prepared) this.#servers.get(prepared.channel)?.prepare(prepared);
      const next = this.#scheduler.next();
      if (next) this.#send(next);
      isMore = prepared !== undefined || next !== undefined;
    }
    this.#isServing = false;
    this.#serveLater();
  }

  #send(next: Serving): void {
    const server = this.#servers.get(next.channel);
    if (!server) return;
    this.#sending.add(next);
    server.send(next);
  }

  #sent(serving: Serving): void {
    this.#sending.delete(serving);
    if (this.#sending.size === 0) this.#whenSent?.();
  }

  /** One timer, the soonest that was needed: early it does no harm. */
  #serveLater(): void {
    const ms = this.#scheduler.waitMs;
    if (ms === undefined) return;
    const at = this.#clock.monotonic() + ms;
    if (this.#serveAt !== undefined && this.#serveAt <= at) return;
    this.#cancelTimer();
    this.#serveAt = at;
    this.#cancelTimer = this.#clock.after(ms, () => {
      this.#serveAt = undefined;
      this.#serve();
    });
  }
}

/** One channel's part of the queue. */
export interface QueuedUpload {
  /** Leaves that nothing has been done for yet. */
  readonly waiting: number;
  requested(first: number, count: number): void;
  cancelled(first: number, count: number): void;
  /** The other side has it. */
  acknowledged(leaf: number): void;
  /** It was not sent, or not to its end. */
  dropped(leaf: number): void;
  /** The system has taken these leaves of what was to be sent: who never says that it has them is not waited for. */
  taken(serving: Serving, leaves: readonly number[]): void;
  /** Nothing that waits is wanted any more. */
  clear(): void;
  close(): void;
}
