import type { Clock } from '../../core/clock.ts';
import type { IndexHead } from '../../core/entry.ts';
import type { PeerdexError } from '../../core/errors.ts';
import type { IndexId, PeerId } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import { jitter, type Random } from '../../core/random.ts';
import type { LogFollower } from '../../index/follow-log.ts';

/** A peer whose log is followed, and how patient one is with it. */
export interface Followed {
  readonly id: PeerId;
  readonly follower: LogFollower;
  /** Settles when it was asked for the first time, or given up. */
  readonly asked: PromiseWithResolvers<void>;
  isAsked: boolean;
  state: 'idle' | 'queued' | 'pulling';
  /** In a row. */
  failures: number;
  /** Refusals ever: being away or a good page in between makes nobody trusted again. */
  refusals: number;
  /** What was said of it in a warning already. */
  readonly warned: Set<string>;
  /** Why it is not followed, where the last pull that came to an end was a refusal. A sentence. */
  refused?: string | undefined;
  /** On the monotonic clock: not to be asked before. */
  restUntil: number;
  /** Since the log was last followed to its end: how often it began anew, and how many records it told. */
  restarts: number;
  taken: number;
  /** What other peers than the registry say of its head. */
  heard?: IndexHead | undefined;
  /** The log that the registry named when the owner itself had another one already. */
  staleIndex?: IndexId | undefined;
  pull: Promise<void>;
}

export function makeFollowed(id: PeerId, follower: LogFollower): Followed {
  return {
    ...{ id, follower, asked: Promise.withResolvers<void>(), isAsked: false, state: 'idle' },
    ...{ failures: 0, refusals: 0, warned: new Set(), restUntil: 0 },
    ...{ restarts: 0, taken: 0, pull: Promise.resolve() },
  };
}

/** A page that is forged, or too much of a log: the peer itself is at fault and not the line to it. */
const isRefusal = ({ code, retry }: PeerdexError): boolean =>
  code === 'verification' || (code === 'limit' && !retry);

/** Notes that the log was followed to its end, and whether that was where its head is. */
export function noteSuccess(followed: Followed, reachedHead: boolean): void {
  followed.failures = reachedHead ? 0 : followed.failures + 1;
  followed.refused = undefined;
}

/**
 * Notes that a pull failed. A refusal is a warning once for each peer and cause, and the peer is left alone for a minute, doubling to an
 * hour; all else is for who looks for it, and `waitFor` says when to try again, but not before the time that the peer named itself.
 */
export function noteFailure(
  followed: Followed,
  name: string,
  error: PeerdexError,
  { clock, random, log }: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): void {
  const { code, message, retryAfterMs = 0 } = error;
  const refused = isRefusal(error);
  const say = refused && !followed.warned.has(code) ? 'warn' : 'debug';
  const sentence = `cannot follow the index of ${name}: ${message}`;
  log[say](sentence, {
    event: 'index-not-followed',
    peer: followed.id,
    code,
  });
  followed.failures += 1;
  followed.restarts = 0;
  followed.taken = 0;
  if (refused) {
    followed.warned.add(code);
    followed.refusals += 1;
    followed.refused = sentence;
  }
  const rest = refused ? doubling(FIRST_REST_MS, followed.refusals, MAX_REST_MS) : retryAfterMs * 1.25;
  followed.restUntil = Math.max(followed.restUntil, clock.monotonic() + jitter(random, rest, 0.2));
}

/** Milliseconds until it is tried again after its failures. */
export const waitFor = ({ failures }: Followed, random: Random): number =>
  jitter(random, doubling(FIRST_WAIT_MS, failures, MAX_WAIT_MS), 0.2);

/** Milliseconds that it still is to be left alone; 0 or less for none. */
export const restLeft = (followed: Followed, clock: Clock): number => followed.restUntil - clock.monotonic();

/** The newest head that is told of it: the registry's unless that is known to be over, or what others say of the same log. */
export function headOf({ heard, staleIndex }: Followed, told: IndexHead | undefined): IndexHead | undefined {
  const head = told?.index === staleIndex ? undefined : told;
  if (!heard || (head && (head.index !== heard.index || head.seq >= heard.seq))) return head;
  return heard;
}

const doubling = (first: number, times: number, most: number): number =>
  Math.min(most, first * 2 ** (times - 1));

const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
const FIRST_REST_MS = 60_000;
const MAX_REST_MS = 3600 * 1000;
