import { statSync } from 'node:fs';
import { DEFAULT_PEER_PORT, type PeerConfig } from '../../app/config.ts';
import { rememberedLink } from '../../app/remembered-link.ts';
import { PeerdexError } from '../../core/errors.ts';
import { parseJoinLink } from '../../core/join-link.ts';
import { type Invocation, sourcesOf } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { readSettings } from '../settings.ts';

const DEFAULT_SCAN_SECONDS = 30;
const DEFAULT_MEMORY_BYTES = 64 * 2 ** 20;

/** What a peer needs and nobody has to say. */
export const peerDefaults = () => ({ scanSeconds: DEFAULT_SCAN_SECONDS, memoryBytes: DEFAULT_MEMORY_BYTES });

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
      'upLimit',
      'downLimit',
      'csv',
      'memory',
      'plaintext',
    ],
    sourcesOf(invocation, data),
  );
  const defaults = peerDefaults();
  const link = said.join ?? rememberedLink(data);
  return Object.freeze({
    data,
    shares: folders.map((folder) => existingFolder(operandPath(folder, invocation.cwd))),
    join: link === undefined ? undefined : parseJoinLink(link),
    listen: said.listen ?? { host: '', port: DEFAULT_PEER_PORT },
    advertise: said.advertise ?? [],
    name: said.name,
    downloads: said.downloads,
    scanSeconds: said.scanInterval ?? defaults.scanSeconds,
    upLimit: said.upLimit ?? undefined,
    downLimit: said.downLimit ?? undefined,
    csv: said.csv,
    memoryBytes: said.memory ?? defaults.memoryBytes,
  });
}

function existingFolder(folder: string): string {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return folder;
  const problem = stat ? 'is not a folder' : 'does not exist';
  throw new PeerdexError(stat ? 'usage' : 'not-found', `cannot share ${folder}: it ${problem}`);
}
