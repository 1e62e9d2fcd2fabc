import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { sleep } from '../core/clock.ts';
import type { LogPage } from '../core/entry.ts';
import { asPeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import { FORGET_AFTER_MS } from '../core/lease.ts';
import type { EntryStore } from '../core/ports/entry-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import { jitter, type Random } from '../core/random.ts';
import { LogFollower } from '../index/follow-log.ts';
import type { LogRequest } from '../index/serve-log.ts';
import { runSteps } from './steps.ts';

export interface IndexSyncOptions {
  readonly self: PeerId;
  readonly store: EntryStore;
  readonly directory: PeerDirectory;
  /** Asks a peer for a page of its log; must end when the signal aborts, and within a time of its own. */
  readonly fetchPage: (peer: KnownPeer, request: LogRequest, signal: AbortSignal) => Promise<LogPage>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Records asked for in one page; 2,000 by default. */
  readonly pageRecords?: number;
  /** Most entries kept of one peer. */
  readonly maxEntries?: number;
}

/** Keeps the entries of all active peers up to date: pulls what their heads say is new, a few peers at a time. */
export class IndexSync {
  readonly #options: IndexSyncOptions;
  readonly #peers = new Map<PeerId, Followed>();
  readonly #queue: Followed[] = [];
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  #running = 0;
  #endListening: (() => void) | undefined;
  #cancelUpkeep: (() => void) | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: IndexSyncOptions) {
    this.#options = options;
  }

  start(): void {
    const { directory } = this.#options;
    this.#endListening = directory.onChange((changed) => {
      for (const peer of changed) this.#look(peer);
    });
    for (const peer of directory.active()) this.#look(peer);
    this.#upkeep();
  }

  async stop(): Promise<void> {
    this.#endListening?.();
    this.#cancelUpkeep?.();
    this.#stop.abort(new DOMException('stopped', 'AbortError'));
    this.#queue.length = 0;
    for (const followed of this.#peers.values()) {
      followed.cancelRetry?.();
      followed.asked.resolve();
    }
    await Promise.allSettled([...[...this.#peers.values()].map(({ pull }) => pull), this.#work]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Resolves when each peer that is active now has been asked once, with or without success, or when the time is over. */
  async initialPull(timeoutMs: number): Promise<void> {
    const { directory, clock } = this.#options;
    const active = directory.active();
    for (const peer of active) this.#look(peer);
    const enough = new AbortController();
    await Promise.race([
      Promise.all(active.map(({ id }) => this.#peers.get(id)?.asked.promise)),
      sleep(clock, timeoutMs, AbortSignal.any([enough.signal, this.#stop.signal])).catch(() => {}),
    ]);
    enough.abort();
  }

  /** True while a pull runs or waits for its turn. */
  busy(): boolean {
    return this.#running > 0 || this.#queue.length > 0;
  }

  /** Calls back after entries of others changed. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Decides whether a peer has something new. */
  #look(peer: KnownPeer): void {
    if (peer.id === this.#options.self || this.#stop.signal.aborted) return;
    const followed = this.#peers.get(peer.id) ?? this.#follow(peer.id);
    if (!peer.active) {
      followed.cancelRetry?.();
      followed.cancelRetry = undefined;
      followed.failures = 0;
      followed.isAsked = false;
      return;
    }
    if (followed.cancelRetry || !this.#isBehind(followed, peer)) return;
    this.#enqueue(followed);
  }

  #isBehind(followed: Followed, { head }: KnownPeer): boolean {
    if (head) return followed.follower.behind(head) || !followed.isAsked;
    return !followed.isAsked;
  }

  #enqueue(followed: Followed): void {
    if (followed.state !== 'idle') return;
    followed.state = 'queued';
    this.#queue.push(followed);
    this.#pump();
  }

  #pump(): void {
    while (this.#running < AT_ONCE && this.#queue.length > 0) {
      const followed = this.#queue.shift()!;
      this.#running += 1;
      followed.state = 'pulling';
      followed.pull = this.#pull(followed).finally(() => {
        this.#running -= 1;
        followed.state = 'idle';
        followed.isAsked = true;
        followed.asked.resolve();
        this.#next(followed);
        this.#pump();
      });
    }
  }

  async #pull(followed: Followed): Promise<void> {
    const peer = this.#options.directory.get(followed.id);
    if (!peer?.active) return;
    try {
      await this.#pullAll(followed, peer);
      // A head that its owner's log does not reach is asked about less and less often.
      const reached = !peer.head || !followed.follower.behind(peer.head);
      followed.failures = reached ? 0 : followed.failures + 1;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      followed.failures += 1;
      const { code, message } = asPeerdexError(error);
      const say = code === 'verification' || code === 'limit' ? 'warn' : 'debug';
      this.#options.log[say](`cannot follow the index of ${peer.name}: ${message}`, { peer: peer.id, code });
    }
  }

  /** Page after page. A peer that begins its log anew again and again is given up for now. */
  async #pullAll({ follower }: Followed, peer: KnownPeer): Promise<void> {
    const { fetchPage, pageRecords = 2000 } = this.#options;
    for (let restarts = 0, more = true; more; ) {
      this.#stop.signal.throwIfAborted();
      const asked = follower.request(pageRecords);
      const page = await fetchPage(peer, asked, this.#stop.signal);
      if (asked.since > 0 && page.since === 0) restarts += 1;
      if (restarts > MAX_RESTARTS) throw new Error('its log begins anew all the time');
      more = await runSteps(follower.accept(asked, page, STEP_RECORDS));
      if (page.records.length > 0 || page.since !== asked.since) {
        for (const listener of this.#listeners) listener();
      }
    }
  }

  #next(followed: Followed): void {
    const { directory, clock, random } = this.#options;
    const peer = directory.get(followed.id);
    if (this.#stop.signal.aborted || !peer?.active) return;
    if (followed.failures > 0) {
      const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (followed.failures - 1));
      followed.cancelRetry?.();
      followed.cancelRetry = clock.after(jitter(random, wait, 0.2), () => {
        followed.cancelRetry = undefined;
        this.#enqueue(followed);
      });
    } else if (peer.head && followed.follower.behind(peer.head)) {
      // It moved while it was asked.
      this.#enqueue(followed);
    }
  }

  #follow(id: PeerId): Followed {
    const { store, clock, maxEntries } = this.#options;
    const followed: Followed = {
      id,
      follower: new LogFollower({ store, owner: id, clock, ...(maxEntries ? { maxEntries } : {}) }),
      asked: Promise.withResolvers<void>(),
      isAsked: false,
      state: 'idle',
      failures: 0,
      pull: Promise.resolve(),
    };
    this.#peers.set(id, followed);
    return followed;
  }

  /** Drops what belongs to peers that nobody has seen for long. */
  #upkeep(): void {
    this.#work = this.#dropForgotten()
      .catch((error: unknown) => this.#options.log.warn(`cannot drop old entries: ${String(error)}`))
      .finally(() => {
        if (this.#stop.signal.aborted) return;
        this.#cancelUpkeep = this.#options.clock.after(UPKEEP_MS, () => this.#upkeep());
      });
  }

  async #dropForgotten(): Promise<void> {
    const { store, directory, clock, self } = this.#options;
    for (const { owner, updated } of store.owners()) {
      if (owner === self) continue;
      const peer = directory.get(owner);
      if (peer?.active || clock.now() - (peer?.lastSeen ?? updated) <= FORGET_AFTER_MS) continue;
      while (!this.#stop.signal.aborted && !store.dropOwner(owner, STEP_RECORDS)) {
        await setImmediate();
      }
      this.#peers.delete(owner);
    }
  }
}

interface Followed {
  readonly id: PeerId;
  readonly follower: LogFollower;
  /** Settles when it was asked for the first time, or given up. */
  readonly asked: PromiseWithResolvers<void>;
  isAsked: boolean;
  state: 'idle' | 'queued' | 'pulling';
  failures: number;
  pull: Promise<void>;
  cancelRetry?: (() => void) | undefined;
}

const AT_ONCE = 4;
const STEP_RECORDS = 100;
const MAX_RESTARTS = 3;
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
const UPKEEP_MS = 3600 * 1000;
