import type { PeerId } from '../../core/ids.ts';
import { type Random, randomInt } from '../../core/random.ts';

/** Members that are remembered; others are forgotten at random. */
const MOST_KNOWN = 1000;
/** Milliseconds in which a member that could not be reached, or was full, is not tried again; doubled until it was of use. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/** Members of a swarm that are not connected: who may be dialled, and when. Times are monotonic milliseconds. */
export class KnownMembers {
  readonly #random: Random;
  /** When each may be tried, in the order in which they were heard of. */
  readonly #members = new Map<PeerId, number>();
  /** How long each that was tried or connected waits before it is tried again. */
  readonly #waits = new Map<PeerId, number>();
  readonly #shunned = new Set<PeerId>();

  constructor(random: Random) {
    this.#random = random;
  }

  [Symbol.iterator](): Iterator<PeerId> {
    return this.#members.keys();
  }

  heard(peer: PeerId): void {
    if (!this.#members.has(peer)) this.#remember(peer, 0);
  }

  /** Whether it may be dialled now. */
  isReady(peer: PeerId, now: number): boolean {
    return (this.#members.get(peer) ?? Number.POSITIVE_INFINITY) <= now;
  }

  /** Those that were neither tried nor connected yet, else those that may be tried again; who was heard of last comes last. */
  ready(now: number): PeerId[] {
    const ready = [...this.#members.keys()].filter((peer) => this.isReady(peer, now));
    const strangers = ready.filter((peer) => !this.#waits.has(peer));
    return strangers.length > 0 ? strangers : ready;
  }

  /** It is dialled, or connected. */
  take(peer: PeerId): void {
    this.#members.delete(peer);
  }

  /** It failed, or is gone, and is tried again later: each time twice as late, at least in `leastMs`. */
  later(peer: PeerId, now: number, leastMs = 0): void {
    const before = this.#waits.get(peer);
    const wait = before === undefined ? FIRST_RETRY_MS : Math.min(LAST_RETRY_MS, 2 * before);
    this.#waits.set(peer, wait);
    if (this.#waits.size > MOST_KNOWN) this.#waits.delete(this.#waits.keys().next().value!);
    this.#remember(peer, now + Math.max(wait, leastMs));
  }

  wasUseful(peer: PeerId): void {
    this.#waits.delete(peer);
  }

  /** It is never remembered again. */
  shun(peer: PeerId): void {
    this.#members.delete(peer);
    this.#shunned.add(peer);
    if (this.#shunned.size > MOST_KNOWN) this.#shunned.delete(this.#shunned.keys().next().value!);
  }

  clear(): void {
    this.#members.clear();
    this.#waits.clear();
    this.#shunned.clear();
  }

  #remember(peer: PeerId, from: number): void {
    if (this.#shunned.has(peer)) return;
    this.#members.set(peer, from);
    if (this.#members.size <= MOST_KNOWN) return;
    const peers = [...this.#members.keys()];
    this.#members.delete(peers[randomInt(this.#random, peers.length)]!);
  }
}
