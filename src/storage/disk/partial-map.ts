import { type FileHandle, open, readFile, unlink } from 'node:fs/promises';
import { uptime } from 'node:os';
import { Bitfield } from '../../core/bitfield.ts';
import { systemCode } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { LEAF_BYTES, leafCount } from '../../core/leaf-layout.ts';

/** Room for the header: two long paths in JSON. The bitmap follows. */
const HEADER = 16384;
const PAGE = 4096;
const FORMAT = 1;

/** What a map says of the partial that it belongs to. */
export interface MapHeader {
  readonly content: ContentId;
  readonly size: number;
  readonly root: string;
  readonly relative: string;
  /** Of the partial, as decimal digits. */
  readonly device: string;
  readonly inode: string;
}

/** Which leaves a partial has. */
export interface LeafMap {
  readonly have: Bitfield;
  /** Claimed before another boot and not flushed then. */
  readonly doubtful: readonly number[];
  /** Claims a leaf whose bytes are written; resolves when the claim is written too. */
  claim(leaf: number): Promise<void>;
  /** `flushed`: the bitmap as it was before the partial's bytes were flushed. */
  checkpoint(flushed: Bitfield): Promise<void>;
  close(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Which leaves a partial has, in a file of its own: a header in JSON, the bitmap, the bitmap as it was at the last checkpoint.
 * The bitmap is trusted within one boot, the checkpoint after another one. `docs/storage.md` has the layout.
 */
export class PartialMap implements LeafMap {
  readonly have: Bitfield;
  readonly doubtful: readonly number[];
  readonly #file: FileHandle;
  readonly #path: string;
  #dirtyFrom = Number.POSITIVE_INFINITY;
  #dirtyTo = -1;
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(file: FileHandle, path: string, have: Bitfield, doubtful: readonly number[]) {
    this.#file = file;
    this.#path = path;
    this.have = have;
    this.doubtful = doubtful;
  }

  /** Goes on with the map at `path` when it describes this very partial. */
  static async resume(path: string, header: MapHeader): Promise<PartialMap | undefined> {
    const found = await readMap(path);
    if (!found) return undefined;
    const { boot, format, ...rest } = found.header;
    if (format !== FORMAT || JSON.stringify(rest) !== JSON.stringify(header)) return undefined;
    const same = boot === (await bootId());
    const have = same ? found.claimed : found.flushed;
    const doubtful = same ? [] : [...found.claimed].filter((leaf) => !found.flushed.has(leaf));
    const map = new PartialMap(await open(path, 'r+'), path, have, doubtful);
    if (!same) await map.#begin(header);
    return map;
  }

  static async create(path: string, header: MapHeader): Promise<PartialMap> {
    const map = new PartialMap(await open(path, 'w+', 0o600), path, new Bitfield(leafCount(header.size)), []);
    await map.#begin(header);
    return map;
  }

  /** Claims that come together are written together. */
  async claim(leaf: number): Promise<void> {
    this.have.add(leaf);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, leaf >> 3);
    this.#dirtyTo = Math.max(this.#dirtyTo, leaf >> 3);
    if (!this.#flushing) return this.#flush();
    // What broke the flush before is told to those who waited for that one.
    this.#next ??= this.#flushing
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.#flush();
      });
    return this.#next;
  }

  async checkpoint(flushed: Bitfield): Promise<void> {
    await writeAll(this.#file, flushed.bytes, checkpointAt(this.have));
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#next?.catch(() => {});
    await this.#flushing?.catch(() => {});
    await this.#file.close();
  }

  async remove(): Promise<void> {
    await this.#file.close().catch(() => {});
    await removeMap(this.#path);
  }

  /** Writes everything anew; closes the file when that fails. */
  async #begin(header: MapHeader): Promise<void> {
    try {
      await this.#writeAll(header);
    } catch (error) {
      await this.#file.close();
      throw error;
    }
  }

  async #writeAll(header: MapHeader): Promise<void> {
    const head = Buffer.alloc(HEADER);
    const text = JSON.stringify({ ...header, format: FORMAT, boot: await bootId() });
    if (Buffer.byteLength(text) >= HEADER) throw new Error('the path of the partial is too long');
    head.write(text);
    await writeAll(this.#file, this.have.bytes, HEADER);
    await writeAll(this.#file, this.have.bytes, checkpointAt(this.have));
    await writeAll(this.#file, head, 0);
  }

  #flush(): Promise<void> {
    const [from, to] = [this.#dirtyFrom, this.#dirtyTo + 1];
    this.#dirtyFrom = Number.POSITIVE_INFINITY;
    this.#dirtyTo = -1;
    const flushing = writeAll(this.#file, this.have.bytes.slice(from, to), HEADER + from).finally(() => {
      this.#flushing = undefined;
    });
    this.#flushing = flushing;
    return flushing;
  }
}

/** Where the map says that the partial lies, whatever its state; undefined without a readable map. */
export async function readMapHeader(path: string): Promise<MapHeader | undefined> {
  return (await readMap(path))?.header;
}

/** Bytes that the map at `path` claims, at most one leaf too many; 0 without a readable map. */
export async function keptBytes(path: string): Promise<number> {
  const found = await readMap(path);
  return found ? Math.min(found.header.size, found.claimed.count * LEAF_BYTES) : 0;
}

export async function removeMap(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
}

interface FoundMap {
  readonly header: MapHeader & { readonly format: number; readonly boot: string };
  readonly claimed: Bitfield;
  readonly flushed: Bitfield;
}

/** A map that cannot be read counts as none: the partial is then fetched from the start. */
async function readMap(path: string): Promise<FoundMap | undefined> {
  try {
    const bytes = await readFile(path);
    const header = JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(0))) as FoundMap['header'];
    const leaves = leafCount(header.size);
    const length = Math.ceil(leaves / 8);
    const claimed = new Bitfield(leaves, new Uint8Array(bytes.subarray(HEADER, HEADER + length)));
    const at = checkpointAt(claimed);
    return {
      header,
      claimed,
      flushed: new Bitfield(leaves, new Uint8Array(bytes.subarray(at, at + length))),
    };
  } catch {
    return undefined;
  }
}

const checkpointAt = (have: Bitfield): number => HEADER + Math.ceil(have.bytes.byteLength / PAGE) * PAGE;

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    at += (await file.write(bytes, at, bytes.byteLength - at, position + at)).bytesWritten;
  }
}

/** Another value after another boot. Where the system has no name for a boot, the minute in which it began. */
async function bootId(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
  return id?.trim() ?? `minute-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}
