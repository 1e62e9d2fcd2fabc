import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Rotten } from '../core/ports/verify-store.ts';

/** Files and their bytes. */
export interface WaitingFiles {
  readonly files: number;
  readonly bytes: number;
}

export type ShareState = 'scanning' | 'hashing' | 'ready' | 'unavailable' | 'paused';

/** One share for people. */
export interface ShareStatus {
  readonly path: string;
  readonly name: string;
  /** Files in the index. */
  readonly files: number;
  readonly bytes: number;
  readonly state: ShareState;
  /** What waits to be hashed. */
  readonly waiting: WaitingFiles;
  /** Symbolic links that were skipped. */
  readonly links: number;
  /** Files whose bytes have changed while they look as they did. */
  readonly rotten: number;
  /** Sentences. */
  readonly warnings: readonly string[];
}

export const NOTHING_WAITS: WaitingFiles = { files: 0, bytes: 0 };

/** Of a share that nobody looks at now. */
export const unseen = ({ path, name, files, bytes, paused }: ShareRecord): ShareStatus => ({
  ...{ path, name, files, bytes },
  state: paused ? 'paused' : 'scanning',
  waiting: NOTHING_WAITS,
  links: 0,
  rotten: 0,
  warnings: [],
});

/** Why some of its files are not offered, or not yet; none where all are. */
export const rottenSentences = ({ count, first }: Rotten): string[] => {
  if (first === undefined) return [];
  const others = count === 1 ? '' : ` (and ${count - 1} more like it)`;
  return [
    `rotten, and no longer offered: ${JSON.stringify(first)}${others}: its bytes have changed since it was hashed`,
  ];
};

export const growingSentences = (count: number): string[] =>
  count === 0
    ? []
    : [`${count === 1 ? 'a file is' : `${count} files are`} being written, and listed once left alone`];

/** `files`: why each cannot be. */
export const unreadableSentences = (files: ReadonlyMap<number, string>): string[] => {
  const [first] = files.values();
  if (first === undefined) return [];
  const others = files.size === 1 ? '' : ` (and ${files.size - 1} more like it)`;
  return [`cannot be read${others}: ${first}`];
};
