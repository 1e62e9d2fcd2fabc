import { versionOf } from '../../tools.ts';
import type { CrowdContender } from '../race.ts';
import { startTorrents, type TorrentClient } from './bit-torrent.ts';

/** Nothing but the tracker, asked every second; no encryption, no limit of peers, a cache before the disk; the seed gives without checking again. */
const client: TorrentClient = {
  // The hook prints the id of the download, the number of files, and the path.
  done: /^[0-9a-f]{16} 1 \//,
  command: (torrent, folder, address, seeds) => [
    ...['aria2c', '--no-conf', '--summary-interval=0', '--on-bt-download-complete=/bin/echo'],
    ...['--enable-dht=false', '--bt-enable-lpd=false', '--bt-require-crypto=false', '--bt-max-peers=0'],
    ...['--bt-min-crypto-level=plain', '--bt-tracker-interval=1', '--seed-ratio=0.0'],
    ...[
      '--file-allocation=none',
      '--disk-cache=64M',
      '--listen-port=6881',
      `--interface=${address}`,
      '--disable-ipv6',
    ],
    ...['--dir', folder, ...(seeds ? ['--bt-seed-unverified=true'] : []), torrent],
  ],
};

export const aria2Crowd = (): CrowdContender => ({
  name: 'aria2, BitTorrent',
  version: `aria2 ${versionOf('aria2c')}`,
  promises: 'verified (SHA-1), not flushed',
  start: (crowd, hosts, source, folder) => startTorrents(client, crowd, hosts, source, folder),
});
