import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduledRate } from '../../src/app/scheduled-rate.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { PeerId } from '../../src/core/ids.ts';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { PeerLimiters } from '../../src/core/peer-limiters.ts';
import { RateLimiter } from '../../src/core/rate-limiter.ts';
import { SwarmPeer } from '../../test/harness/swarm-peer.ts';
import { type Deviation, Ledger } from './ledger.ts';
import { makeSample } from './sample.ts';

/** Which limit is looked at: of one that serves or of one that fetches, for all or for each peer, or one that the schedule brings. */
export const KINDS = ['up', 'down', 'up, each', 'down, each', 'up, scheduled', 'down, scheduled'] as const;

export interface RateCase {
  readonly kind: (typeof KINDS)[number];
  /** Bytes a second. */
  readonly rate: number;
  /** Peers at the other side of the limited one. */
  readonly others: number;
  readonly isTls: boolean;
}

/** Windows of this length, none of which begins in the first so many milliseconds. */
const WINDOW_MS = 2000;
const WARM_MS = 2000;
const MEASURED_MS = 4000;
/** What the schedule's rate is before its period begins, and how soon after that it has to hold. */
const BEFORE = 4;
const CHANGE_MS = 1000;

/** How exact one limit is: real sockets, all ends in this process, files of zeros that are fetched to disk. */
export async function measure(one: RateCase): Promise<Deviation> {
  const { rate, others, isTls } = one;
  const isUp = one.kind.startsWith('up');
  const isEach = one.kind.endsWith('each');
  const isScheduled = one.kind.endsWith('scheduled');
  const folder = await mkdtemp(join(tmpdir(), 'peerdex-rates-'));
  const peers: SwarmPeer[] = [];
  try {
    for (let n = 0; n <= others; n += 1)
      peers.push(await (isTls ? SwarmPeer.startWithTls() : SwarmPeer.start(n)));
    const [limited, ...far] = peers as [SwarmPeer, ...SwarmPeer[]];
    const readers = isUp ? far : [limited];
    const sources = isUp ? [limited] : far;
    const ledger = new Ledger();
    for (const reader of readers) {
      const each = isEach && !isUp ? rate : undefined;
      reader.downOf = countedParts(reader.downLimiter, each, (from, bytes) =>
        ledger.add(isEach ? `${reader.id} ${from}` : 'all', bytes),
      );
    }
    const limiter = isUp ? limited.upLimiter : limited.downLimiter;
    if (isUp && isEach) {
      const parts = new PeerLimiters(systemClock, limiter, rate);
      limited.upOf = (peer) => parts.of(peer);
      limited.uploads.isHeldBack = (peer) => parts.holdsBack(peer);
    } else if (!isEach) limiter.rate = rate * (isScheduled ? BEFORE : 1);
    const seconds = 3 + (2 * WARM_MS + MEASURED_MS) / 1000;
    const bytes = rate * seconds * (isEach ? others : 1) * (isScheduled ? BEFORE : 1);
    const stop = new AbortController();
    const fetches = readers.map(async (reader, n) => {
      // Of another size for each, so that they are no swarm.
      const sample = await makeSample(folder, Math.ceil(bytes / LEAF_BYTES) + 16 + n);
      for (const source of sources) sample.hold(source);
      reader.knows(...sources);
      await reader.fetch(sample.content, sample.size, 'got').run(stop.signal);
      throw new Error('the file was too small');
    });
    const ended = Promise.all(
      fetches.map((fetch) => fetch.catch((error) => stop.signal.aborted || Promise.reject(error))),
    );
    const measured = async () => {
      while (ledger.count < (isEach ? others : 1)) await sleep(10);
      await sleep(WARM_MS);
      let from = performance.now();
      const schedule = isScheduled ? scheduleFromNow(limiter, rate) : undefined;
      if (schedule) from += CHANGE_MS;
      await sleep(from + MEASURED_MS - performance.now());
      schedule?.stop();
      return ledger.worst(rate, WINDOW_MS, from, from + MEASURED_MS);
    };
    const deviation = await Promise.race([
      measured(),
      ended.then(() => Promise.reject(new Error('it ended early'))),
    ]);
    stop.abort();
    await ended;
    return deviation;
  } finally {
    for (const peer of peers) await peer[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Parts of a limit, one for each peer, that say what is drawn from them. */
function countedParts(
  all: RateLimiter,
  each: number | undefined,
  count: (peer: PeerId, bytes: number) => void,
): (peer: PeerId) => RateLimiter {
  const parts = new Map<PeerId, RateLimiter>();
  return (peer) => {
    const known = parts.get(peer);
    if (known) return known;
    const part = new RateLimiter(systemClock, each, all);
    const spend = part.spend.bind(part);
    part.spend = (bytes) => {
      count(peer, bytes);
      spend(bytes);
    };
    parts.set(peer, part);
    return part;
  };
}

/** A schedule whose period with this rate begins in some milliseconds, by a clock that is set so. */
function scheduleFromNow(limiter: RateLimiter, rate: number): ScheduledRate {
  const noon = new Date(2026, 0, 5, 12).getTime();
  const offset = noon - 50 - Date.now();
  const clock: Clock = { ...systemClock, now: () => Date.now() + offset };
  return new ScheduledRate(clock, limiter, [{ days: 127, from: 12 * 60, to: 13 * 60, rate }]);
}
