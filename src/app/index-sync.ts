import { type Clock, sleep } from '../core/clock.ts';
import { asPeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import type { IndexLimits } from '../core/limits/limits.ts';
import type { EntryStore } from '../core/ports/entry-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import type { Random } from '../core/random.ts';
import { LogFollower } from '../index/follow-log.ts';
import { dropOwner, isForgotten } from './index-sync/drop-owner.ts';
import {
  endRetry,
  type Followed,
  makeFollowed,
  noteFailure,
  noteSuccess,
  restLeft,
  waitFor,
} from './index-sync/followed.ts';
import { type FetchPage, pullLog } from './index-sync/pull-log.ts';

export interface IndexSyncOptions {
  readonly self: PeerId;
  readonly store: EntryStore;
  readonly directory: PeerDirectory;
  readonly fetchPage: FetchPage;
  /** False for members that may only fetch: what is kept of them is dropped, and they are not asked. Everybody may unless told. */
  readonly mayPublish?: (owner: PeerId) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Records asked for in one page; 2,000 by default. */
  readonly pageRecords?: number;
  /** What is kept of one peer; the usual unless told. */
  readonly limits?: Partial<IndexLimits> | undefined;
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
      endRetry(followed);
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

  /** Peers of which it is remembered how far they were followed. */
  get size(): number {
    return this.#peers.size;
  }

  /** Calls back after entries of others changed. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Decides whether a peer has something new. */
  #look(peer: KnownPeer): void {
    if (peer.id === this.#options.self || this.#stop.signal.aborted) return;
    const followed = this.#followed(peer.id);
    if (!this.#mayPublish(peer.id)) return this.#disown(followed);
    if (!peer.active) {
      endRetry(followed);
      followed.failures = 0;
      followed.isAsked = false;
      return;
    }
    const isBehind = !followed.isAsked || (peer.head && followed.follower.behind(peer.head));
    if (followed.cancelRetry || !isBehind) return;
    // Who was refused has to wait, also when it went away and came back.
    const rest = restLeft(followed, this.#options.clock);
    if (rest > 0) this.#retry(followed, rest);
    else this.#enqueue(followed);
  }

  #mayPublish(owner: PeerId): boolean {
    return this.#options.mayPublish?.(owner) ?? true;
  }

  /** What there is of it is dropped in its turn, so never while a page of it is taken in. */
  #disown(followed: Followed): void {
    endRetry(followed);
    followed.isAsked = false;
    if (this.#options.store.owner(followed.id)) this.#enqueue(followed);
    else if (followed.state === 'idle') followed.asked.resolve();
  }

  #enqueue(followed: Followed): void {
    if (followed.state !== 'idle' || this.#stop.signal.aborted) return;
    followed.state = 'queued';
    this.#queue.push(followed);
    this.#pump();
  }

  #pump(): void {
    while (this.#running < AT_ONCE && this.#queue.length > 0) {
      const followed = this.#queue.shift()!;
      this.#running += 1;
      followed.state = 'pulling';
      followed.pull = this.#pull(followed).then((isDone) => {
        this.#running -= 1;
        followed.state = 'idle';
        if (isDone) this.#next(followed);
        else this.#enqueue(followed);
        this.#pump();
      });
    }
  }

  /** One turn. False when there is more to pull and nothing against going on at once. */
  async #pull(followed: Followed): Promise<boolean> {
    const { directory, store, clock, random, log } = this.#options;
    const { id } = followed;
    const peer = directory.get(id);
    try {
      if (!this.#mayPublish(id)) {
        await dropOwner(store, id, this.#stop.signal);
        noteSuccess(followed, true);
        this.#changed();
        return true;
      }
      if (!peer?.active) return true;
      followed.isAsked = true;
      const isDone = await pullLog(followed, peer, {
        ...this.#options,
        signal: this.#stop.signal,
        isWanted: () => this.#mayPublish(id),
        onPage: () => this.#changed(),
      });
      // A head that its owner's log does not reach is asked about less and less often.
      const isLost = peer.head && followed.follower.behind(peer.head) && this.#mayPublish(id);
      if (isDone) noteSuccess(followed, !isLost);
      return isDone;
    } catch (error) {
      if (this.#stop.signal.aborted) return true;
      noteFailure(followed, peer?.name ?? id, asPeerdexError(error), { clock, random, log });
      return true;
    }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #next(followed: Followed): void {
    const { directory, clock, random } = this.#options;
    followed.asked.resolve();
    if (this.#stop.signal.aborted) return;
    const peer = directory.get(followed.id);
    const mayPublish = this.#mayPublish(followed.id);
    if (!mayPublish && followed.failures === 0) return this.#disown(followed);
    if (mayPublish && !peer?.active) return;
    if (followed.failures > 0) {
      this.#retry(followed, Math.max(waitFor(followed, random), restLeft(followed, clock)));
    } else if (peer?.head && followed.follower.behind(peer.head)) {
      // It moved while it was asked.
      this.#enqueue(followed);
    }
  }

  #retry(followed: Followed, ms: number): void {
    endRetry(followed);
    followed.cancelRetry = this.#options.clock.after(ms, () => {
      followed.cancelRetry = undefined;
      this.#enqueue(followed);
    });
  }

  #followed(id: PeerId): Followed {
    const known = this.#peers.get(id);
    if (known) return known;
    const { store, clock, limits } = this.#options;
    const follower = new LogFollower({ store, owner: id, clock, limits });
    const followed = makeFollowed(id, follower);
    this.#peers.set(id, followed);
    return followed;
  }

  /** Drops what belongs to peers that nobody has seen for long, and to those who may not publish. */
  #upkeep(): void {
    this.#work = this.#dropForgotten()
      .catch((error: unknown) =>
        this.#options.log.warn(`cannot drop old entries: ${String(error)}`, {
          event: 'old-entries-not-dropped',
        }),
      )
      .finally(() => {
        if (this.#stop.signal.aborted) return;
        this.#cancelUpkeep = this.#options.clock.after(UPKEEP_MS, () => this.#upkeep());
      });
  }

  async #dropForgotten(): Promise<void> {
    const { store, directory, clock, self } = this.#options;
    for (const state of store.owners()) {
      const { owner } = state;
      if (owner === self) continue;
      if (!this.#mayPublish(owner)) this.#disown(this.#followed(owner));
      else if (isForgotten(state, directory.get(owner), clock.now())) {
        await dropOwner(store, owner, this.#stop.signal);
        this.#peers.delete(owner);
      }
    }
    // Who came and went without an index.
    for (const [id, { state }] of this.#peers)
      if (state === 'idle' && !directory.get(id) && !store.owner(id)) this.#peers.delete(id);
  }
}

const AT_ONCE = 4;
const UPKEEP_MS = 3600 * 1000;
