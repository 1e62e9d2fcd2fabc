import { parseSize } from '../units.ts';
import { define, defineMany } from './definition.ts';
import { between, secondsBetween, whole } from './values.ts';

const count = (environment: string, key: string, what: string) =>
  define({ environment, key, read: (text) => whole(text, 1, 1_000_000, what) });

const size = (environment: string, key: string, least: number, most: number, what: string) =>
  define({ environment, key, read: (text) => between(parseSize(text), least, most, what) });

const time = (environment: string, key: string, what: string) =>
  define({ environment, key, read: (text) => secondsBetween(text, 1, 3600, what) });

/** What others may take of a daemon. Without flags: who needs others than the usual ones writes them down. */
export const LIMIT_SETTINGS = {
  maxConnections: count('PEERDEX_MAX_CONNECTIONS', 'maxConnections', 'a number of connections'),
  maxConnectionsPerAddress: count(
    'PEERDEX_MAX_CONNECTIONS_PER_ADDRESS',
    'maxConnectionsPerAddress',
    'a number of connections',
  ),
  maxHandshakes: count('PEERDEX_MAX_HANDSHAKES', 'maxHandshakes', 'a number of handshakes a second'),
  maxHandshakesPerAddress: count(
    'PEERDEX_MAX_HANDSHAKES_PER_ADDRESS',
    'maxHandshakesPerAddress',
    'a number of handshakes a second',
  ),
  // A request for a file has a path of up to 12 KiB, and a list of revocations is up to 1 MiB long: less would refuse peerdex itself.
  maxHeaders: size('PEERDEX_MAX_HEADERS', 'maxHeaders', 16 * 1024, 2 ** 20, 'a size of headers'),
  maxBody: size('PEERDEX_MAX_BODY', 'maxBody', 2 ** 20, 2 ** 26, 'a size of request bodies'),
  headerTime: time('PEERDEX_HEADER_TIME', 'headerTime', 'a time for headers'),
  bodyTime: time('PEERDEX_BODY_TIME', 'bodyTime', 'a time for request bodies'),
  maxEntries: define({
    environment: 'PEERDEX_MAX_ENTRIES',
    key: 'maxEntries',
    read: (text) => whole(text, 1, 1_000_000_000, 'a number of entries'),
  }),
  indexPeers: count('PEERDEX_INDEX_PEERS', 'indexPeers', 'a number of peers'),
  indexFollow: defineMany({ environment: 'PEERDEX_INDEX_FOLLOW', key: 'indexFollow', read: (text) => text }),
  maxIndex: size('PEERDEX_MAX_INDEX', 'maxIndex', 4096, 2 ** 40, 'a size of an index'),
} as const;
