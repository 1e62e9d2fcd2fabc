import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { PeerdexError, systemCode } from '../../core/errors.ts';
import { LEAF_BYTES, MAX_CONTENT_BYTES } from '../../core/leaf-layout.ts';
import { leafHash, ManifestBuilder } from '../../core/manifest.ts';
import { type HashOutcome, type Still, stillMsOf } from '../../core/ports/disk.ts';
import type { FileLook } from '../../core/ports/local-file-store.ts';
import { LastFolder } from './last-folder.ts';
import { lookOf, sameLook } from './look.ts';
import { openInSync } from './safe-open.ts';

/** Hashes files one after the other with synchronous calls, for a thread of its own. */
export class FileHasher {
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #now: () => number;
  readonly #alive: () => void;
  readonly #folder = new LastFolder();

  /** `alive` is called after each read, so that who waits can tell a big file from a dead disk. */
  constructor(now: () => number, alive: () => void) {
    this.#now = now;
    this.#alive = alive;
  }

  /** Never throws. The folder of the last file stays open: `release` closes it. */
  hash(root: string, relative: string, manner: OneManner = {}): HashOutcome {
    let fd: number | undefined;
    try {
      const slash = relative.lastIndexOf('/');
      const folder = this.#folder.enter(root, slash < 0 ? '' : relative.slice(0, slash));
      fd = openInSync(folder, relative.slice(slash + 1), constants.O_RDONLY);
      return this.#read(fd, manner);
    } catch (error) {
      return failure(error);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  release(): void {
    this.#folder.release();
  }

  #read(fd: number, { still, rate }: OneManner): HashOutcome {
    const at = this.#now();
    const look = lookOf(fstatSync(fd, { bigint: true }));
    if (still && isYoung(look, at, still)) return { outcome: 'young', look };
    // Others refuse all of an index that lists one.
    if (look.size > MAX_CONTENT_BYTES)
      throw new PeerdexError('limit', `it has ${look.size} bytes, and a content has 16 TiB at the most`);
    const pace = rate === undefined ? undefined : new Pace(rate);
    const builder = new ManifestBuilder(look.size);
    for (let done = 0; done < look.size; ) {
      const wanted = Math.min(READ_BYTES, look.size - done);
      for (let filled = 0; filled < wanted; ) {
        const read = readSync(fd, this.#buffer, filled, wanted - filled, null);
        if (read === 0) return { outcome: 'changed' };
        filled += read;
        this.#alive();
      }
      for (let offset = 0; offset < wanted; offset += LEAF_BYTES) {
        builder.add(leafHash(this.#buffer.subarray(offset, Math.min(offset + LEAF_BYTES, wanted))));
      }
      done += wanted;
      pace?.wait(wanted, this.#alive);
    }
    const after = lookOf(fstatSync(fd, { bigint: true }));
    if (!sameLook(look, after)) return { outcome: 'changed' };
    return { outcome: 'hashed', ...builder.finish(), look: after, at };
  }
}

/** See HashManner. */
export interface OneManner {
  readonly still?: Still | undefined;
  readonly rate?: number | undefined;
}

/** By the file's own time, or where that one lies ahead, by how it looked when it was seen first. */
function isYoung(look: FileLook, now: number, { ms, seen }: Still): boolean {
  if (ms === 0) return false;
  const age = now - Number(look.mtime / 1_000_000n);
  if (age >= stillMsOf(ms, look.size)) return false;
  return !seen || !sameLook(seen, look);
}

/** Makes reading slow by sleeping, for a thread of its own. */
class Pace {
  readonly #rate: number;
  readonly #began = performance.now();
  #bytes = 0;

  constructor(rate: number) {
    this.#rate = rate;
  }

  wait(bytes: number, alive: () => void): void {
    this.#bytes += bytes;
    const end = this.#began + (this.#bytes / this.#rate) * 1000;
    for (let ms = end - performance.now(); ms > 0; ms = end - performance.now()) {
      Atomics.wait(NEVER, 0, 0, Math.min(ms, SLEEP_MS));
      alive();
    }
  }
}

const SLEEP_MS = 1000;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** A multiple of the leaf. */
const READ_BYTES = 4 * LEAF_BYTES;

function failure(error: unknown): HashOutcome {
  const cause = error instanceof PeerdexError ? error.cause : error;
  const code = systemCode(cause) ?? (error instanceof PeerdexError ? error.code : 'failed');
  return { outcome: 'failed', code, message: error instanceof Error ? error.message : String(error) };
}
