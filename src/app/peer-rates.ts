import type { Clock } from '../core/clock.ts';
import { PeerLimiters } from '../core/peer-limiters.ts';
import { RateLimiter } from '../core/rate-limiter.ts';
import type { PeerConfig } from './config.ts';
import { ScheduledRate } from './scheduled-rate.ts';

/** How fast bytes may go in one direction. */
export interface Rate {
  /** For all together. */
  readonly all: RateLimiter;
  /** For each peer, within that. */
  readonly each: PeerLimiters;
  /** Follows the schedule, until somebody sets it. */
  readonly scheduled: ScheduledRate;
}

export type RateConfig = Pick<
  PeerConfig,
  'upLimit' | 'downLimit' | 'upLimitPerPeer' | 'downLimitPerPeer' | 'upSchedule' | 'downSchedule'
>;

export function makeRates(clock: Clock, config: RateConfig): { readonly up: Rate; readonly down: Rate } {
  return {
    up: makeRate(clock, config.upLimit, config.upLimitPerPeer, config.upSchedule),
    down: makeRate(clock, config.downLimit, config.downLimitPerPeer, config.downSchedule),
  };
}

function makeRate(
  clock: Clock,
  usual: number | undefined,
  perPeer: number | undefined,
  schedule: PeerConfig['upSchedule'] = [],
): Rate {
  const all = new RateLimiter(clock, usual);
  return {
    all,
    each: new PeerLimiters(clock, all, perPeer),
    scheduled: new ScheduledRate(clock, all, schedule),
  };
}
