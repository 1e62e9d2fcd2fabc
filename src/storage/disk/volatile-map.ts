import { Bitfield } from '../../core/bitfield.ts';
import { leafCount } from '../../core/leaf-layout.ts';
import type { LeafMap } from './partial-map.ts';

/** For a partial that is not worth going on with after its end: it is fetched again instead. */
export class VolatileMap implements LeafMap {
  readonly have: Bitfield;
  readonly doubtful: readonly number[] = [];
  /** Such a partial has the length of what was written. */
  readonly isSparse = false;

  /** `size`: bytes of the content. */
  constructor(size: number) {
    this.have = new Bitfield(leafCount(size));
  }

  async claim(leaf: number): Promise<void> {
    this.have.add(leaf);
  }

  async checkpoint(): Promise<void> {}

  async retreat(): Promise<void> {}

  async close(): Promise<void> {}

  async remove(): Promise<void> {}
}
