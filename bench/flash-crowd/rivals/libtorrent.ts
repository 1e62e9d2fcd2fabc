import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { CrowdContender } from '../race.ts';
import { startTorrents, type TorrentClient } from './bit-torrent.ts';

/** The Python of the system, to which Debian's package belongs. */
const PYTHON = '/usr/bin/python3';

const client: TorrentClient = {
  ready: /^ready/,
  done: /^done/,
  command: (torrent, folder, address, seeds) => [
    ...[PYTHON, path.join(import.meta.dirname, 'libtorrent-client.py')],
    ...[torrent, folder, address, seeds ? 'seed' : 'fetch'],
  ],
};

/** Its version; undefined where it is not installed. */
export function libtorrentVersion(): string | undefined {
  const { status, stdout } = spawnSync(PYTHON, ['-c', 'import libtorrent; print(libtorrent.__version__)'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

export const libtorrentCrowd = (version: string): CrowdContender => ({
  name: 'libtorrent',
  version: `libtorrent ${version}`,
  promises: 'verified (SHA-1), not flushed',
  start: (crowd, hosts, source, folder) => startTorrents(client, crowd, hosts, source, folder),
});
