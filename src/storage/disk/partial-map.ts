import { type FileHandle, open } from 'node:fs/promises';
import { Bitfield } from '../../core/bitfield.ts';
import { PeerdexError } from '../../core/errors.ts';
import { leafCount } from '../../core/leaf-layout.ts';
import { checkpointAt, FORMAT, HEADER, type MapHeader, readMap, removeMap, writeAll } from './map-file.ts';
import { bootId } from './mount-of.ts';

/** How a partial looks when it is opened. */
export interface PartialLook {
  /** See `mountOf`. */
  readonly mount: string;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  /** Bytes; less than the content's when the file system lost some. */
  readonly length: number;
}

/** Which leaves a partial has. */
export interface LeafMap {
  readonly have: Bitfield;
  /** Claimed and not flushed, and something has happened since that may have lost the bytes. */
  readonly doubtful: readonly number[];
  /** Where nothing was written the partial reads as zeros. */
  readonly isSparse: boolean;
  /** Claims a leaf whose bytes are written. The claim is written within 100 ms; rejects when one before it could not be. */
  claim(leaf: number): Promise<void>;
  /** `flushed`: the bitmap as it was before the partial's bytes were flushed. */
  checkpoint(flushed: Bitfield): Promise<void>;
  /** From now on only what was flushed counts for whoever opens the partial next; later claims fail. */
  retreat(): Promise<void>;
  /** `mtime`: of the partial, nanoseconds since 1970, when nothing will be written to it any more. */
  close(mtime?: bigint): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Which leaves a partial has, in a file of its own: a header in JSON, the bitmap, the bitmap as it was at the last checkpoint.
 * `docs/storage.md` has the layout, and says when the bitmap is trusted and when the checkpoint alone.
 */
export class PartialMap implements LeafMap {
  readonly have: Bitfield;
  readonly doubtful: readonly number[];
  readonly isSparse: boolean;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #header: MapHeader & { readonly mount: string };
  #flushed: Bitfield;
  #retreated = false;
  /** Not written yet. */
  #claims = new DirtyBytes();
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** Why claims could not be written. */
  #failure: { readonly cause: unknown } | undefined;

  private constructor(
    file: FileHandle,
    path: string,
    header: MapHeader & { readonly mount: string },
    kept: KeptLeaves,
  ) {
    this.#file = file;
    this.#path = path;
    this.#header = header;
    this.#flushed = kept.flushed;
    this.have = kept.have;
    this.doubtful = kept.doubtful;
    this.isSparse = kept.isSparse;
  }

  /** Goes on with the map at `path` when it describes this very partial. */
  static async resume(path: string, header: MapHeader, look: PartialLook): Promise<PartialMap | undefined> {
    const found = await readMap(path);
    if (!found) return undefined;
    const { boot, format, mount, closed, sparse, ...rest } = found.header;
    if (format !== FORMAT || JSON.stringify(rest) !== JSON.stringify(header)) return undefined;
    const trusted =
      boot === (await bootId()) &&
      mount === look.mount &&
      look.length === header.size &&
      (closed === undefined || closed === String(look.mtime));
    const { claimed, flushed } = found;
    const map = new PartialMap(
      await open(path, 'r+'),
      path,
      { ...header, mount: look.mount },
      {
        flushed,
        have: trusted ? claimed : flushed.clone(),
        doubtful: trusted ? [] : [...claimed].filter((leaf) => !flushed.has(leaf)),
        isSparse: trusted && sparse === true, // else what was written and not claimed may have left anything
      },
    );
    await map.#begin(() => (trusted ? map.#writeHeader({ boot }) : map.#writeAll()));
    return map;
  }

  static async create(path: string, header: MapHeader, mount: string): Promise<PartialMap> {
    const have = new Bitfield(leafCount(header.size));
    const kept = { have, flushed: have.clone(), doubtful: [], isSparse: true };
    const map = new PartialMap(await open(path, 'w+', 0o600), path, { ...header, mount }, kept);
    await map.#begin(() => map.#writeAll());
    return map;
  }

  async claim(leaf: number): Promise<void> {
    if (this.#retreated) throw new PeerdexError('failed', 'the disk has failed before');
    if (this.#failure) throw this.#failure.cause;
    this.have.add(leaf);
    this.#claims.add(leaf >> 3);
    if (this.#claims.count >= MOST_UNWRITTEN) void this.#writeClaims();
    else this.#timer ??= setTimeout(() => void this.#writeClaims(), TOGETHER_MS).unref();
  }

  async checkpoint(flushed: Bitfield): Promise<void> {
    await writeAll(this.#file, flushed.bytes, checkpointAt(this.have));
    await this.#file.datasync();
    this.#flushed = flushed;
  }

  async retreat(): Promise<void> {
    if (this.#retreated) return;
    this.#retreated = true;
    await this.#writeClaims();
    await writeAll(this.#file, this.#flushed.bytes, HEADER);
  }

  async close(mtime?: bigint): Promise<void> {
    await this.#writeClaims();
    const closed = mtime === undefined ? undefined : String(mtime);
    await this.#writeHeader({ boot: await bootId(), closed }).catch(() => {}); // then it is as after a kill
    await this.#file.close();
  }

  async remove(): Promise<void> {
    await this.#writeClaims();
    await this.#file.close().catch(() => {});
    await removeMap(this.#path);
  }

  /** Closes the file when its beginning cannot be written. */
  async #begin(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      await this.#file.close();
      throw error;
    }
  }

  async #writeAll(): Promise<void> {
    await writeAll(this.#file, this.have.bytes, HEADER);
    await writeAll(this.#file, this.#flushed.bytes, checkpointAt(this.have));
    await this.#writeHeader({ boot: await bootId() });
  }

  async #writeHeader(state: { readonly boot: string; readonly closed?: string | undefined }): Promise<void> {
    const head = Buffer.alloc(HEADER);
    const sparse = this.isSparse || undefined;
    const text = JSON.stringify({ ...this.#header, format: FORMAT, ...state, sparse });
    if (Buffer.byteLength(text) >= HEADER) throw new Error('the path of the partial is too long');
    head.write(text);
    await writeAll(this.#file, head, 0);
  }

  /** Never rejects: a failure is told to who claims next. */
  #writeClaims(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#claims.count === 0) return this.#writing;
    const { from, to } = this.#claims;
    this.#claims = new DirtyBytes();
    this.#writing = this.#writing
      .then(() => writeAll(this.#file, this.have.bytes.slice(from, to), HEADER + from))
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      });
    return this.#writing;
  }
}

/** The part of a bitmap that has changed. */
class DirtyBytes {
  /** Changes, of the same byte too. */
  count = 0;
  from = Number.POSITIVE_INFINITY;
  to = 0;

  add(byte: number): void {
    this.count += 1;
    this.from = Math.min(this.from, byte);
    this.to = Math.max(this.to, byte + 1);
  }
}

/** So long claims wait for others, and so many do: what a SIGKILL loses is fetched again. */
const TOGETHER_MS = 100;
const MOST_UNWRITTEN = 32;

interface KeptLeaves {
  readonly have: Bitfield;
  readonly flushed: Bitfield;
  readonly doubtful: readonly number[];
  readonly isSparse: boolean;
}
