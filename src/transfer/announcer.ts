import type { Clock } from '../core/clock.ts';
import { asPeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import { type Random, randomInt } from '../core/random.ts';
import { rendezvous } from '../core/rendezvous.ts';
import type { Wakeup } from '../core/wakeup.ts';

/** How a peer reaches those who know who is in a swarm. */
export interface SwarmDirectory {
  /** Active peers without this one. */
  active(): readonly PeerId[];
  /** Asks this peer for members of the swarm and enters this one in its list. Throws `unavailable`. */
  seek(peer: PeerId, content: ContentId, signal: AbortSignal): Promise<void>;
}

export interface AnnouncerParts {
  readonly self: PeerId;
  readonly swarms: SwarmDirectory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Between two rounds: soon again at first, while a swarm gathers, then often enough to stay in the lists. */
const WAITS_MS = [2_000, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 240_000] as const;

export interface AnnounceOptions {
  /** Members that are connected: one of them is asked each time as well. */
  readonly neighbours: () => readonly PeerId[];
  /** Woken when members are needed: the next round begins at once. */
  readonly wakeup: Wakeup;
  /** Milliseconds before the first round. */
  readonly after?: number;
}

/**
 * Enters this peer in the swarm's lists, at the content's rendezvous peers, and asks them who else is in it; again and again until
 * the signal aborts. What they answer goes to the members' book. Resolves then.
 */
export async function announce(
  content: ContentId,
  parts: AnnouncerParts,
  { neighbours, wakeup, after = 0 }: AnnounceOptions,
  signal: AbortSignal,
): Promise<void> {
  const { self, swarms, clock, random, log } = parts;
  const ask = async (peer: PeerId): Promise<void> => {
    try {
      await swarms.seek(peer, content, signal);
    } catch (error) {
      if (!signal.aborted) log.debug(`asked in vain for a swarm: ${asPeerdexError(error).message}`, { peer });
    }
  };
  try {
    if (after > 0) await wakeup.wait(clock, after, signal);
    for (let round = 0; !signal.aborted; round += 1) {
      const keepers = rendezvous(content, [...swarms.active(), self]).filter((peer) => peer !== self);
      const others = neighbours().filter((peer) => !keepers.includes(peer) && peer !== self);
      const one = others.length > 0 ? [others[randomInt(random, others.length)]!] : [];
      await Promise.all([...keepers, ...one].map(ask));
      await wakeup.wait(clock, WAITS_MS[Math.min(round, WAITS_MS.length - 1)]!, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
