import { equalBytes } from '../core/digest.ts';
import type { ContentId } from '../core/ids.ts';
import { GROUP_LEAVES, groupOfLeaf } from '../core/leaf-layout.ts';
import { checkManifest, hashAt, isGroup, leafHash, type Manifest } from '../core/manifest.ts';
import type { HashStore } from '../core/ports/local-contents.ts';

/** Groups whose leaf hashes are kept at hand; the others are read again from the store. */
const KEEP_GROUPS = 64;

/** The hashes of one content, each checked against the one above it before it is used or kept. */
export class LeafHashes {
  readonly #content: ContentId;
  readonly #store: HashStore;
  readonly #groups = new Map<number, Uint8Array>();
  #manifest: Manifest | undefined;

  readonly #onProven: () => void;

  /** `onProven`: called when a manifest was taken in. */
  constructor(content: ContentId, store: HashStore, onProven: () => void = () => {}) {
    this.#content = content;
    this.#store = store;
    this.#onProven = onProven;
    this.#manifest = store.manifest(content);
  }

  get manifest(): Manifest | undefined {
    return this.#manifest;
  }

  /** Throws `verification` when it is not this content's, and what the store throws. */
  takeManifest(manifest: Manifest): void {
    if (this.#manifest) return;
    checkManifest(this.#content, manifest);
    this.#store.putManifest(this.#content, manifest);
    this.#manifest = manifest;
    this.#onProven();
  }

  knowsGroup(group: number): boolean {
    return this.#group(group) !== undefined;
  }

  /** False when these are not the group's leaf hashes. Needs the manifest. Throws what the store throws. */
  takeGroup(group: number, leaves: Uint8Array): boolean {
    if (!this.#manifest || !isGroup(this.#manifest, group, leaves)) return false;
    if (this.knowsGroup(group)) return true;
    this.#store.putLeaves(this.#content, group, leaves);
    this.#remember(group, leaves);
    return true;
  }

  /** Undefined while it is not known. */
  hashOf(leaf: number): Uint8Array | undefined {
    const leaves = this.#group(groupOfLeaf(leaf));
    return leaves && hashAt(leaves, leaf % GROUP_LEAVES);
  }

  /** Whether the bytes are that leaf; undefined while its hash is not known. */
  verify(leaf: number, bytes: Uint8Array): boolean | undefined {
    const hash = this.hashOf(leaf);
    return hash && equalBytes(leafHash(bytes), hash);
  }

  #group(group: number): Uint8Array | undefined {
    const known = this.#groups.get(group);
    if (known) return known;
    const stored = this.#store.leaves(this.#content, group);
    if (stored) this.#remember(group, stored);
    return stored;
  }

  #remember(group: number, leaves: Uint8Array): void {
    this.#groups.set(group, leaves);
    if (this.#groups.size <= KEEP_GROUPS) return;
    this.#groups.delete(this.#groups.keys().next().value as number);
  }
}
