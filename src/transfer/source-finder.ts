import type { Address } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import type { SourceLink } from '../core/ports/source.ts';
import { drawn, type Random } from '../core/random.ts';
import type { SwarmMember } from '../core/swarm-member.ts';
import { Wakeup } from '../core/wakeup.ts';
import { type ContentSwarm, GAVE_WAY } from './content-swarm.ts';
import { type PassedOver, PassedOverPeers } from './passed-over.ts';
import { wantedNeighbours } from './wanted-neighbours.ts';

/** What a download has to know of the network. */
export interface Sources {
  /** Active peers that hold the content whole, without this one. */
  holders(content: ContentId): readonly PeerId[];
  /** `told`: where it is, as others say, for who is known nowhere else. Throws `unavailable` when the peer cannot be reached. */
  connect(peer: PeerId, signal: AbortSignal, told: readonly Address[]): Promise<SourceLink>;
  /** As people call it. */
  nameOf(peer: PeerId): string;
}

export interface SourceFinderOptions {
  readonly content: ContentId;
  /** Its mesh says whom to dial, of those that are found. */
  readonly swarm: ContentSwarm;
  readonly sources: Sources;
  /** Who else is in the swarm and may have a part of it. */
  readonly members: () => readonly SwarmMember[];
  /** Only this peer. */
  readonly from?: PeerId | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** `isHolder`: the index says that it has all. */
  readonly onLink: (link: SourceLink, isHolder: boolean) => void;
  /** It gives nothing any more. */
  readonly onLost: (peer: PeerId) => void;
  /** No source is left: more members are needed now. */
  readonly onSourceless: () => void;
  readonly onPassedOver: (passed: PassedOver) => void;
}

const TICK_MS = 1_000;
/** Of those that are found the mesh hears so many at a look; the others later. */
const MOST_HEARD = 64;
/** Who asks here and could not be asked is tried again after so long. */
const ASK_BACK_MS = 5_000;
/** A download without any source gives up after so long. */
export const SOURCELESS_MS = 30_000;

/** Who may be asked. */
interface Source {
  readonly peer: PeerId;
  readonly isHolder: boolean;
  readonly told: readonly Address[];
}

/** Finds sources for one download, lets its mesh choose among them, says why one was passed over, and when none is to be expected. */
export class SourceFinder {
  readonly #options: SourceFinderOptions;
  readonly #passed = new PassedOverPeers();
  readonly #dialling = new Set<PeerId>();
  /** Dialled because the index says that they have all; it may say so no longer. */
  readonly #holders = new Set<PeerId>();
  /** When those who ask here were last asked in turn. */
  readonly #askedBack = new Map<PeerId, number>();
  readonly #wakeup = new Wakeup();
  #listed: readonly PeerId[] = [];
  /** When the index was asked last; monotonic milliseconds. */
  #listedAt = Number.NEGATIVE_INFINITY;
  #known: ReadonlyMap<PeerId, Source> = new Map();
  #lastSource: number;

  constructor(options: SourceFinderOptions) {
    this.#options = options;
    this.#lastSource = options.clock.monotonic();
  }

