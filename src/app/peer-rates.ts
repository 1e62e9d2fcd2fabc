import type { Clock } from '../core/clock.ts';
import { PeerLimiters } from '../core/peer-limiters.ts';
import { RateLimiter } from '../core/rate-limiter.ts';
import type { PeerConfig } from './config.ts';
import { ScheduledRate } from './scheduled-rate.ts';

/** How fast bytes may go. */
export interface PeerRates {
  /** For all uploads and all downloads together; each follows its schedule, until somebody sets it. */
  readonly up: ScheduledRate;
  readonly down: ScheduledRate;
  /** What each peer may have of the uploads. */
  readonly upOf: PeerLimiters;
  /** What may come from each peer of the downloads. */
  readonly downOf: PeerLimiters;
}

export type RateConfig = Pick<
  PeerConfig,
  'upLimit' | 'downLimit' | 'upLimitPerPeer' | 'downLimitPerPeer' | 'upSchedule' | 'downSchedule'
>;

export function makeRates(clock: Clock, config: RateConfig): PeerRates {
  const up = new ScheduledRate(clock, new RateLimiter(clock, config.upLimit), config.upSchedule ?? []);
  const down = new ScheduledRate(clock, new RateLimiter(clock, config.downLimit), config.downSchedule ?? []);
  return {
    up,
    down,
    upOf: new PeerLimiters(clock, up.limiter, config.upLimitPerPeer),
    downOf: new PeerLimiters(clock, down.limiter, config.downLimitPerPeer),
  };
}
