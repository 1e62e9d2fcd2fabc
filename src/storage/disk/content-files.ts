import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { ContentFiles, OpenContent } from '../../core/ports/content-file.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import { mtimeOf } from './look.ts';
import { openBelow } from './safe-open.ts';

/** Local files as the uploads read them. */
export const contentFiles: ContentFiles = {
  async open(file: LocalFile): Promise<OpenContent> {
    const handle = await openBelow(file.root, file.relative, constants.O_RDONLY);
    try {
      await refuseChanged(handle, file);
      return new OpenFile(handle, file);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

class OpenFile implements OpenContent {
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #file: LocalFile;

  constructor(handle: FileHandle, file: LocalFile) {
    this.#handle = handle;
    this.#file = file;
    this.size = file.size;
  }

  async read(buffers: readonly Uint8Array[], offset: number): Promise<void> {
    const wanted = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    const { bytesRead } = await this.#handle
      .readv(buffers as Uint8Array[], offset)
      .catch((error: unknown) => {
        throw asPeerdexError(error, `cannot read ${this.#file.relative}`);
      });
    await refuseChanged(this.#handle, this.#file);
    if (bytesRead !== wanted) throw changed(this.#file);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Looked at after each read: bytes of a file that changes meanwhile are not sent. */
async function refuseChanged(handle: FileHandle, file: LocalFile): Promise<void> {
  const look = await handle.stat({ bigint: true });
  if (Number(look.size) !== file.size || mtimeOf(look) !== file.mtime) throw changed(file);
}

const changed = (file: LocalFile): PeerdexError =>
  new PeerdexError('conflict', `${file.relative} has changed since it was hashed`, { retry: true });
