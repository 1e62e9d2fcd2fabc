/** The numbers of the bits that are set, from `first` on; those past the end count as nothing. */
export function* leavesIn(first: number, bits: Uint8Array, end: number): Generator<number> {
  const most = Math.min(bits.byteLength * 8, end - first);
  for (let i = 0; i < most; i += 1) {
    if ((i & 7) === 0 && bits[i >> 3] === 0) i += 7;
    else if ((bits[i >> 3]! & (1 << (i & 7))) !== 0) yield first + i;
  }
}

/** Those below `end`. */
export function* upTo(first: number, end: number): Generator<number> {
  for (let leaf = first; leaf < end; leaf += 1) yield leaf;
}
