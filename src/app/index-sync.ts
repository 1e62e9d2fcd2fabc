import { sleep } from '../core/clock.ts';
import type { IndexHead } from '../core/entry.ts';
import type { PeerId } from '../core/ids.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import { KeptPages } from '../index/kept-pages.ts';
import type { LogRequest } from '../index/serve-log.ts';
import { Lanes } from '../transfer/lanes.ts';
import { type Followed, noteFailure, restLeft, waitFor } from './index-sync/followed.ts';
import { FollowedPeers } from './index-sync/followed-peers.ts';
import type { IndexSyncOptions } from './index-sync/options.ts';
import type { FetchedPage } from './index-sync/pull-log.ts';
import { pullTurn } from './index-sync/pull-turn.ts';
import { Retries } from './index-sync/retries.ts';
import { takeBrought } from './index-sync/take-brought.ts';
import { Turns } from './index-sync/turns.ts';
import { Upkeep } from './index-sync/upkeep.ts';

/** Keeps the entries of all active peers up to date: pulls what their heads say is new, many peers beside each other, pages of a few. */
export class IndexSync {
  /** Pages of others, to be passed on. */
  readonly kept: KeptPages | undefined;
  readonly #options: IndexSyncOptions;
  readonly #peers: FollowedPeers;
  readonly #retries: Retries;
  readonly #turns: Turns;
  readonly #lanes = new Lanes(PULLS_AT_ONCE);
  readonly #drops = new Lanes(1);
  readonly #upkeep: Upkeep;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<(owner: PeerId) => void>();
  #endListening: (() => void) | undefined;

  constructor(options: IndexSyncOptions) {
    this.#options = options;
    this.kept = options.pages && new KeptPages(options.pages);
    this.#peers = new FollowedPeers(options);
    this.#retries = new Retries(options.clock);
    this.#turns = new Turns(
      (followed, reached) => this.#take(followed, reached),
      (followed) => this.#next(followed),
      options.clock,
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
    this.#retries.endAll();
    for (const { asked } of this.#peers.all()) asked.resolve();
    await Promise.allSettled([...[...this.#peers.all()].map(({ pull }) => pull), this.#upkeep.stop()]);
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
      Promise.all(active.map(({ id }) => this.#peers.find(id)?.asked.promise)),
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

  /** See FollowedPeers. */
  warnings(): readonly string[] {
    return this.#peers.warnings();
  }

  /** See FollowedPeers. */
  isOutOfReach(id: PeerId): boolean {
    return this.#peers.isOutOfReach(id);
  }

  /** Active peers of whose entries much is on its way, or all. */
  get coming(): number {
    return this.busy() ? this.#peers.coming() : 0;
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
    const followed = this.#peers.get(owner);
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
    if (!this.#peers.isWanted(owner)) return undefined;
    const followed = this.#peers.get(owner);
    const hasWaited = this.#turns.withdraw(followed);
    try {
      return await takeBrought(followed, fetched, {
        kept: this.kept,
        restMs: restLeft(followed, clock),
        onPage: () => this.#changed(owner),
        onRefused: (error) => noteFailure(followed, owner, error, this.#options),
      });
    } finally {
      if (hasWaited) this.#queue(followed);
    }
  }

  /** Decides whether a peer has something new. */
  #look(peer: KnownPeer): void {
    if (peer.id === this.#options.self || this.#stop.signal.aborted) return;
    const { sources, clock } = this.#options;
    if (!this.#peers.isWanted(peer.id)) {
      const known = this.#peers.find(peer.id);
      if (known) this.#disown(known);
      return;
    }
    const followed = this.#peers.get(peer.id);
    if (!peer.active) {
      this.#retries.end(followed.id);
      followed.failures = 0;
      followed.isAsked = false;
      return;
    }
    const isKnown = sources?.isLarge() && peer.head !== undefined && followed.follower.isKnown;
    if (isKnown && !this.#peers.isBehind(peer)) followed.asked.resolve();
    if (this.#retries.has(peer.id) || !(this.#peers.isBehind(peer) || (!followed.isAsked && !isKnown)))
      return;
    // Who was refused has to wait, also when it went away and came back.
    const rest = Math.max(restLeft(followed, clock), this.#turnOf(followed));
    if (rest > 0) this.#retry(followed, rest);
    else this.#queue(followed);
  }

  /** What there is of it is dropped in its turn, so never while a page of it is taken in. */
  #disown(followed: Followed): void {
    this.#retries.end(followed.id);
    followed.isAsked = false;
    if (this.#options.store.owner(followed.id)) this.#queue(followed);
    else if (followed.state === 'idle') followed.asked.resolve();
  }

  #take(followed: Followed, onReached: () => void): Promise<boolean> {
    return pullTurn(followed, {
      ...this.#options,
      ...{ peers: this.#peers, kept: this.kept, lanes: this.#lanes, drops: this.#drops },
      ...{ signal: this.#stop.signal, onReached },
      onPage: () => this.#changed(followed.id),
    });
  }

  #changed(owner: PeerId): void {
    for (const listener of this.#listeners) listener(owner);
  }

  #next(followed: Followed): void {
    const { directory, clock, random } = this.#options;
    followed.asked.resolve();
    if (this.#stop.signal.aborted) return;
    const peer = directory.get(followed.id);
    const isWanted = this.#peers.isWanted(followed.id);
    if (!isWanted && followed.failures === 0) return this.#disown(followed);
    if (isWanted && !peer?.active) return;
    // Nobody could be asked, and by its head there is nothing to ask for.
    const isIdle = followed.follower.isKnown && peer?.head !== undefined && !this.#peers.isBehind(peer);
    if (followed.failures > 0 && !isIdle) {
      this.#retry(
        followed,
        Math.max(
          waitFor(followed, random) * this.#retries.patience,
          restLeft(followed, clock),
          this.#turnOf(followed),
        ),
      );
    } else if (followed.failures === 0 && peer && (!followed.isAsked || this.#peers.isBehind(peer))) {
      // It moved while it was asked, or came back while what there was of it was dropped.
      this.#queue(followed);
    }
  }

  /** Milliseconds until a change of it can be had from others. */
  #turnOf({ id, follower }: Followed): number {
    return follower.isKnown ? (this.#options.sources?.waitMs(id) ?? 0) : 0;
  }

  #retry(followed: Followed, ms: number): void {
    this.#retries.set(followed.id, ms, () => this.#queue(followed));
  }

  #queue(followed: Followed): void {
    const peer = this.#options.directory.get(followed.id);
    const hasNews = peer !== undefined && this.#peers.isBehind(peer);
    this.#turns.add(followed, followed.failures > 0 ? 'failed' : hasNews ? 'news' : 'unknown');
  }

  /** Drops what belongs to peers that nobody has seen for long, and to those whose entries are not wanted. */
  async #dropForgotten(): Promise<void> {
    const { store, self } = this.#options;
    for (const { owner } of store.owners())
      if (owner !== self && this.#peers.isToGo(owner)) this.#disown(this.#peers.get(owner));
    this.#peers.forgetStrangers();
  }
}

/** Logs that are read beside each other. */
const PULLS_AT_ONCE = 4;
