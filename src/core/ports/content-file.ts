import type { LocalFile } from './local-contents.ts';

/** Opens local files for serving: regular files only, never through a link. */
export interface ContentFiles {
  /** Throws `conflict` when the file no longer looks as it did when it was hashed, `not-found` when it is gone. */
  open(file: LocalFile): Promise<OpenContent>;
}

export interface OpenContent {
  readonly size: number;
  /** Fills the buffers one after the other from `offset` on. Throws `conflict` when the file changed, `failed` when it cannot be read. */
  read(buffers: readonly Uint8Array[], offset: number): Promise<void>;
  close(): Promise<void>;
}
