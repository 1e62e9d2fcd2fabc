import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '../../core/address.ts';
import type { PeerId } from '../../core/ids.ts';
import type { JoinLink } from '../../core/join-link.ts';
import type { Wire } from '../../network/wire/wire.ts';
import { type KeyFile, openKeyFile } from '../../storage/disk/key-file.ts';
import { bufferBytes } from '../buffer-memory.ts';
import { openWire } from '../open-wire.ts';
import { checkDatabase, readShares } from './database.ts';
import { type Check, type Finding, ok, runChecks, warn } from './finding.ts';
import { checkFolder, checkShares } from './folders.ts';
import { checkMemory, checkNode, checkOpenFiles, checkWatches } from './machine.ts';
import { checkFreePort, checkReached } from './port.ts';
import { checkRegistry } from './registry.ts';

export interface DoctorOptions {
  /** The data folder, absolute; whose it is. */
  readonly data: string;
  readonly kind: 'peer' | 'registry';
  /** The daemon that runs on it, as far as it answers; a registry does not tell who it is. */
  readonly running:
    | { readonly id?: PeerId; readonly address?: Address; readonly reason?: string | null }
    | undefined;
  readonly listen: Address;
  /** Of a peer. */
  readonly link: JoinLink | undefined;
  /** Absolute; of a peer. */
  readonly downloads: string;
  /** Most bytes of buffers. */
  readonly memoryBytes: number;
}

/** Looks at everything that a daemon on this data folder needs, whether it runs or not, and changes nothing. */
export async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const { data, kind, running, memoryBytes } = options;
  const pid = running ? pidOf(data) : 'self';
  const common: Record<string, Check> = {
    node: () => checkNode(),
    daemon: () => [daemonFinding(options)],
    data: () => checkFolder('data', 'the data folder', data),
    database: () => checkDatabase(kind, join(data, `${kind}.db`)),
    'open-files': () => checkOpenFiles(pid),
    memory: () => checkMemory(kind === 'peer' ? bufferBytes(memoryBytes) : 0),
  };
  return runChecks({ ...common, ...(kind === 'peer' ? peerChecks(options) : registryChecks(options)) });
}

function peerChecks({ data, running, listen, link, downloads }: DoctorOptions): Record<string, Check> {
  const database = join(data, 'peer.db');
  const wire = wireOf(data, link);
  return {
    downloads: () => checkFolder('downloads', 'the downloads folder', downloads),
    shares: () =>
      checkShares(
        readShares(database).shares.map(({ name, path, root, rotten }) => ({
          name,
          path,
          inode: root?.inode,
          rotten,
        })),
      ),
    watches: () => checkWatches(readShares(database).folders),
    registry: () => checkRegistry(link, wire),
    port: () =>
      running?.id !== undefined && running.address
        ? checkReached(running.id, running.address, link, wire)
        : checkFreePort(listen),
  };
}

function registryChecks({ running, listen }: DoctorOptions): Record<string, Check> {
  return running ? {} : { port: () => checkFreePort(listen) };
}

function daemonFinding({ running, kind, data }: DoctorOptions): Finding {
  const start = kind === 'peer' ? 'peerdex up' : 'peerdex registry';
  if (!running) return warn('daemon', `no ${kind} runs on ${data}`, `start it: \`${start}\``);
  if (running.reason)
    return warn(
      'daemon',
      `the ${kind} runs, and says: ${running.reason}`,
      'see what is said of the registry',
    );
  return ok('daemon', `the ${kind} runs`);
}

/** How this peer talks, or would talk: where it has no key yet, with one for this once. */
function wireOf(data: string, link: JoinLink | undefined): () => Promise<Wire> {
  let wire: Promise<Wire> | undefined;
  return () => {
    wire ??= openWire(link?.mode ?? 'tls', keyIn(data));
    return wire;
  };
}

function keyIn(data: string): KeyFile {
  const file = join(data, 'peer-key.pem');
  if (existsSync(file)) return openKeyFile(file);
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-doctor-'));
  try {
    return openKeyFile(join(folder, 'key.pem'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pidOf(data: string): number | 'self' {
  try {
    const { pid } = JSON.parse(readFileSync(join(data, 'daemon.json'), 'utf8')) as { pid?: unknown };
    return Number.isSafeInteger(pid) ? (pid as number) : 'self';
  } catch {
    return 'self';
  }
}
