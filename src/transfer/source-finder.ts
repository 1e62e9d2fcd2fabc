import type { Address } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import type { SourceLink } from '../core/ports/source.ts';
import { type Random, randomInt } from '../core/random.ts';
import type { SwarmMember } from '../core/swarm-member.ts';
import { Wakeup } from '../core/wakeup.ts';

/** What a download has to know of the network. */
export interface Sources {
  /** Active peers that hold the content whole, without this one. */
  holders(content: ContentId): readonly PeerId[];
  /** `told`: where it is, as others say, for who is known nowhere else. Throws `unavailable` when the peer cannot be reached. */
  connect(peer: PeerId, signal: AbortSignal, told: readonly Address[]): Promise<SourceLink>;
  /** As people call it. */
  nameOf(peer: PeerId): string;
}

/** A peer that was passed over, and why. */
export interface PassedOver {
  readonly peer: PeerId;
  readonly error: PeerdexError;
  /** Trying it again later may help. */
  readonly retry: boolean;
}

export interface SourceFinderOptions {
  readonly content: ContentId;
  readonly sources: Sources;
  /** Who else is in the swarm and may have a part of it. */
  readonly members: () => readonly SwarmMember[];
  /** Only this peer. */
  readonly from?: PeerId | undefined;
  /** Most sources at a time that have all; of members that have a part there may be MOST_SOURCES. */
  readonly most: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly isConnected: (peer: PeerId) => boolean;
  /** `isHolder`: the index says that it has all. */
  readonly onLink: (link: SourceLink, isHolder: boolean) => void;
  /** It gives nothing any more. */
  readonly onLost: (peer: PeerId) => void;
  /** No source is left: more members are needed now. */
  readonly onSourceless: () => void;
  readonly onPassedOver: (passed: PassedOver) => void;
}

/** Sources of one download at a time. */
export const MOST_SOURCES = 16;
/** Peers that were tried and are remembered. */
const MOST_TRIED = 512;
const TICK_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;
/** Reasons of one peer that are told: who makes them up anew fills no log by it. */
const MOST_TOLD = 4;
/** A download without any source gives up after so long. */
export const SOURCELESS_MS = 30_000;

interface Tried {
  readonly passed: PassedOver;
  readonly again: number;
  /** How many reasons were told already. */
  readonly told: number;
  readonly wait: number;
}

/** Who may be asked. */
interface Source {
  readonly peer: PeerId;
  readonly isHolder: boolean;
  readonly told: readonly Address[];
}

/** Keeps a download in sources: tries holders and members of its swarm, those that failed again later, and says when there is none left. */
export class SourceFinder {
  readonly #options: SourceFinderOptions;
  readonly #tried = new Map<PeerId, Tried>();
  readonly #dialling = new Set<PeerId>();
  /** Given to the download, and not lost by it. */
  readonly #linked = new Set<PeerId>();
  /** Dialled because the index says that they have all; it may say so no longer. */
  readonly #holders = new Set<PeerId>();
  readonly #wakeup = new Wakeup();
  #listed: readonly PeerId[] = [];
  /** When the index was asked last; monotonic milliseconds. */
  #listedAt = Number.NEGATIVE_INFINITY;
  #lastSource: number;

  constructor(options: SourceFinderOptions) {
    this.#options = options;
    this.#lastSource = options.clock.monotonic();
  }

