import { pngOf } from './png.ts';

const SIDE = 256;

/** A picture of 256 × 256 pixels, colours running into each other. */
export const samplePng = (): Uint8Array => pngOf(SIDE, SIDE, pixels());

/** Each row begins with the number of its filter, 0: none. */
function pixels(): Buffer {
  const rows = Buffer.alloc(SIDE * (1 + SIDE * 3));
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      rows.set([x, y, 255 - ((x + y) >> 1)], y * (1 + SIDE * 3) + 1 + x * 3);
    }
  }
  return rows;
}
