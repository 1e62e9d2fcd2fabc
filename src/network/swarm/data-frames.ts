import { writeDataHeader } from '../../protocol/swarm/encode.ts';
import { DATA_FRAME_HEADER_BYTES, MAX_DATA_BYTES } from '../../protocol/swarm/limits.ts';

/** Headers that are made at a time. */
const MADE = 16;

/**
 * Content bytes in data frames, header and bytes in turn, for one write at a time: the headers are used again for the next one.
 */
export class DataFrames {
  readonly #headers: Buffer[] = [];
  #used = 0;
  #bytes = 0;
  readonly buffers: Uint8Array[] = [];

  /** Of the contents in the write, without headers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins the next write: the one before has been taken. */
  clear(): void {
    this.#used = 0;
    this.#bytes = 0;
    this.buffers.length = 0;
  }

  /** `bytes`: those of a leaf from `start` on. */
  add(channel: number, leaf: number, start: number, bytes: Uint8Array): void {
    const { byteLength } = bytes;
    for (let at = 0; at < byteLength; at += MAX_DATA_BYTES) {
      const end = Math.min(at + MAX_DATA_BYTES, byteLength);
      const header = this.#header();
      writeDataHeader(header, channel, leaf, start + at, end - at);
      this.buffers.push(header, end - at === byteLength ? bytes : bytes.subarray(at, end));
    }
    this.#bytes += byteLength;
  }

  #header(): Buffer {
    if (this.#used === this.#headers.length) {
      const made = Buffer.allocUnsafeSlow(MADE * DATA_FRAME_HEADER_BYTES);
      for (let at = 0; at < made.byteLength; at += DATA_FRAME_HEADER_BYTES)
        this.#headers.push(made.subarray(at, at + DATA_FRAME_HEADER_BYTES));
    }
    this.#used += 1;
    return this.#headers[this.#used - 1]!;
  }
}
