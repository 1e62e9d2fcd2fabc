import { encodeDataHeader } from '../../protocol/swarm/encode.ts';
import { MAX_DATA_BYTES } from '../../protocol/swarm/limits.ts';

/** A piece of a leaf in data frames: header and bytes in turn. */
export function dataFrames(channel: number, leaf: number, start: number, piece: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < piece.byteLength; at += MAX_DATA_BYTES) {
    const bytes = piece.subarray(at, at + MAX_DATA_BYTES);
    out.push(encodeDataHeader(channel, leaf, start + at, bytes.byteLength), bytes);
  }
  return out;
}
