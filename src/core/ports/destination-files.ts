import type { Manifest } from '../manifest.ts';
import type { LocalFile } from './local-contents.ts';
import type { FolderIdentity } from './local-file-store.ts';
import type { Destination } from './partial.ts';

/** What stands where something is to go. */
export interface Standing {
  readonly kind: 'nothing' | 'file' | 'folder' | 'other';
  /** Bytes of a file. */
  readonly size: number;
  /** Of a file, nanoseconds since 1970. */
  readonly mtime: bigint;
}

/** A file that stands where another one is to go, with its hashes. */
export interface OldFile {
  readonly file: LocalFile;
  readonly manifest: Manifest;
  /** Every leaf hash, one after the other. */
  readonly leaves: Uint8Array;
}

/** Places outside the program's own care where downloads land. Never follows a link below a destination's root. */
export interface DestinationFiles {
  look(destination: Destination): Promise<Standing>;
  /** The file that stands there, hashed, with its content; undefined when it is not of this size or cannot be read. */
  fileOf(
    destination: Destination,
    size: number,
  ): Promise<(LocalFile & { readonly executable: boolean }) | undefined>;
  /** The file that stands there, with its hashes; undefined when it cannot be read or changes meanwhile. */
  oldFile(destination: Destination, signal: AbortSignal): Promise<OldFile | undefined>;
  /** Makes the root itself, links in its path included: it is the user's own word. Throws when it cannot be. */
  makeRoot(root: string): Promise<void>;
  /** The root that stands there; undefined where there is no folder. */
  rootOf(root: string): Promise<FolderIdentity | undefined>;
  /** Whether names that differ in case only are one name below this root, which need not be there yet. */
  foldsCase(root: string): Promise<boolean>;
  /** Makes a folder and those that it needs. */
  makeFolder(destination: Destination): Promise<void>;
}
