import type { ContentId } from './ids.ts';

/** A content of one leaf, as it is asked for with others. */
export interface SmallContent {
  readonly content: ContentId;
  /** Bytes, 1 to LEAF_BYTES. */
  readonly size: number;
}
