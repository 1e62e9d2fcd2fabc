import type { FolderIdentity } from './local-file-store.ts';
import type { Destination, WantedLook } from './partial.ts';

/** How a file looks that may be touched, and nothing that looks otherwise. */
export interface ExpectedLook {
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
}

/** What a mirror does in its folder beside fetching. Never follows a link below the root. */
export interface MirrorFiles {
  /** Removes a regular file that looks as expected; where it was, or undefined where none does. */
  remove(destination: Destination, expected: ExpectedLook): Promise<FolderIdentity | undefined>;
  /** Removes an empty folder; false where it is none, or not empty. */
  removeFolder(destination: Destination): Promise<boolean>;
  /** Gives a file that looks as expected another time or mode; its time as it is then, or undefined where none does. */
  giveLook(destination: Destination, expected: ExpectedLook, look: WantedLook): Promise<bigint | undefined>;
}
