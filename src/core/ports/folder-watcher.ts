/** Tells of changes below a folder. It may miss some: a pass is the truth. */
export interface FolderWatcher {
  /**
   * Watches from the answer on. `changed` is told folders below the root in which something may have changed, '' for the root. Throws
   * `unsupported` where this machine cannot watch at all, `limit` where the system lets nobody watch more, `failed` otherwise.
   */
  watch(root: string, options: WatchOptions, changed: (folders: Changed) => void): Promise<Watch>;
  /** How many folders the system lets a user watch; undefined where it does not say. */
  limit(): Promise<number | undefined>;
}

/** `all`: rules have changed, so that everything is to be looked at. */
export type Changed = ReadonlySet<string> | 'all';

export interface WatchOptions {
  /** Absolute paths of what is passed over. */
  readonly ignore: readonly string[];
  /** It cannot go on. Afterwards nothing more is told. */
  readonly failed: (error: unknown) => void;
}

export interface Watch {
  stop(): Promise<void>;
}
