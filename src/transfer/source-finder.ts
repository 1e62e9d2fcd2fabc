import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import type { SourceLink } from '../core/ports/source.ts';
import { type Random, randomInt } from '../core/random.ts';
import { Wakeup } from '../core/wakeup.ts';

/** What a download has to know of the network. */
export interface Sources {
  /** Active peers that hold the content whole, without this one. */
  holders(content: ContentId): readonly PeerId[];
  /** Throws `unavailable` when the peer cannot be reached. */
  connect(peer: PeerId, signal: AbortSignal): Promise<SourceLink>;
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
  /** Only this peer. */
  readonly from?: PeerId | undefined;
  /** Most sources at a time. */
  readonly most: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly isConnected: (peer: PeerId) => boolean;
  readonly onLink: (link: SourceLink) => void;
  readonly onPassedOver: (passed: PassedOver) => void;
}

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

/** Keeps a download in sources: tries every holder, those that failed again later, and says when there is none left. */
export class SourceFinder {
  readonly #options: SourceFinderOptions;
  readonly #tried = new Map<PeerId, Tried>();
  readonly #dialling = new Set<PeerId>();
  readonly #wakeup = new Wakeup();
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
      const holders = this.#holders();
      const connected = holders.filter(isConnected).length;
      this.#dialSome(holders, connected, signal);
      if (connected > 0) this.#lastSource = clock.monotonic();
      else this.#giveUpIfHopeless(holders);
      await this.#wakeup.wait(clock, TICK_MS, signal);
    }
  }

  /** A source was lost by the download. */
  lost(peer: PeerId, error: PeerdexError): void {
    this.#passOver(peer, error);
  }

  #holders(): readonly PeerId[] {
    const { sources, content, from } = this.#options;
    const holders = sources.holders(content);
    return from === undefined ? holders : holders.filter((holder) => holder === from);
  }

  #dialSome(holders: readonly PeerId[], connected: number, signal: AbortSignal): void {
    const { clock, most, random, isConnected } = this.#options;
    const now = clock.monotonic();
    const open = holders.filter((peer) => {
      const tried = this.#tried.get(peer);
      return (
        !isConnected(peer) &&
        !this.#dialling.has(peer) &&
        (!tried || (tried.passed.retry && tried.again <= now))
      );
    });
    for (let room = most - connected - this.#dialling.size; room > 0 && open.length > 0; room -= 1) {
      void this.#dial(open.splice(randomInt(random, open.length), 1)[0]!, signal);
    }
  }

  async #dial(peer: PeerId, signal: AbortSignal): Promise<void> {
    this.#dialling.add(peer);
    try {
      const link = await this.#options.sources.connect(peer, signal);
      if (signal.aborted) return;
      this.#lastSource = this.#options.clock.monotonic();
      this.#options.onLink(link);
    } catch (error) {
      if (!signal.aborted) this.#passOver(peer, asPeerdexError(error));
    } finally {
      this.#dialling.delete(peer);
      this.#wakeup.wake();
    }
  }

  #passOver(peer: PeerId, error: PeerdexError): void {
    const { clock, log, sources, content } = this.#options;
    const before = this.#tried.get(peer);
    const wait = Math.min(LAST_RETRY_MS, before ? before.wait * 2 : FIRST_RETRY_MS);
    const passed = { peer, error, retry: error.retry };
    const told = before?.told ?? 0;
    const isTold = told < MOST_TOLD && before?.passed.error.message !== error.message;
    this.#tried.set(peer, { passed, again: clock.monotonic() + wait, wait, told: isTold ? told + 1 : told });
    if (isTold) {
      log.warn(`passed over ${sources.nameOf(peer)}: ${error.message}`, { peer, content });
      this.#options.onPassedOver(passed);
    }
    this.#wakeup.wake();
  }

  #giveUpIfHopeless(holders: readonly PeerId[]): void {
    if (this.#dialling.size > 0) return;
    const silent = this.#options.clock.monotonic() - this.#lastSource;
    // A holder whose file changed lists it no longer, so that those who were tried count as well.
    const known = [...new Set([...holders, ...this.#tried.keys()])];
    const refused = known.length > 0 && known.every((peer) => this.#tried.get(peer)?.passed.retry === false);
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
