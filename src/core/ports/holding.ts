import type { Bitfield } from '../bitfield.ts';
import type { ContentId } from '../ids.ts';
import type { Manifest } from '../manifest.ts';

/** What this process can serve of one content, now and as it grows. To be closed by who opened it. */
export interface Holding {
  /** Bytes of the content; of one on its way true once its manifest is proven. */
  readonly size: number;
  /** Undefined until it is proven, of a content that is on its way; `ready` tells when it is. */
  readonly manifest: Manifest | undefined;
  /** The leaves that can be read; they grow, as `got` tells. */
  readonly have: Bitfield | 'whole';
  /**
   * Fills a buffer for each of these neighbouring leaves. Throws `conflict` when the file changed, `not-found` when nothing of the
   * content is here any more, `failed` when it cannot be read.
   */
  read(firstLeaf: number, buffers: readonly Uint8Array[]): Promise<void>;
  /** What was read is said to be wrong: it is looked at again. */
  suspect(): void;
  close(): Promise<void>;
}

/** What a holding tells who opened it. Nothing after `close`. */
export interface HoldingListener {
  ready(): void;
  got(leaf: number): void;
  /** It came to nothing: there is nothing to serve any more. */
  ended(): void;
}

/** Everything that this process can serve. */
export interface Holdings {
  /** Undefined where nothing of the content is here. */
  open(content: ContentId, listener: HoldingListener): Holding | undefined;
}
