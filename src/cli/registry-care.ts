import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RegistryCare } from '../app/registry-local/registry-care.ts';
import { createClient } from '../network/http/client.ts';
import { registryLocalOperations } from '../protocol/http/registry-local/operations.ts';
import { type LocalClient, tryDaemon } from './daemon.ts';
import { peerFolder, registryFolder } from './data-folders.ts';
import type { Invocation } from './invocation.ts';
import type { Output } from './output/output.ts';
import { reachLocalApi } from './reach-daemon.ts';
import { endOfSilence } from './silent-daemon.ts';

/**
 * The care of the network in this call's data folder: through the registry when it runs; in the name of a peer, where the folder is
 * that of one, or no registry keeps the default folder; else in the folder itself, which is locked until the care is disposed of. Throws
 * `not-found` where there is neither.
 */
export async function openCare(invocation: Invocation): Promise<RegistryCare & Disposable> {
  const data = registryFolder(invocation);
  const client = (await registryClient(data, invocation.output)) ?? (await memberClient(invocation));
  if (!client) {
    const { openRegistryCare } = await import('../app/registry-local/open-registry-care.ts');
    return openRegistryCare(data);
  }
  return {
    invite: (body) => client.invite({ body }),
    invites: () => client.invites(),
    revoke: (body) => client.revoke({ body }),
    withdraw: (id) => client.withdraw({ params: { id } }),
    [Symbol.dispose]() {},
  };
}

const REGISTRY = 'the registry';

async function registryClient(data: string, output: Output) {
  const reached = await reachLocalApi(data, 'registry');
  if (!reached) return undefined;
  return createClient(registryLocalOperations, {
    ...reached.way,
    token: reached.token,
    name: REGISTRY,
    signal: endOfSilence(reached, REGISTRY, output),
  });
}

/** The peer daemon on this call's data folder, unless a registry keeps it; undefined where none runs. */
export async function memberClient(invocation: Invocation): Promise<LocalClient | undefined> {
  if (existsSync(path.join(registryFolder(invocation), 'network-key.pem'))) return undefined;
  return (await tryDaemon(peerFolder(invocation), invocation.output))?.client;
}
