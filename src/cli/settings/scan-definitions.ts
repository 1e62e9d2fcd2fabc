import { parseRate } from '../units.ts';
import { define } from './definition.ts';
import { readBoolean, secondsBetween } from './values.ts';

/** How a peer looks at what it shares. */
export const SCAN_SETTINGS = {
  scanInterval: define({
    flag: '--scan-interval',
    environment: 'PEERDEX_SCAN_INTERVAL',
    key: 'scanInterval',
    read: (text) => secondsBetween(text, 0.1, 86400, 'a scan interval'),
  }),
  watch: define({ environment: 'PEERDEX_WATCH', key: 'watch', read: readBoolean }),
  stillTime: define({
    environment: 'PEERDEX_STILL_TIME',
    key: 'stillTime',
    read: (text) => secondsBetween(text, 0, 60, 'a time for which files must be left alone'),
  }),
  verifyLimit: define({
    environment: 'PEERDEX_VERIFY_LIMIT',
    key: 'verifyLimit',
    read: (text) => parseRate(text),
  }),
} as const;
