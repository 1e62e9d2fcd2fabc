import assert from 'node:assert/strict';
import { decodeFrame } from '../../../src/protocol/swarm/decode.ts';
import { encodeDataHeader, encodeFrame } from '../../../src/protocol/swarm/encode.ts';
import { FrameParser } from '../../../src/protocol/swarm/frame-parser.ts';
import type { ControlFrame } from '../../../src/protocol/swarm/frames.ts';
import {
  HEADER_BYTES,
  MAX_HELLO_BYTES,
  MAX_TEXT_BYTES,
  PREFACE,
} from '../../../src/protocol/swarm/limits.ts';
import { bytes } from '../corpus.ts';
import { mutatedBytes } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';
import { FRAMES } from './sample-frames.ts';

export const swarmFrames = target<Uint8Array>(
  {
    name: 'swarm-frames',
    parses: ['protocol/swarm/frame-parser.ts', 'protocol/swarm/decode.ts'],
    usual: 1000,
  },
  () => {
    const all = FRAMES.map(encodeFrame);
    const data = Buffer.concat([encodeDataHeader(1, 2, 3, 5), Buffer.from('bytes')]);
    const streams = [
      ...all.map((one) => Buffer.concat([PREFACE, one])),
      Buffer.concat([PREFACE, data, ...all.slice(0, 4), data]),
      Buffer.concat([PREFACE, ...all]),
      ...bytes('swarm-frames'),
    ];
    return { inputs: mutatedBytes(streams), check };
  },
);

/** The pieces in which a stream comes make no difference. */
function check(stream: Uint8Array): boolean {
  const whole = parse(stream, [stream.byteLength]);
  const pieces = [1 + (stream.byteLength % 11), 1 + (stream[9] ?? 0), 3];
  assert.deepEqual(parse(stream, pieces), whole);
  if (stream.byteLength < 60) assert.deepEqual(parse(stream, [1]), whole);
  return whole.taken;
}

interface Parsed {
  readonly frames: readonly ControlFrame[];
  /** Content bytes, each behind its place. */
  readonly data: string;
  readonly taken: boolean;
}

function parse(stream: Uint8Array, lengths: readonly number[]): Parsed {
  const frames: ControlFrame[] = [];
  const data: string[] = [];
  let next = '';
  const parser = new FrameParser({
    frame: (frame) => frames.push(sound(frame)),
    data: (channel, leaf, offset, piece) => {
      assert.ok(piece.byteLength > 0);
      const place = `${channel} ${leaf} ${offset}`;
      data.push(place === next ? '' : place, piece.toString('latin1'));
      next = `${channel} ${leaf} ${offset + piece.byteLength}`;
    },
  });
  const taken = orRefused(['failed'], () => {
    const bytes = Buffer.from(stream);
    for (let at = 0, i = 0; at < bytes.byteLength; i += 1) {
      const length = Math.max(1, lengths[i % lengths.length]!);
      parser.push(bytes.subarray(at, at + length));
      at += length;
    }
    return true;
  });
  return { frames, data: data.join(''), taken: taken === true };
}

/** Within the bounds that everybody behind the parser relies on, and the same once more when it is sent on. */
function sound(frame: ControlFrame): ControlFrame {
  if (frame.type === 'bye') assert.ok(frame.text.length <= MAX_TEXT_BYTES);
  else {
    const again = encodeFrame(frame);
    assert.deepEqual(decodeFrame(again[4]!, again.subarray(HEADER_BYTES)), frame);
  }
  if (frame.type === 'hello') assert.ok(frame.proof.byteLength + frame.heads.byteLength <= MAX_HELLO_BYTES);
  if ('hashes' in frame) assert.equal(frame.hashes.byteLength % 32, 0);
  return frame;
}
