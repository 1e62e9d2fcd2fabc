import { parseAddress } from '../../core/address.ts';
import { parseSeconds } from '../units.ts';
import { define } from './definition.ts';
import { between } from './values.ts';

/** What those who run a daemon for others set. */
export const WATCH_SETTINGS = {
  metrics: define({
    flag: '--metrics',
    environment: 'PEERDEX_METRICS',
    key: 'metrics',
    read: (text) => parseAddress(text),
  }),
  shutdownTime: define({
    environment: 'PEERDEX_SHUTDOWN_TIME',
    key: 'shutdownTime',
    read: (text) => between(parseSeconds(text), 0, 3600, 'a time to end'),
  }),
} as const;