  /** Why no source is there, in words for people. */
  get reason(): string {
    const { from, sources } = this.#options;
    const passed = this.#passed.explain(sources.nameOf);
    if (passed !== undefined) return `no source: ${passed}`;
    if (this.#dialling.size > 0)
      return `connecting to ${[...this.#dialling].slice(0, 5).map(sources.nameOf).join(', ')}`;
    if (from !== undefined) return `${sources.nameOf(from)} does not hold this file, or is not active`;
    return 'no active peer holds this file';
  }

  /** Runs until the signal aborts. Throws when no source is to be expected any more. */
  async run(signal: AbortSignal): Promise<never> {
    const { clock, swarm } = this.#options;
    const end = swarm.fetch((peer) => void this.#dial(peer, signal));
    signal.addEventListener('abort', end, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        this.#find();
        this.#askBack(signal);
        this.#letMeshChoose();
        if (swarm.sources > 0) this.#lastSource = clock.monotonic();
        else this.#giveUpIfHopeless();
        await this.#wakeup.wait(clock, TICK_MS, signal);
      }
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  /** A source was lost by the download. */
  lost(peer: PeerId, error: PeerdexError): void {
    this.#options.onLost(peer);
    if (this.#options.swarm.sources <= 1) this.#options.onSourceless();
    if (error !== GAVE_WAY) this.#passOver(peer, error);
  }

  /** More members may be known. */
  look(): void {
    this.#wakeup.wake();
  }

  #find(): void {
    const { from, members } = this.#options;
    const known = new Map<PeerId, Source>();
    for (const peer of this.#holdersNow()) known.set(peer, { peer, isHolder: true, told: [] });
    for (const { peer, addresses } of members())
      if (!known.has(peer)) known.set(peer, { peer, isHolder: false, told: addresses });
    if (from !== undefined) for (const peer of known.keys()) if (peer !== from) known.delete(peer);
    this.#known = known;
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

  /** Who asks here is a neighbour already, and may have something. */
  #askBack(signal: AbortSignal): void {
    const { swarm, clock } = this.#options;
    const now = clock.monotonic();
    for (const [peer, at] of this.#askedBack) if (now - at >= ASK_BACK_MS) this.#askedBack.delete(peer);
    for (const peer of swarm.mesh.neighbours.keys()) {
      const isOpen = !swarm.isAsked(peer) && !this.#dialling.has(peer) && !this.#askedBack.has(peer);
      if (!isOpen || !this.#known.has(peer) || this.#passed.isRefused(peer)) continue;
      this.#askedBack.set(peer, now);
      void this.#dial(peer, signal);
    }
  }

  #letMeshChoose(): void {
    const { swarm, random } = this.#options;
    const { mesh } = swarm;
    const sources = [...this.#known.values()];
    // Who only asks gives nothing.
    const isIdle = (peer: PeerId) => !swarm.isAsked(peer) && !this.#dialling.has(peer);
    const idle = [...mesh.neighbours.keys()].filter(isIdle).length;
    const areThereMembers = sources.some(({ isHolder }) => !isHolder);
    mesh.want(idle + wantedNeighbours(swarm.spread.leaves, areThereMembers));
    // One who has all comes first: the others may lack what he has.
    const hasWhole = swarm.spread.wholes > 0 || [...this.#dialling].some((peer) => this.#holders.has(peer));
    const holders = hasWhole ? [] : sources.filter(({ isHolder }) => isHolder);
    drawn(holders, MOST_HEARD, random).some(({ peer }) => mesh.need(peer, swarm.sources === 0));
    mesh.heardOf(drawn(sources, MOST_HEARD, random).map(({ peer }) => peer));
    mesh.tick();
  }

  async #dial(peer: PeerId, signal: AbortSignal): Promise<void> {
    const { sources, swarm, clock, onLink } = this.#options;
    const { isHolder, told } = this.#known.get(peer) ?? { isHolder: false, told: [] };
    this.#dialling.add(peer);
    if (isHolder) this.#holders.add(peer);
    try {
      if (!this.#mayAsk(peer)) return swarm.mesh.shun(peer);
      const link = await sources.connect(peer, signal, told);
      if (signal.aborted) return;
      this.#lastSource = clock.monotonic();
      onLink(link, isHolder);
    } catch (error) {
      if (!signal.aborted) this.#passOver(peer, asPeerdexError(error));
    } finally {
      this.#dialling.delete(peer);
      // Of one that is connected by now the mesh takes no notice of this.
      swarm.mesh.failed(peer);
      this.#wakeup.wake();
    }
  }

  #mayAsk(peer: PeerId): boolean {
    const { from } = this.#options;
    return from === undefined || peer === from;
  }

  #passOver(peer: PeerId, error: PeerdexError): void {
    const { log, sources, content, swarm, onPassedOver } = this.#options;
    const isHolder = this.#holders.has(peer);
    // A member that has nothing now may have something later; who lied is not asked again.
    const retry = error.retry || (!isHolder && error.code !== 'verification');
    if (!retry) swarm.mesh.shun(peer);
    const passed = { peer, error, retry };
    const { isNews, isTold } = this.#passed.note(passed, isHolder || !retry);
    const text = `passed over ${sources.nameOf(peer)}: ${error.message}`;
    if (isTold) {
      log.warn(text, { event: 'source-passed-over', peer, content });
      onPassedOver(passed);
    } else if (isNews) log.debug(text, { peer, content });
    this.#wakeup.wake();
  }

  #giveUpIfHopeless(): void {
    if (this.#dialling.size > 0) return;
    const silent = this.#options.clock.monotonic() - this.#lastSource;
    const known = [...this.#known.values()];
    // Members that are listed somewhere may come: their lists have an end.
    if (known.some(({ peer, isHolder }) => !isHolder && !this.#passed.isRefused(peer))) return;
    // A holder whose file changed lists it no longer, so that those who were tried count as well.
    const all = [...this.#known.keys(), ...this.#passed.peers];
    const refused = all.length > 0 && all.every((peer) => this.#passed.isRefused(peer));
    if (!refused && silent < SOURCELESS_MS) return;
    const { errors } = this.#passed;
    const lied = errors.length > 0 && errors.every(({ code }) => code === 'verification');
    throw new PeerdexError(lied ? 'verification' : 'failed', this.reason, {
      cause: errors[0],
      retry: true,
      hint: 'what was fetched is kept: resume the job, or run the same command again, when a holder is back',
    });
  }
}
