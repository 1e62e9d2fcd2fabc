import { type FileHandle, unlink } from 'node:fs/promises';
import type { Bitfield } from '../../core/bitfield.ts';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { baseName, parentPath } from '../../core/index-path.ts';
import { LEAF_BYTES, leafOffset } from '../../core/leaf-layout.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { Partial, WantedLook } from '../../core/ports/partial.ts';
import { giveName, syncFolder } from './give-name.ts';
import { mtimeOf } from './look.ts';
import { writeAll } from './map-file.ts';
import type { LeafMap } from './partial-map.ts';
import { withFolderBelow } from './safe-open.ts';

const CHECKPOINT_MS = 10_000;
/** The system starts to write back far too late for a fast download: its last flush would wait for nearly the whole file. */
const FLUSH_AHEAD_BYTES = 32 * 1024 * 1024;

export interface DiskPartialOptions {
  readonly content: ContentId;
  readonly size: number;
  readonly root: string;
  /** The partial itself, below the root. */
  readonly relative: string;
  /** What it will be called. */
  readonly name: string;
  readonly file: FileHandle;
  readonly map: LeafMap;
  readonly clock: Clock;
  readonly flush: boolean;
  readonly onClosed: () => void;
}

export class DiskPartial implements Partial {
  readonly content: ContentId;
  readonly size: number;
  readonly #options: DiskPartialOptions;
  #cancelCheckpoint: () => void = () => {};
  #checkpointing: Promise<void> = Promise.resolve();
  #closed = false;
  #unflushed = 0;
  /** Why the disk may not have what was written. */
  #lost: PeerdexError | undefined;
  /** The flush ahead that is under way. */
  #flushing: Promise<void> | undefined;

  constructor(options: DiskPartialOptions) {
    this.content = options.content;
    this.size = options.size;
    this.#options = options;
    if (options.flush && options.size > LEAF_BYTES) this.#checkpointLater();
  }

  get have(): Bitfield {
    return this.#options.map.have;
  }

  get doubtful(): readonly number[] {
    return this.#options.map.doubtful;
  }

  async write(leaf: number, bytes: Uint8Array): Promise<void> {
    const { file, map } = this.#options;
    try {
      const isHole = map.isSparse && isZero(bytes);
      if (!isHole) await writeAll(file, bytes, leafOffset(leaf));
      await map.claim(leaf);
      if (isHole) return;
    } catch (error) {
      const failure = writeFailure(error);
      // A drive that is failing or gone may have lost what it took before; a full one has not.
      if (failure.code !== 'no-space') await map.retreat().catch(() => map.remove());
      throw failure;
    }
    this.#flushAhead(bytes.byteLength);
  }

  async read(leaf: number, buffer: Uint8Array): Promise<void> {
    const { bytesRead } = await this.#options.file.read(buffer, 0, buffer.byteLength, leafOffset(leaf));
    if (bytesRead !== buffer.byteLength)
      throw new PeerdexError('failed', `${this.#options.relative} is too short`);
  }

  confirm(leaf: number): Promise<void> {
    return this.#options.map.claim(leaf);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#flushed();
    // Without a map nobody could go on with it, and with bytes that the disk lost nobody should.
    if (this.size <= LEAF_BYTES || this.#lost) return this.discard();
    await this.#quiet();
    const { map, file } = this.#options;
    const look = await file.stat({ bigint: true }).catch(() => undefined);
    await map.close(look?.mtimeNs);
    await file.close();
  }

  async finish(overwrite: boolean, look?: WantedLook): Promise<LocalFile> {
    const { file, map, root, relative, name, flush } = this.#options;
    if (!this.have.isFull) throw new PeerdexError('failed', `${name} is not whole yet`);
    await this.#flushed();
    if (look) await giveLook(file, look);
    if (flush) await this.#flush(() => file.sync());
    await withFolderBelow(root, parentPath(relative), async (folder) => {
      await giveName(`${folder}/${baseName(relative)}`, folder, name, overwrite);
      if (flush) await syncFolder(folder);
    });
    const stats = await file.stat({ bigint: true });
    await this.#quiet();
    await file.close();
    await map.remove();
    const folder = parentPath(relative);
    return {
      content: this.content,
      root,
      relative: folder === '' ? name : `${folder}/${name}`,
      size: this.size,
      mtime: mtimeOf(stats),
      device: stats.dev,
      inode: stats.ino,
    };
  }

  async discard(): Promise<void> {
    const { root, relative, file, map } = this.#options;
    await this.#quiet();
    await file.close().catch(() => {});
    try {
      await withFolderBelow(root, parentPath(relative), (folder) =>
        unlink(`${folder}/${baseName(relative)}`),
      );
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    } finally {
      await map.remove();
    }
  }

  async #quiet(): Promise<void> {
    this.#closed = true;
    this.#cancelCheckpoint();
    await this.#flushed();
    this.#options.onClosed();
  }

  /** The system tells one flush alone of an error, so whoever judges waits for all that are under way. */
  async #flushed(): Promise<void> {
    await this.#checkpointing;
    await this.#flushing;
  }

  /** Flushes in the background while more comes, one flush at a time; the last one, in `finish`, is the one that counts. */
  #flushAhead(bytes: number): void {
    this.#unflushed += bytes;
    if (!this.#options.flush || this.#flushing || this.#unflushed < FLUSH_AHEAD_BYTES) return;
    this.#unflushed = 0;
    this.#flushing = this.#flush(() => this.#options.file.datasync())
      .catch(() => {}) // `finish` tells of a failure
      .finally(() => {
        this.#flushing = undefined;
      });
  }

  #checkpointLater(): void {
    this.#cancelCheckpoint = this.#options.clock.after(CHECKPOINT_MS, () => {
      this.#checkpointing = this.#checkpoint().catch(() => {}); // `finish` tells of a failed flush
      void this.#checkpointing.then(() => {
        if (!this.#closed) this.#checkpointLater();
      });
    });
  }

  /** What is claimed now is true after a power cut once the bytes are flushed. */
  async #checkpoint(): Promise<void> {
    const claimed = this.have.clone();
    await this.#flush(() => this.#options.file.datasync());
    await this.#options.map.checkpoint(claimed);
  }

  /** The system tells only once of bytes that it could not write: after one failed flush no later one is believed. */
  async #flush(flush: () => Promise<void>): Promise<void> {
    try {
      await flush();
    } catch (error) {
      this.#lost ??= writeFailure(error);
    }
    if (this.#lost) throw this.#lost;
  }
}

/** Whoever may read it may run it then. What the file system cannot keep is no reason not to have the file. */
async function giveLook(file: FileHandle, { mtime, executable = false }: WantedLook): Promise<void> {
  try {
    const { mode } = await file.stat();
    if (executable) await file.chmod((mode & 0o777) | ((mode & 0o444) >> 2));
    const seconds = Number(mtime ?? 0n) / 1e9;
    if (mtime !== undefined) await file.utimes(seconds, seconds);
  } catch {
    // It keeps the look of any new file.
  }
}

const ZEROS = Buffer.alloc(LEAF_BYTES);

/** Of other bytes the comparison ends at the first that differs. */
const isZero = (bytes: Uint8Array): boolean => ZEROS.subarray(0, bytes.byteLength).equals(bytes);

function writeFailure(error: unknown): PeerdexError {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PeerdexError('no-space', 'the disk is full', {
      cause: error,
      retry: true,
      hint: 'make room, then resume the job: what was fetched is kept',
    });
  }
  return asPeerdexError(error, 'cannot write');
}
