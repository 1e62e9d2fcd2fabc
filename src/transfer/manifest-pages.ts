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

/** Puts a manifest together from one source's pages, which come in order. */
export class ManifestPages {
  readonly #size: number;
  readonly #groups: Uint8Array;
  #next = 0;

  constructor(size: number) {
    this.#size = size;
    this.#groups = new Uint8Array(groupCount(size) * DIGEST_BYTES);
  }

  get nextPage(): number {
    return this.#next;
  }

  /** False for a page that does not fit. */
  add(page: number, hashes: Uint8Array): boolean {
    const at = page * PAGE_GROUPS * DIGEST_BYTES;
    const expected = Math.min(PAGE_GROUPS * DIGEST_BYTES, this.#groups.byteLength - at);
    if (page !== this.#next || hashes.byteLength !== expected) return false;
    this.#groups.set(hashes, at);
    this.#next += 1;
    return true;
  }

  /** The whole, once every page is there. Unverified. */
  finish(): Manifest | undefined {
    return this.#next === pageCount(this.#size) ? { size: this.#size, groups: this.#groups } : undefined;
  }
}
