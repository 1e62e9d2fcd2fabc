import { PeerdexError } from '../core/errors.ts';
import { type Client, createClient } from '../network/http/client.ts';
import { dashboardLinkOperations } from '../protocol/http/local/live-operations.ts';
import { localOperations } from '../protocol/http/local/operations.ts';
import { peerFolder } from './data-folders.ts';
import type { Invocation } from './invocation.ts';
import type { Output } from './output/output.ts';
import { answers, noDaemon, PEER_DAEMON, reachLocalApi } from './reach-daemon.ts';
import { endOfSilence } from './silent-daemon.ts';

const operations = { ...localOperations, ...dashboardLinkOperations } as const;
export type LocalClient = Client<typeof operations>;

/** How many milliseconds a daemon may take for what has no natural end, such as a first scan. */
export const AS_LONG_AS_IT_TAKES = 7 * 24 * 3600 * 1000;

/** The API of the daemon that runs on the data folder of this call. Throws `unavailable` when none does. */
export async function openDaemon(invocation: Invocation): Promise<LocalClient> {
  return (await findDaemon(peerFolder(invocation), invocation.output)).client;
}

export interface FoundDaemon {
  readonly client: LocalClient;
  /** Whether somebody still answers there. */
  isUp(): Promise<boolean>;
}

/**
 * Finds the daemon by DIR/daemon.json: its Unix socket, else its port on 127.0.0.1. Throws `unavailable`. With `output` it is told there
 * when the daemon falls silent, and calls end then.
 */
export async function findDaemon(data: string, output?: Output): Promise<FoundDaemon> {
  const reached = await reachLocalApi(data, 'peer');
  if (!reached) throw noDaemon(data);
  const { way, token } = reached;
  const signal = output && endOfSilence(reached, PEER_DAEMON, output);
  return {
    client: createClient(operations, { ...way, token, name: PEER_DAEMON, signal }),
    isUp: () => answers(way),
  };
}

/** As findDaemon, but undefined when none runs. */
export async function tryDaemon(data: string, output?: Output): Promise<FoundDaemon | undefined> {
  try {
    return await findDaemon(data, output);
  } catch (error) {
    if (error instanceof PeerdexError && error.code === 'unavailable') return undefined;
    throw error;
  }
}
