import { DIGEST_BYTES } from '../core/digest.ts';
import type { ContentId } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import type { HashKeeper } from '../core/ports/local-contents.ts';
import type { LocalFileStore } from '../core/ports/local-file-store.ts';

/**
 * Hashes, also those that stand beside a small file outside the shares: a row for each of many thousands at random places of two more
 * tables costs more than all else that is written down of them.
 */
export class HashesOfWritten implements HashKeeper {
  readonly #hashes: HashKeeper;
  readonly #files: Pick<LocalFileStore, 'writtenHashes'>;

  constructor(hashes: HashKeeper, files: Pick<LocalFileStore, 'writtenHashes'>) {
    this.#hashes = hashes;
    this.#files = files;
  }

  manifest(content: ContentId): Manifest | undefined {
    const known = this.#hashes.manifest(content);
    if (known) return known;
    const written = this.#files.writtenHashes(content);
    return written && { size: written.size, groups: written.hashes.subarray(DIGEST_BYTES) };
  }

  leaves(content: ContentId, group: number): Uint8Array | undefined {
    const known = this.#hashes.leaves(content, group);
    if (known || group !== 0) return known;
    const written = this.#files.writtenHashes(content);
    return written && written.size > 0 ? written.hashes.subarray(0, DIGEST_BYTES) : undefined;
  }

  putManifest(content: ContentId, manifest: Manifest): void {
    this.#hashes.putManifest(content, manifest);
  }

  putLeaves(content: ContentId, group: number, leaves: Uint8Array): void {
    this.#hashes.putLeaves(content, group, leaves);
  }

  older(before: number, after: ContentId, limit: number): readonly ContentId[] {
    return this.#hashes.older(before, after, limit);
  }

  drop(content: ContentId): void {
    this.#hashes.drop(content);
  }
}
