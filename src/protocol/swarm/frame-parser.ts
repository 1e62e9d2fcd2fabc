import { checkLength, decodeFrame } from './decode.ts';
import type { ControlFrame } from './frames.ts';
import { FRAME } from './frames.ts';
import { DATA_HEADER_BYTES, HEADER_BYTES, MAX_BODY_BYTES, PREFACE } from './limits.ts';
import { malformed } from './malformed.ts';

/** What a parser hands on, in the order of the wire. */
export interface FrameSink {
  frame(frame: ControlFrame): void;
  /** A piece of a data frame; several pieces may make up one frame. `bytes` is the reader's buffer: use it during the call only. */
  data(channel: number, leaf: number, offset: number, bytes: Buffer): void;
}

/**
 * Cuts a byte stream into frames, whatever pieces it comes in. Content bytes are handed on without a copy; control frames are
 * gathered in one buffer that grows to what the frame at hand needs and never past MAX_BODY_BYTES.
 */
export class FrameParser {
  readonly #sink: FrameSink;
  #expectPreface = true;
  #header = Buffer.allocUnsafe(HEADER_BYTES + DATA_HEADER_BYTES);
  #headerHas = 0;
  #body = Buffer.allocUnsafe(256);
  #bodyHas = 0;
  #bodyLength = -1;
  #type = 0;
  #dataLeft = 0;
  #dataOffset = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Throws `failed` for anything that is no frame; the connection is then of no more use. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#dataLeft > 0) at = this.#passData(chunk, at);
      else if (this.#bodyLength >= 0) at = this.#fillBody(chunk, at);
      else at = this.#fillHeader(chunk, at);
    }
  }

  #fillHeader(chunk: Buffer, from: number): number {
    const wanted = this.#expectPreface ? PREFACE.byteLength : this.#headerWanted();
    const take = Math.min(wanted - this.#headerHas, chunk.byteLength - from);
    chunk.copy(this.#header, this.#headerHas, from, from + take);
    this.#headerHas += take;
    if (this.#headerHas === wanted) this.#headerComplete();
    return from + take;
  }

  #headerWanted(): number {
    const isData = this.#headerHas >= HEADER_BYTES && this.#header[4] === FRAME.data;
    return isData ? HEADER_BYTES + DATA_HEADER_BYTES : HEADER_BYTES;
  }

  #headerComplete(): void {
    if (this.#expectPreface) {
      if (!this.#header.subarray(0, PREFACE.byteLength).equals(PREFACE))
        throw malformed('it does not begin with the preface');
      this.#expectPreface = false;
      this.#headerHas = 0;
      return;
    }
    const length = this.#header.readUInt32LE(0);
    this.#type = this.#header[4]!;
    if (this.#headerHas === HEADER_BYTES) {
      checkLength(this.#type, length);
      if (this.#type === FRAME.data) return; // its own header comes next
      this.#bodyLength = length;
      if (length === 0) this.#bodyComplete();
      return;
    }
    this.#dataLeft = length - DATA_HEADER_BYTES;
    this.#dataOffset = this.#header.readUInt32LE(HEADER_BYTES + 8);
  }

  #passData(chunk: Buffer, from: number): number {
    const take = Math.min(this.#dataLeft, chunk.byteLength - from);
    const channel = this.#header.readUInt32LE(HEADER_BYTES);
    const leaf = this.#header.readUInt32LE(HEADER_BYTES + 4);
    const offset = this.#dataOffset;
    this.#dataLeft -= take;
    this.#dataOffset += take;
    if (this.#dataLeft === 0) this.#headerHas = 0;
    this.#sink.data(channel, leaf, offset, chunk.subarray(from, from + take));
    return from + take;
  }

  #fillBody(chunk: Buffer, from: number): number {
    const take = Math.min(this.#bodyLength - this.#bodyHas, chunk.byteLength - from);
    this.#makeRoom(this.#bodyHas + take);
    chunk.copy(this.#body, this.#bodyHas, from, from + take);
    this.#bodyHas += take;
    if (this.#bodyHas === this.#bodyLength) this.#bodyComplete();
    return from + take;
  }

  /** Memory follows the bytes that came, not the length that was claimed. */
  #makeRoom(bytes: number): void {
    if (bytes <= this.#body.byteLength) return;
    const grown = Buffer.allocUnsafe(Math.min(MAX_BODY_BYTES, Math.max(bytes, this.#body.byteLength * 2)));
    this.#body.copy(grown, 0, 0, this.#bodyHas);
    this.#body = grown;
  }

  #bodyComplete(): void {
    const frame = decodeFrame(this.#type, this.#body.subarray(0, this.#bodyLength));
    this.#headerHas = 0;
    this.#bodyHas = 0;
    this.#bodyLength = -1;
    if (frame) this.#sink.frame(frame);
  }
}
