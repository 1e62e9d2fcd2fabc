import { randomBytes } from 'node:crypto';
import { constants, mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Bitfield } from '../../core/bitfield.ts';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { leafCount, leafOffset } from '../../core/leaf-layout.ts';
import type { Partial, PartialStore } from '../../core/ports/partial.ts';
import { writeAll } from './map-file.ts';

/**
 * Partials that become no file: what somebody looks at before it is fetched. Each is a sparse file that has no name from its first moment
 * on, so that nothing of it is left by whatever ends the process; it takes the room of what was looked at. `folder`: absolute.
 */
export class PassingPartials implements PartialStore {
  readonly #folder: string;

  /** Removes what a system without nameless files has left there. */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
  }

  async open(content: ContentId, size: number): Promise<Partial> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, randomBytes(12).toString('hex'));
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    const file = await open(path, flags, 0o600).catch((error: unknown) => {
      throw asPeerdexError(error, `cannot write in ${this.#folder}`);
    });
    const isNameless = await unlink(path).then(
      () => true,
      () => false,
    );
    return new PassingPartial(content, size, file, isNameless ? undefined : path);
  }

  async checkSpace(): Promise<void> {}

  async kept(): Promise<ReadonlyMap<ContentId, number>> {
    return new Map();
  }

  async leaves(): Promise<undefined> {}

  async discard(): Promise<void> {}
}

class PassingPartial implements Partial {
  readonly content: ContentId;
  readonly size: number;
  readonly have: Bitfield;
  readonly doubtful: readonly number[] = [];
  readonly #file: FileHandle;
  readonly #path: string | undefined;
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(content: ContentId, size: number, file: FileHandle, path: string | undefined) {
    this.content = content;
    this.size = size;
    this.have = new Bitfield(leafCount(size));
    this.#file = file;
    this.#path = path;
  }

  async write(leaf: number, bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#file, bytes, leafOffset(leaf));
    } catch (error) {
      const code = systemCode(error);
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw asPeerdexError(error, 'cannot write');
      throw new PeerdexError('no-space', 'the disk is full', { cause: error, hint: 'make room first' });
    }
    this.have.add(leaf);
  }

  async read(leaf: number, buffer: Uint8Array): Promise<void> {
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.byteLength, leafOffset(leaf));
    if (bytesRead !== buffer.byteLength) throw new PeerdexError('failed', 'what had come is too short');
  }

  async confirm(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.close();
    if (this.#path !== undefined) await unlink(this.#path).catch(() => {});
    this.#closed.resolve();
  }

  /** It never is a file: waits until it is closed. */
  async finish(): Promise<never> {
    await this.#closed.promise;
    throw new PeerdexError('interrupted', 'nobody looks at it any more');
  }

  discard(): Promise<void> {
    return this.close();
  }
}
