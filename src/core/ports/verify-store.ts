import type { LocalEntry } from './local-file-store.ts';

/** A file to verify, with its row's number. */
export interface VerifiedFile {
  readonly id: number;
  readonly entry: LocalEntry;
}

export interface Rotten {
  readonly count: number;
  /** One of them, below the share's root. */
  readonly first: string | undefined;
}

/** How far a share has been verified. */
export interface VerifyState {
  /** While one is under way: the row that it has come to, and when it began, milliseconds since 1970. */
  readonly underWay: { readonly after: number; readonly began: number } | undefined;
  /** When the last one ended, milliseconds since 1970. */
  readonly ended: number | undefined;
}

/** What verification remembers, and goes by. */
export interface VerifyStore {
  state(share: number): VerifyState;
  setState(share: number, state: VerifyState): void;
  /** Settled and rotten files in the order of their rows. */
  filesAfter(share: number, id: number, limit: number): readonly VerifiedFile[];
  /** How much that is. */
  totalsUpTo(share: number, id: number): { readonly files: number; readonly bytes: number };
  rotten(share: number): Rotten;
  /** At most so many, below the share's root. */
  rottenFiles(share: number, limit: number): readonly string[];
}
