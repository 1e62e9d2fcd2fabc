import { connect } from 'node:net';
import path from 'node:path';
import { readFileSync } from '../app/node-fs.ts';
import { asPeerdexError, PeerdexError, systemCode } from '../core/errors.ts';
import { PROTOCOL_VERSION, UNSAID_VERSION } from '../protocol/version.ts';
import type { DaemonKind } from './data-folders.ts';

/** As errors name it. */
export const PEER_DAEMON = 'the peer daemon';

/**
 * Where the local API of a daemon of this kind answers; undefined when none runs on the folder. Throws `unsupported` for one that speaks
 * another version of the protocol.
 */
export async function reachLocalApi(data: string, wanted: DaemonKind): Promise<Reached | undefined> {
  const { kind, pid, socket, port, token, version, protocol } = readDaemonFile(data);
  if (token === undefined || kind !== wanted) return undefined;
  for (const way of [
    ...(socket ? [{ socketPath: socket }] : []),
    ...(port ? [{ address: { host: '127.0.0.1', port } }] : []),
  ]) {
    if (!(await answers(way))) continue;
    if (protocol !== PROTOCOL_VERSION) throw await otherVersion(version);
    return { way, token, pid };
  }
  return undefined;
}

export interface Reached {
  readonly way: Way;
  readonly token: string;
  readonly pid: number | undefined;
}

interface DaemonFile {
  readonly kind: DaemonKind;
  readonly pid: number | undefined;
  readonly socket: string | undefined;
  readonly port: number | undefined;
  /** Undefined: no daemon runs, or one without a local API. */
  readonly token: string | undefined;
  /** Of the daemon's program, where it says. */
  readonly version: string | undefined;
  readonly protocol: number;
}

const NO_DAEMON: DaemonFile = {
  ...{ kind: 'peer', pid: undefined, socket: undefined, port: undefined, token: undefined },
  ...{ version: undefined, protocol: UNSAID_VERSION },
};

async function otherVersion(version: string | undefined): Promise<PeerdexError> {
  const { VERSION } = await import('../app/version.ts');
  const daemon = version === undefined ? 'another version of peerdex' : `peerdex ${version}`;
  return new PeerdexError(
    'unsupported',
    `the daemon that runs is ${daemon}, this command is peerdex ${VERSION}, and the two do not understand each other`,
    { hint: 'stop the daemon and start it with this version, or use the command of that one' },
  );
}

function readDaemonFile(data: string): DaemonFile {
  const file = path.join(data, 'daemon.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return NO_DAEMON;
    throw asPeerdexError(error, `cannot read ${file}`);
  }
  try {
    const { kind, pid, socket, port, token, version, protocol } = JSON.parse(text) as Record<string, unknown>;
    return {
      kind: kind === 'registry' ? kind : 'peer',
      pid: typeof pid === 'number' ? pid : undefined,
      socket: typeof socket === 'string' ? socket : undefined,
      port: typeof port === 'number' ? port : undefined,
      token: typeof token === 'string' ? token : undefined,
      version: typeof version === 'string' ? version : undefined,
      protocol: typeof protocol === 'number' ? protocol : UNSAID_VERSION,
    };
  } catch (cause) {
    throw new PeerdexError('failed', `${file} is damaged: ${(cause as Error).message}`, {
      hint: 'stop the daemon and start it again: it writes the file anew',
      cause,
    });
  }
}

/** How a daemon is reached. */
export type Way =
  | { readonly socketPath: string }
  | { readonly address: { readonly host: string; readonly port: number } };

/** Whether somebody answers there. */
export function answers(way: Way): Promise<boolean> {
  return new Promise((resolve) => {
    const target = 'socketPath' in way ? { path: way.socketPath } : { ...way.address };
    const socket = connect({ ...target, timeout: 2000 });
    const end = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}

/** The error of a command that needs a daemon where none runs. */
export function noDaemon(data: string): PeerdexError {
  return new PeerdexError('unavailable', `no peer daemon runs on ${data}`, {
    hint: 'start one with `peerdex up` or `peerdex start`, or name its data folder with --data',
  });
}
