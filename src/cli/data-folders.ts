import path from 'node:path';
import envPaths from 'env-paths';
import type { Invocation } from './invocation.ts';
import { saidFolder } from './said-folder.ts';

export type DaemonKind = 'registry' | 'peer';

/** The data folder of the peer that this call is about, absolute. */
export function peerFolder(invocation: Invocation): string {
  return saidFolder(invocation) ?? defaultDataFolder('peer');
}

/** The data folder of the registry that this call is about, absolute. */
export function registryFolder(invocation: Invocation): string {
  return saidFolder(invocation) ?? defaultDataFolder('registry');
}

/** Where a daemon keeps its state when nobody says otherwise; XDG_DATA_HOME is honoured. Absolute. */
export function defaultDataFolder(kind: DaemonKind): string {
  return path.join(baseFolder(), kind);
}

/** The folder that holds the default data folders of this user. */
export function baseFolder(): string {
  return envPaths('peerdex', { suffix: '' }).data;
}
