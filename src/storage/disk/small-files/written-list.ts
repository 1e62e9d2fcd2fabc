import { DIGEST_BYTES } from '../../../core/digest.ts';
import type { SmallWritten } from '../../../core/ports/small-files.ts';

/**
 * What became of files as a thread tells it: in columns, because a message that holds objects for each file takes ten times as long. And
 * one that holds a piece of Node's pool of buffers takes all of the pool along.
 */
export interface WrittenList {
  /** Of each file, where it is written: size, mtime, device, inode, and 1 for one that can be executed. */
  readonly looks: BigInt64Array;
  /** Of each file, where it is written, leaf hash and group hash; zeros of an empty one. */
  readonly hashes: Uint8Array;
  /** What became of the others, by their place. */
  readonly others: ReadonlyMap<number, Exclude<SmallWritten, { outcome: 'written' }>>;
}

export function listOf(written: readonly SmallWritten[]): WrittenList {
  const looks = new BigInt64Array(written.length * LOOK);
  const hashes = new Uint8Array(written.length * HASHES);
  const others = new Map<number, Exclude<SmallWritten, { outcome: 'written' }>>();
  for (let i = 0; i < written.length; i += 1) {
    const one = written[i]!;
    if (one.outcome !== 'written') {
      others.set(i, one);
      continue;
    }
    const { size, mtime, device, inode, executable } = one.look;
    const at = i * LOOK;
    looks[at] = BigInt(size);
    looks[at + 1] = mtime;
    looks[at + 2] = device;
    looks[at + 3] = inode;
    looks[at + 4] = executable ? 1n : 0n;
    hashes.set(one.hashes, i * HASHES);
  }
  return { looks, hashes, others };
}

/** What a list says, in the order of the files. */
export function writtenIn({ looks, hashes, others }: WrittenList): readonly SmallWritten[] {
  return Array.from({ length: looks.length / LOOK }, (_, i): SmallWritten => {
    const other = others.get(i);
    if (other) return other;
    const at = i * LOOK;
    const size = Number(looks[at]);
    const look = {
      size,
      mtime: looks[at + 1]!,
      device: BigInt.asUintN(64, looks[at + 2]!),
      inode: BigInt.asUintN(64, looks[at + 3]!),
      executable: looks[at + 4] === 1n,
    };
    const end = size === 0 ? i * HASHES : (i + 1) * HASHES;
    return { outcome: 'written', look, hashes: hashes.subarray(i * HASHES, end) };
  });
}

const LOOK = 5;
const HASHES = 2 * DIGEST_BYTES;
