import { blake3, blake3Hex, blake3Of, DIGEST_BYTES, equalBytes } from './digest.ts';
import { PeerdexError } from './errors.ts';
import { type ContentId, toHex } from './ids.ts';
import { GROUP_LEAVES, groupCount, leafCount, MAX_CONTENT_BYTES } from './leaf-layout.ts';

const GROUP_TAG = Buffer.from('peerdex/group/1\0', 'ascii');
const CONTENT_TAG = Buffer.from('peerdex/content/1\0', 'ascii');

/** What a content id commits to: the size and the hash of every group of 64 leaves, one after the other. */
export interface Manifest {
  /** Bytes of the content. */
  readonly size: number;
  /** groupCount(size) × 32 bytes. */
  readonly groups: Uint8Array;
}

export const leafHash = (bytes: Uint8Array): Uint8Array => blake3(bytes);

/** `leaves`: the group's leaf hashes one after the other, 1 to 64 of them. */
export const groupHash = (leaves: Uint8Array): Uint8Array => blake3Of(GROUP_TAG, leaves);

export function contentIdOf(manifest: Manifest): ContentId {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(manifest.size));
  return toHex(blake3Of(CONTENT_TAG, size, manifest.groups));
}

/**
 * A content of one leaf, 1 to LEAF_BYTES: its id, and leaf hash and group hash one behind the other. As the functions above say it, in a
 * third of their time, which for small files is as much as hashing them: nothing is made but the answer.
 */
export function hashSmall(bytes: Uint8Array): { readonly content: ContentId; readonly hashes: Uint8Array } {
  const leaf = blake3Hex(bytes);
  ONE_LEAF.write(leaf, GROUP_TAG.byteLength, 'hex');
  const group = blake3Hex(ONE_LEAF);
  ONE_GROUP.writeUInt32LE(bytes.byteLength, CONTENT_TAG.byteLength);
  ONE_GROUP.write(group, CONTENT_TAG.byteLength + SIZE_BYTES, 'hex');
  return { content: blake3Hex(ONE_GROUP), hashes: Buffer.from(leaf + group, 'hex') };
}

/** What is hashed of a single leaf, and of a single group. */
const SIZE_BYTES = 8;
const ONE_LEAF = Buffer.concat([GROUP_TAG, Buffer.alloc(DIGEST_BYTES)]);
const ONE_GROUP = Buffer.concat([CONTENT_TAG, Buffer.alloc(SIZE_BYTES + DIGEST_BYTES)]);

/** Throws `verification` unless the manifest is the one that `content` names. */
export function checkManifest(content: ContentId, manifest: Manifest): void {
  if (!Number.isSafeInteger(manifest.size) || manifest.size < 0 || manifest.size > MAX_CONTENT_BYTES) {
    throw new PeerdexError('verification', `manifest of ${content} claims an impossible size`);
  }
  if (manifest.groups.byteLength !== groupCount(manifest.size) * DIGEST_BYTES) {
    throw new PeerdexError('verification', `manifest of ${content} has the wrong number of group hashes`);
  }
  if (contentIdOf(manifest) !== content) {
    throw new PeerdexError('verification', `manifest does not belong to content ${content}`);
  }
}

/** True when `leaves` are the leaf hashes of that group. */
export function isGroup(manifest: Manifest, group: number, leaves: Uint8Array): boolean {
  const count = Math.min(GROUP_LEAVES, leafCount(manifest.size) - group * GROUP_LEAVES);
  if (group < 0 || count <= 0 || leaves.byteLength !== count * DIGEST_BYTES) return false;
  return equalBytes(groupHash(leaves), hashAt(manifest.groups, group));
}

/** The i-th of hashes that stand one after the other. */
export const hashAt = (hashes: Uint8Array, i: number): Uint8Array =>
  hashes.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES);

/** Builds manifest and leaf hashes from leaf hashes that arrive in order. */
export class ManifestBuilder {
  readonly #leaves: Uint8Array;
  readonly #size: number;
  #next = 0;

  constructor(size: number) {
    this.#size = size;
    this.#leaves = new Uint8Array(leafCount(size) * DIGEST_BYTES);
  }

  add(hash: Uint8Array): void {
    this.#leaves.set(hash, this.#next * DIGEST_BYTES);
    this.#next += 1;
  }

  /** `leaves`: every leaf hash, one after the other. Throws `failed` while leaves are missing. */
  finish(): { content: ContentId; manifest: Manifest; leaves: Uint8Array } {
    if (this.#next !== leafCount(this.#size)) {
      throw new PeerdexError('failed', `${this.#next} of ${leafCount(this.#size)} leaves were hashed`);
    }
    const groups = new Uint8Array(groupCount(this.#size) * DIGEST_BYTES);
    for (let group = 0; group < groupCount(this.#size); group += 1) {
      groups.set(groupHash(groupSlice(this.#leaves, group)), group * DIGEST_BYTES);
    }
    const manifest = { size: this.#size, groups };
    return { content: contentIdOf(manifest), manifest, leaves: this.#leaves };
  }
}

/** The leaf hashes of one group out of those of the whole content. */
export function groupSlice(leaves: Uint8Array, group: number): Uint8Array {
  const bytes = GROUP_LEAVES * DIGEST_BYTES;
  return leaves.subarray(group * bytes, Math.min((group + 1) * bytes, leaves.byteLength));
}
