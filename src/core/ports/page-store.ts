import type { IndexId, PeerId } from '../ids.ts';

/** A page as its owner made it. Whoever has it may pass it on: nothing in it says who did. */
export interface SignedPage {
  /** The page in JSON, byte for byte as it was signed. */
  readonly body: Uint8Array;
  /** The owner's public key: SubjectPublicKeyInfo, DER. */
  readonly key: Uint8Array;
  /** Over `peerdex/page/1`, NUL and the body. */
  readonly signature: Uint8Array;
}

/** What is in a page that is kept. */
export interface PageMark {
  readonly index: IndexId;
  readonly since: number;
  /** Who has taken it in knows the log so far. */
  readonly reach: number;
  /** The owner's last number when it was made. */
  readonly last: number;
  readonly floor: number;
  /** How many. */
  readonly records: number;
}

/** Pages of others' logs, to be passed on. */
export interface PageStore {
  /** The pages of one owner, by rising `since`. */
  marks(owner: PeerId): readonly PageMark[];
  read(owner: PeerId, since: number): SignedPage | undefined;
  /** Keeps a page in place of all of that owner that begin at its `since` or later. */
  keep(owner: PeerId, mark: PageMark, page: SignedPage): void;
  drop(owner: PeerId): void;
}
