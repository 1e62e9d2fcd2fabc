import { statSync } from 'node:fs';
import {
  DEFAULT_DASHBOARD_PORT,
  DEFAULT_PEER_PORT,
  DEFAULT_SHUTDOWN_SECONDS,
  type PeerConfig,
} from '../../app/config.ts';
import { rememberedLink } from '../../app/remembered-link.ts';
import type { Address } from '../../core/address.ts';
import { PeerdexError } from '../../core/errors.ts';
import { type JoinLink, parseJoinLink } from '../../core/join-link.ts';
import { type Invocation, sourcesOf } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { readSettings, type SettingValues } from '../settings.ts';
import { INDEX_LIMITS, indexLimits, PORT_LIMITS, portLimits } from './limit-settings.ts';

const DEFAULT_SCAN_SECONDS = 30;
const DEFAULT_MEMORY_BYTES = 256 * 2 ** 20;
export const DEFAULT_LINGER_SECONDS = 600;

/** What a peer needs and nobody has to say. */
export const peerDefaults = () => ({
  scanSeconds: DEFAULT_SCAN_SECONDS,
  memoryBytes: DEFAULT_MEMORY_BYTES,
  lingerSeconds: DEFAULT_LINGER_SECONDS,
});

/**
 * The settings of a peer on `data` that shares `folders` besides those it remembers; all but its log, frozen. Throws `usage` and,
 * for a folder that is not there, `not-found`.
 */
export function peerSettings(
  invocation: Invocation,
  data: string,
  folders: readonly string[],
): Omit<PeerConfig, 'log'> {
  const said = readSettings(
    [
      'join',
      'listen',
      'advertise',
      'name',
      'downloads',
      'scanInterval',
      'watch',
      'stillTime',
      'verifyLimit',
      'upLimit',
      'downLimit',
      'upLimitPerPeer',
      'downLimitPerPeer',
      'upSchedule',
      'downSchedule',
      'csv',
      'memory',
      'linger',
      'linkHttp',
      'tlsCert',
      'tlsKey',
      'plaintext',
      'metrics',
      'dashboard',
      'shutdownTime',
      ...PORT_LIMITS,
      ...INDEX_LIMITS,
      'indexPeers',
      'indexFollow',
    ],
    sourcesOf(invocation, data),
  );
  const defaults = peerDefaults();
  const link = said.join ?? rememberedLink(data);
  return Object.freeze({
    data,
    shares: folders.map((folder) => existingFolder(operandPath(folder, invocation.cwd))),
    join: link === undefined ? undefined : checkMode(parseJoinLink(link), said.plaintext),
    listen: said.listen ?? { host: '', port: DEFAULT_PEER_PORT },
    advertise: said.advertise ?? [],
    name: said.name,
    downloads: said.downloads,
    scanSeconds: said.scanInterval ?? defaults.scanSeconds,
    watch: said.watch,
    stillSeconds: said.stillTime,
    verifyRate: said.verifyLimit ?? undefined,
    upLimit: said.upLimit ?? undefined,
    downLimit: said.downLimit ?? undefined,
    upLimitPerPeer: said.upLimitPerPeer ?? undefined,
    downLimitPerPeer: said.downLimitPerPeer ?? undefined,
    upSchedule: said.upSchedule,
    downSchedule: said.downSchedule,
    csv: said.csv,
    memoryBytes: said.memory ?? defaults.memoryBytes,
    lingerSeconds: said.linger ?? defaults.lingerSeconds,
    linkListen: said.linkHttp,
    linkCertificate: certificateFiles(said),
    limits: portLimits(said),
    indexLimits: indexLimits(said),
    indexPeers: said.indexPeers,
    indexFollow: said.indexFollow,
    metrics: said.metrics,
    dashboard: dashboardConfig(said.dashboard),
    shutdownSeconds: said.shutdownTime ?? DEFAULT_SHUTDOWN_SECONDS,
  });
}

/** `--plaintext` asks for a plaintext network, `PEERDEX_PLAINTEXT=false` for another one. */
function checkMode(link: JoinLink, plaintext: boolean | undefined): JoinLink {
  if (plaintext === undefined || (link.mode === 'plaintext') === plaintext) return link;
  throw new PeerdexError('usage', `the join link is of a ${link.mode} network`, {
    hint: plaintext ? 'leave --plaintext out' : 'allow it with --plaintext',
  });
}

/** On by default, on this machine only. */
function dashboardConfig(said: Address | null | undefined): PeerConfig['dashboard'] {
  if (said === null) return undefined;
  return said
    ? { listen: said }
    : { listen: { host: '127.0.0.1', port: DEFAULT_DASHBOARD_PORT }, orFree: true };
}

/** A real certificate stands at the listener for links: members know this peer by its own key. */
function certificateFiles({
  linkHttp,
  tlsCert,
  tlsKey,
}: SettingValues<'linkHttp' | 'tlsCert' | 'tlsKey'>): PeerConfig['linkCertificate'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    const [there, missing] = tlsKey === undefined ? ['--tls-cert', '--tls-key'] : ['--tls-key', '--tls-cert'];
    throw new PeerdexError('usage', `${there} goes with ${missing}: a certificate needs its key`);
  }
  if (linkHttp === undefined) {
    throw new PeerdexError(
      'usage',
      '--tls-cert and --tls-key go with --link-http: they are for the listener for links',
      {
        hint: 'for example --link-http :8443',
      },
    );
  }
  return { chain: tlsCert, key: tlsKey };
}

function existingFolder(folder: string): string {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return folder;
  const problem = stat ? 'is not a folder' : 'does not exist';
  throw new PeerdexError(stat ? 'usage' : 'not-found', `cannot share ${folder}: it ${problem}`);
}
