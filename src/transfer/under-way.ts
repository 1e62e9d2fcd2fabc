import { PeerdexError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import type { HoldingListener } from '../core/ports/holding.ts';
import type { HashStore } from '../core/ports/local-contents.ts';
import type { Partial } from '../core/ports/partial.ts';

/** A content on its way, as far as those know it who serve from it. */
export class UnderWay {
  readonly partial: Partial;
  /** Resolves when the partial is no more: it became a file, or came to nothing. */
  readonly ended: Promise<void>;
  readonly #hashes: HashStore;
  readonly #onEnd: () => void;
  readonly #end = Promise.withResolvers<void>();
  readonly #listeners = new Set<HoldingListener>();
  #isClosing = false;
  #manifest: Manifest | undefined;

  constructor(partial: Partial, hashes: HashStore, onEnd: () => void) {
    this.partial = partial;
    this.#hashes = hashes;
    this.#onEnd = onEnd;
    this.ended = this.#end.promise;
  }

  /** Undefined until it is proven, and where it shows that the partial has a false size. */
  get manifest(): Manifest | undefined {
    if (this.#manifest) return this.#manifest;
    const manifest = this.#hashes.manifest(this.partial.content);
    if (manifest?.size === this.partial.size) this.#manifest = manifest;
    return this.#manifest;
  }

  /** The partial is about to be closed or renamed: a read that fails from here on is no failure of the disk. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  listen(listener: HoldingListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async read(firstLeaf: number, buffers: readonly Uint8Array[]): Promise<void> {
    for (let leaf = firstLeaf; leaf < firstLeaf + buffers.length; leaf += 1) {
      if (!this.partial.have.has(leaf)) throw new PeerdexError('not-found', `leaf ${leaf} has not come yet`);
    }
    await Promise.all(buffers.map((buffer, i) => this.partial.read(firstLeaf + i, buffer)));
  }

  proven(): void {
    for (const listener of [...this.#listeners]) listener.ready();
  }

  got(leaf: number): void {
    for (const listener of this.#listeners) listener.got(leaf);
  }

  closing(): void {
    this.#isClosing = true;
  }

  /** Where it became a file, that is written down by now. */
  end(): void {
    this.#isClosing = true;
    this.#onEnd();
    this.#end.resolve();
    for (const listener of [...this.#listeners]) listener.ended();
  }
}
