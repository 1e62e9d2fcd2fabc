import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkId } from '../core/ids.ts';

/** What a peer remembers of itself besides its key and its shares: `peer.json` in the data folder. */
export interface PeerMemory {
  readonly name?: string | undefined;
  /** The network that it was registered in; whoever was once is let start without its registry. */
  readonly memberOf?: NetworkId | undefined;
}

/** A file that is missing or cannot be read counts as empty: all it holds can be said again. */
export function readPeerMemory(data: string): PeerMemory {
  try {
    const { name, memberOf } = JSON.parse(readFileSync(fileIn(data), 'utf8')) as Record<string, unknown>;
    return {
      name: typeof name === 'string' ? name : undefined,
      memberOf: typeof memberOf === 'string' ? memberOf : undefined,
    };
  } catch {
    return {};
  }
}

export function writePeerMemory(data: string, memory: PeerMemory): void {
  const file = fileIn(data);
  writeFileSync(`${file}.new`, `${JSON.stringify(memory)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const fileIn = (data: string): string => join(data, 'peer.json');
