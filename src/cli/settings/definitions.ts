import { LEAST_MEMORY } from '../../app/buffer-memory.ts';
import { parseAddress } from '../../core/address.ts';
import { parseSize } from '../units.ts';
import { DATA_SETTING } from './data-setting.ts';
import { define, defineMany } from './definition.ts';
import { LIMIT_SETTINGS } from './limit-definitions.ts';
import { RATE_SETTINGS } from './rate-definitions.ts';
import { SCAN_SETTINGS } from './scan-definitions.ts';
import {
  between,
  folderPath,
  oneOf,
  readAdvertised,
  readBoolean,
  readName,
  readStore,
  secondsBetween,
  whole,
} from './values.ts';
import { WATCH_SETTINGS } from './watch-definitions.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export const LOG_FORMATS = ['text', 'json'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Every setting, said once. docs/configuration.md lists the same. */
export const SETTINGS = {
  data: DATA_SETTING,
  listen: define({
    flag: '--listen',
    environment: 'PEERDEX_LISTEN',
    key: 'listen',
    read: (text) => parseAddress(text),
  }),
  advertise: defineMany({
    flag: '--advertise',
    environment: 'PEERDEX_ADVERTISE',
    key: 'advertise',
    read: readAdvertised,
  }),
  name: define({ flag: '--name', environment: 'PEERDEX_NAME', key: 'name', read: readName }),
  join: define({ flag: '--join', environment: 'PEERDEX_JOIN', key: 'join', read: (text) => text }),
  downloads: define({
    flag: '--downloads',
    environment: 'PEERDEX_DOWNLOADS',
    key: 'downloads',
    read: folderPath,
  }),
  csv: define({ flag: '--csv', environment: 'PEERDEX_CSV', key: 'csv', read: folderPath }),
  ...SCAN_SETTINGS,
  ...RATE_SETTINGS,
  memory: define({
    environment: 'PEERDEX_MEMORY',
    key: 'memory',
    read: (text) => between(parseSize(text), LEAST_MEMORY, 2 ** 40, 'memory of a peer, in bytes,'),
  }),
  linger: define({
    flag: '--linger',
    environment: 'PEERDEX_LINGER',
    key: 'linger',
    read: (text) => secondsBetween(text, 0, 7 * 86400, 'a time to linger'),
  }),
  linkHttp: define({
    flag: '--link-http',
    environment: 'PEERDEX_LINK_HTTP',
    key: 'linkHttp',
    read: (text) => parseAddress(text),
  }),
  tlsCert: define({ flag: '--tls-cert', environment: 'PEERDEX_TLS_CERT', key: 'tlsCert', read: folderPath }),
  tlsKey: define({ flag: '--tls-key', environment: 'PEERDEX_TLS_KEY', key: 'tlsKey', read: folderPath }),
  lease: define({
    flag: '--lease',
    environment: 'PEERDEX_LEASE',
    key: 'lease',
    read: (text) => secondsBetween(text, 1, 86400, 'a lease'),
  }),
  maxPeers: define({
    environment: 'PEERDEX_MAX_PEERS',
    key: 'maxPeers',
    read: (text) => whole(text, 1, 1_000_000, 'a number of peers'),
  }),
  store: define({ flag: '--store', environment: 'PEERDEX_STORE', key: 'store', read: readStore }),
  plaintext: define({
    flag: '--plaintext',
    environment: 'PEERDEX_PLAINTEXT',
    key: 'plaintext',
    read: readBoolean,
  }),
  logLevel: define({
    flag: '--log-level',
    environment: 'PEERDEX_LOG_LEVEL',
    key: 'logLevel',
    read: (text) => oneOf(text, LOG_LEVELS),
  }),
  logFormat: define({
    flag: '--log-format',
    environment: 'PEERDEX_LOG_FORMAT',
    key: 'logFormat',
    read: (text) => oneOf(text, LOG_FORMATS),
  }),
  ...WATCH_SETTINGS,
  ...LIMIT_SETTINGS,
} as const;
