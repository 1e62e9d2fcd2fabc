import type { ItemState } from '../../core/job.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { WhichItems } from '../../core/ports/job-store.ts';
import type { WantedItem } from '../../core/wanted.ts';

/** A byte for each item of a page: what of it is asked for often, without reading the rest. The two lowest bits are its state. */
const STATE_BITS = 3;
/** More than one leaf, as an index tells its size. */
export const LARGE = 4;
const FOLDER = 8;
export const HAS_MTIME = 16;
export const HAS_EXECUTABLE = 32;
export const EXECUTABLE = 64;

const STATES: readonly ItemState[] = ['open', 'done', 'failed'];

export const stateOf = (mark: number): ItemState => STATES[mark & STATE_BITS]!;
export const isFile = (mark: number): boolean => (mark & FOLDER) === 0;
export const withState = (mark: number, state: ItemState): number =>
  (mark & ~STATE_BITS) | STATES.indexOf(state);

/** Of one that is open. */
export const markOf = ({ size, content, mtime, executable }: WantedItem): number =>
  (size > LEAF_BYTES ? LARGE : 0) |
  (content === undefined ? FOLDER : 0) |
  (mtime === undefined ? 0 : HAS_MTIME) |
  (executable === undefined ? 0 : HAS_EXECUTABLE) |
  (executable ? EXECUTABLE : 0);

/** Where in a page such items are, from `from` on, up to `most` of them. */
export function findMarks(
  marks: Uint8Array,
  from: number,
  state: ItemState,
  which: WhichItems | undefined,
  most: number,
): number[] {
  const mask = which === undefined ? STATE_BITS : STATE_BITS | LARGE;
  const meant = STATES.indexOf(state) | (which === 'others' ? LARGE : 0);
  const found: number[] = [];
  for (let at = from; at < marks.length && found.length < most; at += 1)
    if ((marks[at]! & mask) === meant) found.push(at);
  return found;
}
