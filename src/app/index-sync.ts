import { type Clock, sleep } from '../core/clock.ts';
import type { IndexHead } from '../core/entry.ts';
import { asPeerdexError, type PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import type { IndexLimits } from '../core/limits/limits.ts';
import type { EntryStore } from '../core/ports/entry-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { PageStore } from '../core/ports/page-store.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import type { Random } from '../core/random.ts';
import { LogFollower } from '../index/follow-log.ts';
import { KeptPages } from '../index/kept-pages.ts';
import type { PageSources } from '../index/page-sources.ts';
import type { LogRequest } from '../index/serve-log.ts';
import { dropOwner, isForgotten } from './index-sync/drop-owner.ts';
import {
  endRetry,
  type Followed,
  headOf,
  isComing,
  makeFollowed,
  noteFailure,
  noteSuccess,
  restLeft,
  waitFor,
} from './index-sync/followed.ts';
import type { FetchedPage, FetchPage } from './index-sync/pull-log.ts';
import { pullOwner } from './index-sync/pull-owner.ts';
import { takeBrought } from './index-sync/take-brought.ts';
import { Turns } from './index-sync/turns.ts';
import { Upkeep } from './index-sync/upkeep.ts';

export interface IndexSyncOptions {
  readonly self: PeerId;
  readonly store: EntryStore;
  /** Where pages are kept to be passed on; nowhere unless told. */
  readonly pages?: PageStore | undefined;
  readonly directory: PeerDirectory;
  /** Whom to ask for an owner's log; only the owner unless told. */
  readonly sources?: PageSources | undefined;
  readonly fetchPage: FetchPage;
  /** False for members whose entries are not wanted: what is kept of them is dropped, and they are not asked. All are unless told. */
  readonly isWanted?: (owner: PeerId) => boolean;
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
  /** Pages of others, to be passed on. */
  readonly kept: KeptPages | undefined;
  readonly #options: IndexSyncOptions;
  readonly #peers = new Map<PeerId, Followed>();
  readonly #turns: Turns;
  readonly #upkeep: Upkeep;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<(owner: PeerId) => void>();
  #endListening: (() => void) | undefined;

  constructor(options: IndexSyncOptions) {
    this.#options = options;
    this.kept = options.pages && new KeptPages(options.pages);
    this.#turns = new Turns(
      (followed) => this.#pull(followed),
      (followed) => this.#next(followed),
    );
    this.#upkeep = new Upkeep(() => this.#dropForgotten(), options.clock, options.log);
  }

  start(): void {
    const { directory } = this.#options;
    this.#endListening = directory.onChange((changed) => {
      for (const peer of changed) this.#look(peer);
    });
    for (const peer of directory.active()) this.#look(peer);
    this.#upkeep.run();
  }

  async stop(): Promise<void> {
    this.#endListening?.();
    this.#stop.abort(new DOMException('stopped', 'AbortError'));
    this.#turns.close();
    for (const followed of this.#peers.values()) {
      endRetry(followed);
      followed.asked.resolve();
    }
    await Promise.allSettled([...[...this.#peers.values()].map(({ pull }) => pull), this.#upkeep.stop()]);
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
    return this.#turns.isBusy;
  }

  /** Peers of which it is remembered how far they were followed. */
  get size(): number {
    return this.#peers.size;
  }

  /** Why indexes of active peers are not followed. Sentences. */
  warnings(): readonly string[] {
    const refused = [...this.#peers.values()].flatMap(({ id, refused }) =>
      refused !== undefined && this.#options.directory.get(id)?.active ? [refused] : [],
    );
    const more = refused.length - MAX_WARNINGS;
    return more > 0 ? [...refused.slice(0, MAX_WARNINGS), `and ${more} more like these`] : refused;
  }

  /** Active peers of whose entries much is on its way, or all. */
  get coming(): number {
    if (!this.busy()) return 0;
    const { directory, store } = this.#options;
    const owners = new Map(store.owners().map((state) => [state.owner, state]));
    return this.#peers.values().reduce((count, followed) => {
      const peer = directory.get(followed.id);
      return peer?.active && isComing(followed, peer.head, owners.get(followed.id)) ? count + 1 : count;
    }, 0);
  }

  /** Calls back with the owner after its entries changed. Returns what ends it. */
  onChange(listener: (owner: PeerId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Others are wanted than before. */
  review(): void {
    for (const peer of this.#options.directory.active()) this.#look(peer);
  }

  /** Another member says that the owner's log goes so far. */
  heard(owner: PeerId, head: IndexHead): void {
    const peer = this.#options.directory.get(owner);
    if (!peer?.active || owner === this.#options.self) return;
    const followed = this.#followed(owner);
    if (!followed.heard || followed.heard.index !== head.index || followed.heard.seq < head.seq)
      followed.heard = head;
    this.#look(peer);
  }

  /**
   * The owner brings a page by itself, or asks what to bring; what it is to bring next, if anything. Throws `conflict` while its log is followed
   * already, and what is thrown for a page that is refused.
   */
  async brought(owner: PeerId, fetched: FetchedPage | undefined): Promise<LogRequest | undefined> {
    const { clock } = this.#options;
    if (!this.#isWanted(owner)) return undefined;
    const followed = this.#followed(owner);
    return takeBrought(followed, fetched, {
      kept: this.kept,
      restMs: restLeft(followed, clock),
      onPage: () => this.#changed(owner),
      onRefused: (error) => this.#noteFailure(followed, owner, error),
    });
  }

  /** Decides whether a peer has something new. */
  #look(peer: KnownPeer): void {
    if (peer.id === this.#options.self || this.#stop.signal.aborted) return;
    const { sources, clock } = this.#options;
    const followed = this.#followed(peer.id);
    if (!this.#isWanted(peer.id)) return this.#disown(followed);
    if (!peer.active) {
      endRetry(followed);
      followed.failures = 0;
      followed.isAsked = false;
      return;
    }
    const isKnown = sources?.isLarge() && peer.head !== undefined && followed.follower.isKnown;
    if (isKnown && !this.#isBehind(peer)) followed.asked.resolve();
    if (followed.cancelRetry || !(this.#isBehind(peer) || (!followed.isAsked && !isKnown))) return;
    // Who was refused has to wait, also when it went away and came back.
    const turn = followed.follower.isKnown ? (sources?.waitMs(peer.id) ?? 0) : 0;
    const rest = Math.max(restLeft(followed, clock), turn);
    if (rest > 0) this.#retry(followed, rest);
    else this.#turns.add(followed);
  }

  #isBehind({ id, head }: KnownPeer): boolean {
    const followed = this.#followed(id);
    const newest = headOf(followed, head);
    return newest !== undefined && followed.follower.behind(newest);
  }

  #isWanted(owner: PeerId): boolean {
    return this.#options.isWanted?.(owner) ?? true;
  }

  /** What there is of it is dropped in its turn, so never while a page of it is taken in. */
  #disown(followed: Followed): void {
    endRetry(followed);
    followed.isAsked = false;
    if (this.#options.store.owner(followed.id)) this.#turns.add(followed);
    else if (followed.state === 'idle') followed.asked.resolve();
  }

  /** One turn. False when there is more to pull and nothing against going on at once. */
  async #pull(followed: Followed): Promise<boolean> {
    const { directory, clock } = this.#options;
    const { id } = followed;
    const peer = directory.get(id);
    try {
      if (!this.#isWanted(id)) {
        await this.#drop(id);
        noteSuccess(followed, true);
        this.#changed(id);
        return true;
      }
      if (!peer?.active) return true;
      followed.isAsked = true;
      const isDone = await pullOwner(followed, peer, {
        ...this.#options,
        kept: this.kept,
        signal: this.#stop.signal,
        isWanted: () => this.#isWanted(id),
        isBehind: () => this.#isBehind(directory.get(id) ?? peer),
        atLeast: ({ index }) => {
          const head = headOf(followed, directory.get(id)?.head);
          return head && (index === undefined || head.index === index) ? head.seq : undefined;
        },
        restOf: (server) => (this.#peers.has(server) ? restLeft(this.#peers.get(server)!, clock) : 0),
        onPage: () => this.#changed(id),
        onIndex: (index) => {
          const told = directory.get(id)?.head?.index;
          followed.staleIndex = told === index ? undefined : told;
        },
        onRefused: (server, error) => this.#noteFailure(this.#followed(server.id), server.name, error),
      });
      // A head that its owner's log does not reach is asked about less and less often.
      const isLost = this.#isBehind(peer) && this.#isWanted(id);
      if (isDone) noteSuccess(followed, !isLost);
      return isDone;
    } catch (error) {
      if (this.#stop.signal.aborted) return true;
      this.#noteFailure(followed, peer?.name ?? id, asPeerdexError(error));
      return true;
    }
  }

  #noteFailure(followed: Followed, name: string, error: PeerdexError): void {
    noteFailure(followed, name, error, this.#options);
  }

  #changed(owner: PeerId): void {
    for (const listener of this.#listeners) listener(owner);
  }

  #next(followed: Followed): void {
    const { directory, clock, random } = this.#options;
    followed.asked.resolve();
    if (this.#stop.signal.aborted) return;
    const peer = directory.get(followed.id);
    const isWanted = this.#isWanted(followed.id);
    if (!isWanted && followed.failures === 0) return this.#disown(followed);
    if (isWanted && !peer?.active) return;
    // Nobody could be asked, and by its head there is nothing to ask for.
    const isIdle = followed.follower.isKnown && peer?.head !== undefined && !this.#isBehind(peer);
    if (followed.failures > 0 && !isIdle) {
      this.#retry(followed, Math.max(waitFor(followed, random), restLeft(followed, clock)));
    } else if (followed.failures === 0 && peer && this.#isBehind(peer)) {
      // It moved while it was asked.
      this.#turns.add(followed);
    }
  }

  #retry(followed: Followed, ms: number): void {
    endRetry(followed);
    followed.cancelRetry = this.#options.clock.after(ms, () => {
      followed.cancelRetry = undefined;
      this.#turns.add(followed);
    });
  }

  #followed(id: PeerId): Followed {
    const known = this.#peers.get(id);
    if (known) return known;
    const { store, clock, limits, directory } = this.#options;
    const present = () => {
      const told = directory.get(id)?.head?.index;
      return told === followed.staleIndex ? undefined : told;
    };
    const follower = new LogFollower({ store, owner: id, clock, limits, present });
    const followed: Followed = makeFollowed(id, follower);
    this.#peers.set(id, followed);
    return followed;
  }

  async #drop(owner: PeerId): Promise<void> {
    this.kept?.drop(owner);
    await dropOwner(this.#options.store, owner, this.#stop.signal);
  }

  /** Drops what belongs to peers that nobody has seen for long, and to those whose entries are not wanted. */
  async #dropForgotten(): Promise<void> {
    const { store, directory, clock, self } = this.#options;
    for (const state of store.owners()) {
      const { owner } = state;
      if (owner === self) continue;
      if (!this.#isWanted(owner)) this.#disown(this.#followed(owner));
      else if (isForgotten(state, directory.get(owner), clock.now())) {
        await this.#drop(owner);
        this.#peers.delete(owner);
      }
    }
    // Who came and went without an index.
    for (const [id, { state }] of this.#peers)
      if (state === 'idle' && !directory.get(id) && !store.owner(id)) this.#peers.delete(id);
  }
}

const MAX_WARNINGS = 10;
