import { DIGEST_BYTES } from '../core/digest.ts';
import { groupCount } from '../core/leaf-layout.ts';
import type { Manifest } from '../core/manifest.ts';

/** Group hashes in one page: the sender's pages must be cut the same way. */
export const PAGE_GROUPS = 2048;

export const pageCount = (size: number): number => Math.ceil(groupCount(size) / PAGE_GROUPS);

/** The hashes of one page, or undefined when the content has no such page. */
export function pageOf(manifest: Manifest, page: number): Uint8Array | undefined {
  if (page < 0 || page >= pageCount(manifest.size)) return undefined;
  const bytes = PAGE_GROUPS * DIGEST_BYTES;
  return manifest.groups.subarray(page * bytes, Math.min((page + 1) * bytes, manifest.groups.byteLength));
}

/** Puts a manifest together from one source's pages, which come in order. Memory follows what came, not the size that is claimed. */
export class ManifestPages {
  readonly #size: number;
  readonly #pages: Uint8Array[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** False for a page that does not fit. */
  add(page: number, hashes: Uint8Array): boolean {
    const expected = Math.min(PAGE_GROUPS, groupCount(this.#size) - page * PAGE_GROUPS) * DIGEST_BYTES;
    if (page !== this.#pages.length || expected <= 0 || hashes.byteLength !== expected) return false;
    this.#pages.push(hashes);
    return true;
  }

  /** The whole, once every page is there. Unverified. */
  finish(): Manifest | undefined {
    if (this.#pages.length !== pageCount(this.#size)) return undefined;
    return { size: this.#size, groups: Buffer.concat(this.#pages) };
  }
}
