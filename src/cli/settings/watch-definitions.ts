import { DEFAULT_DASHBOARD_PORT } from '../../app/config.ts';
import { type Address, parseAddress } from '../../core/address.ts';
import { define } from './definition.ts';
import { secondsBetween } from './values.ts';

/** What those who run a daemon for others set. */
export const WATCH_SETTINGS = {
  metrics: define({
    flag: '--metrics',
    environment: 'PEERDEX_METRICS',
    key: 'metrics',
    read: (text) => parseAddress(text),
  }),
  dashboard: define({
    flag: '--dashboard',
    environment: 'PEERDEX_DASHBOARD',
    key: 'dashboard',
    read: readDashboard,
  }),
  shutdownTime: define({
    environment: 'PEERDEX_SHUTDOWN_TIME',
    key: 'shutdownTime',
    read: (text) => secondsBetween(text, 0, 3600, 'a time to end'),
  }),
} as const;

/** Null: none is wanted. */
function readDashboard(text: string): Address | null {
  if (text === 'off') return null;
  const address = parseAddress(text, DEFAULT_DASHBOARD_PORT);
  // Whoever names a port only does not mean the whole network.
  return text.startsWith(':') || /^\d+$/.test(text) ? { ...address, host: '127.0.0.1' } : address;
}
