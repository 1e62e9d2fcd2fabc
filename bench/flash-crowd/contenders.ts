import type { NetworkMode } from '../../src/core/join-link.ts';
import { isInstalled } from '../tools.ts';
import type { CrowdContender } from './race.ts';
import { aria2Crowd } from './rivals/aria2.ts';
import { libtorrentCrowd, libtorrentVersion } from './rivals/libtorrent.ts';
import { nginxCurlCrowd } from './rivals/nginx-curl.ts';
import { peerdexCrowd } from './rivals/peerdex.ts';

/** peerdex in each mode, and the rivals that are installed; says on standard error which are not. */
export function crowdContenders(version: string, modes: readonly NetworkMode[]): CrowdContender[] {
  const libtorrent = libtorrentVersion();
  const rivals = [
    { debian: 'aria2', contender: isInstalled('aria2c') ? aria2Crowd() : undefined },
    { debian: 'python3-libtorrent', contender: libtorrent ? libtorrentCrowd(libtorrent) : undefined },
    {
      debian: 'nginx and curl',
      contender: isInstalled('nginx') && isInstalled('curl') ? nginxCurlCrowd() : undefined,
    },
  ];
  for (const { debian, contender } of rivals) {
    if (!contender) process.stderr.write(`without ${debian}: not installed, Debian has packages\n`);
  }
  return [
    ...modes.map((mode) => peerdexCrowd(version, mode)),
    ...rivals.flatMap(({ contender }) => contender ?? []),
  ];
}
