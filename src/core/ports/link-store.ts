import type { IndexPath } from '../index-path.ts';
import type { LinkId, ShareLink } from '../trust/share-link.ts';

/** A link as the peer that made it remembers it. Times are milliseconds since 1970. */
export interface StoredLink extends ShareLink {
  /** Where the file or folder lay when the link was made; its last component is the name in the URL. */
  readonly path: IndexPath;
  /** Bytes of a file; absent for a folder. */
  readonly size?: number | undefined;
  readonly created: number;
  /** When it was withdrawn; absent: it was not. */
  readonly revoked?: number | undefined;
  /** How often a file was fetched by it from its first byte on. */
  readonly used: number;
}

/** Links that outlive the process. */
export interface LinkStore {
  add(link: StoredLink): void;
  get(id: LinkId): StoredLink | undefined;
  /** Oldest first. */
  all(): readonly StoredLink[];
  /** The first time counts; nothing for a link that is not there. */
  revoke(id: LinkId, when: number): void;
  countUse(id: LinkId): void;
  /** Forgets links that ended or were withdrawn before `before`. */
  prune(before: number): void;
}
