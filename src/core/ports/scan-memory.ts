/** What the last comparison of a folder found. */
export interface FolderMemory {
  /** Another one after each write to what is remembered of the folder. */
  readonly version: bigint;
  /** How the folder looked when it was as remembered; absent where that is not known any more. */
  readonly print: bigint | undefined;
}

/** A folder that was as remembered when it looked so. */
export interface FolderPrint {
  /** Below the share's root, '' for the root. */
  readonly folder: string;
  /** Of FolderMemory before the comparison; undefined: nothing was kept of this folder yet, and the print counts for nothing. */
  readonly version: bigint | undefined;
  readonly print: bigint;
}

/** What a scan remembers besides files: folders that need no comparison, and where drives are mounted. */
export interface ScanMemory {
  folder(share: number, folder: string): FolderMemory | undefined;
  /** Keeps prints; one whose folder was written to since its comparison is passed over. */
  keep(share: number, prints: readonly FolderPrint[]): void;
  /** Folders below the root that were mount points at the last pass. */
  mounts(share: number): readonly string[];
  setMounts(share: number, folders: readonly string[]): void;
}
