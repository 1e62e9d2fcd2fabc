import { parseRate } from '../units.ts';
import { define, defineMany } from './definition.ts';
import { readRatePeriod } from './rate-period.ts';

const read = (text: string) => parseRate(text);

/** How fast a peer sends and fetches. */
export const RATE_SETTINGS = {
  upLimit: define({ flag: '--up-limit', environment: 'PEERDEX_UP_LIMIT', key: 'upLimit', read }),
  downLimit: define({ flag: '--down-limit', environment: 'PEERDEX_DOWN_LIMIT', key: 'downLimit', read }),
  upLimitPerPeer: define({ environment: 'PEERDEX_UP_LIMIT_PER_PEER', key: 'upLimitPerPeer', read }),
  downLimitPerPeer: define({ environment: 'PEERDEX_DOWN_LIMIT_PER_PEER', key: 'downLimitPerPeer', read }),
  upSchedule: defineMany({ environment: 'PEERDEX_UP_SCHEDULE', key: 'upSchedule', read: readRatePeriod }),
  downSchedule: defineMany({
    environment: 'PEERDEX_DOWN_SCHEDULE',
    key: 'downSchedule',
    read: readRatePeriod,
  }),
} as const;