  /** Why no source is there, in words for people. */
  get reason(): string {
    const { from, sources } = this.#options;
    const passed = [...this.#tried.values()].map(
      ({ passed: { peer, error } }) => `${sources.nameOf(peer)}: ${error.message}`,
    );
    if (passed.length === 0 && this.#dialling.size > 0)
      return `connecting to ${[...this.#dialling].slice(0, 5).map(sources.nameOf).join(', ')}`;
    if (passed.length > 0) return `no source: ${passed.slice(0, 5).join('; ')}`;
    if (from !== undefined) return `${sources.nameOf(from)} does not hold this file, or is not active`;
    return 'no active peer holds this file';
  }

  /** Runs until the signal aborts. Throws when no source is to be expected any more. */
  async run(signal: AbortSignal): Promise<never> {
    const { clock, isConnected } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const known = this.#known();
      for (const peer of [...this.#linked]) if (!isConnected(peer)) this.#linked.delete(peer);
      this.#dialSome(known, signal);
      if (this.#linked.size > 0) this.#lastSource = clock.monotonic();
      else this.#giveUpIfHopeless(known);
      await this.#wakeup.wait(clock, TICK_MS, signal);
    }
  }

  /** A source was lost by the download. */
  lost(peer: PeerId, error: PeerdexError): void {
    this.#linked.delete(peer);
    this.#options.onLost(peer);
    if (this.#linked.size === 0) this.#options.onSourceless();
    this.#passOver(peer, error);
  }

  /** More members may be known. */
  look(): void {
    this.#wakeup.wake();
  }

  #known(): readonly Source[] {
    const { from, members } = this.#options;
    const holders = this.#holdersNow();
    const known = holders.map((peer): Source => ({ peer, isHolder: true, told: [] }));
    for (const { peer, addresses } of members()) {
      if (!holders.includes(peer)) known.push({ peer, isHolder: false, told: addresses });
    }
    return from === undefined ? known : known.filter(({ peer }) => peer === from);
  }

  /** The index is asked once a second, not after each dial, while it names anybody. */
  #holdersNow(): readonly PeerId[] {
    const { sources, content, clock } = this.#options;
    const now = clock.monotonic();
    if (this.#listed.length === 0 || now - this.#listedAt >= TICK_MS) {
      this.#listed = sources.holders(content);
      this.#listedAt = now;
    }
    return this.#listed;
  }

  #dialSome(known: readonly Source[], signal: AbortSignal): void {
    const { clock, most, random, isConnected } = this.#options;
    const now = clock.monotonic();
    const open = known.filter(({ peer }) => {
      const tried = this.#tried.get(peer);
      return (
        !isConnected(peer) &&
        !this.#dialling.has(peer) &&
        (!tried || (tried.passed.retry && tried.again <= now))
      );
    });
    const onlyHolders = known.every(({ peer, isHolder }) => isHolder || !this.#linked.has(peer));
    let room = (onlyHolders ? most : MOST_SOURCES) - this.#linked.size - this.#dialling.size;
    // One who has all comes first: the others may lack what he has.
    const first = this.#hasHolder(known) ? -1 : open.findIndex(({ isHolder }) => isHolder);
    if (first >= 0 && room > 0) {
      room -= 1;
      void this.#dial(open.splice(first, 1)[0]!, signal);
    }
    for (; room > 0 && open.length > 0; room -= 1) {
      void this.#dial(open.splice(randomInt(random, open.length), 1)[0]!, signal);
    }
  }

  #hasHolder(known: readonly Source[]): boolean {
    return known.some(
      ({ peer, isHolder }) => isHolder && (this.#linked.has(peer) || this.#dialling.has(peer)),
    );
  }

  async #dial({ peer, isHolder, told }: Source, signal: AbortSignal): Promise<void> {
    this.#dialling.add(peer);
    if (isHolder) this.#holders.add(peer);
    try {
      const link = await this.#options.sources.connect(peer, signal, told);
      if (signal.aborted) return;
      this.#lastSource = this.#options.clock.monotonic();
      this.#linked.add(peer);
      this.#options.onLink(link, isHolder);
    } catch (error) {
      this.#linked.delete(peer);
      if (!signal.aborted) this.#passOver(peer, asPeerdexError(error));
    } finally {
      this.#dialling.delete(peer);
      this.#wakeup.wake();
    }
  }

  #passOver(peer: PeerId, error: PeerdexError): void {
    const { clock, log, sources, content } = this.#options;
    const before = this.#tried.get(peer);
    const isHolder = this.#holders.has(peer);
    const wait = Math.min(LAST_RETRY_MS, before ? before.wait * 2 : FIRST_RETRY_MS);
    // A member that has nothing now may have something later; who lied is not asked again.
    const retry = error.retry || (!isHolder && error.code !== 'verification');
    const passed = { peer, error, retry };
    const told = before?.told ?? 0;
    const isNews = told < MOST_TOLD && before?.passed.error.message !== error.message;
    const isTold = isNews && (isHolder || !retry);
    this.#tried.delete(peer);
    this.#tried.set(peer, { passed, again: clock.monotonic() + wait, wait, told: isTold ? told + 1 : told });
    if (this.#tried.size > MOST_TRIED) this.#tried.delete(this.#tried.keys().next().value as PeerId);
    if (isNews) {
      const text = `passed over ${sources.nameOf(peer)}: ${error.message}`;
      if (isTold) {
        log.warn(text, { peer, content });
        this.#options.onPassedOver(passed);
      } else log.debug(text, { peer, content });
    }
    this.#wakeup.wake();
  }

  #giveUpIfHopeless(known: readonly Source[]): void {
    if (this.#dialling.size > 0) return;
    const silent = this.#options.clock.monotonic() - this.#lastSource;
    // Members that are listed somewhere may come: their lists have an end.
    if (known.some(({ peer, isHolder }) => !isHolder && this.#tried.get(peer)?.passed.retry !== false))
      return;
    // A holder whose file changed lists it no longer, so that those who were tried count as well.
    const all = [...new Set([...known.map(({ peer }) => peer), ...this.#tried.keys()])];
    const refused = all.length > 0 && all.every((peer) => this.#tried.get(peer)?.passed.retry === false);
    if (!refused && silent < SOURCELESS_MS) return;
    const errors = [...this.#tried.values()].map(({ passed }) => passed.error);
    const lied = errors.length > 0 && errors.every(({ code }) => code === 'verification');
    throw new PeerdexError(lied ? 'verification' : 'failed', this.reason, {
      cause: errors[0],
      retry: true,
      hint: 'what was fetched is kept: resume the job, or run the same command again, when a holder is back',
    });
  }
}
