import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PeerdexError } from '../../src/core/errors.ts';
import { decodeFrame } from '../../src/protocol/swarm/decode.ts';
import { encodeDataHeader, encodeFrame } from '../../src/protocol/swarm/encode.ts';
import { FrameParser } from '../../src/protocol/swarm/frame-parser.ts';
import { BYE_REASONS, type ControlFrame, FRAME, REJECT_REASONS } from '../../src/protocol/swarm/frames.ts';
import {
  HEADER_BYTES,
  MAX_ADDRESSES,
  MAX_BATCH_ITEMS,
  MAX_BODY_BYTES,
  MAX_DATA_BYTES,
  MAX_HELLO_BYTES,
  MAX_MEMBERS,
  MAX_TOLD_LEAVES,
  PREFACE,
} from '../../src/protocol/swarm/limits.ts';
import { runs } from './runs.ts';

const CORPUS = join(import.meta.dirname, 'corpus/swarm-frames');
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const id = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((some) => Buffer.from(some).toString('hex'));
const hashes = (most: number) =>
  fc
    .integer({ min: 0, max: most })
    .chain((count) => fc.uint8Array({ minLength: count * 32, maxLength: count * 32 }));
const someBytes = (maxLength: number) => fc.uint8Array({ maxLength });

const noProto = { noNullPrototype: true };
const addresses = fc.array(
  fc.record(
    { host: fc.stringMatching(/^[0-9a-zA-Z_.:%-]{1,40}$/), port: fc.integer({ min: 1, max: 0xffff }) },
    noProto,
  ),
  { maxLength: MAX_ADDRESSES },
);
const someMembers = fc.array(fc.record({ peer: id(16), addresses }, noProto), { maxLength: MAX_MEMBERS });
const told = fc.record({ channel: u32, first: u32, count: fc.integer({ min: 1, max: MAX_TOLD_LEAVES }) });
const bits = fc.record({
  channel: u32,
  page: u32,
  bits: fc.uint8Array({ minLength: 1, maxLength: 300 }),
});

/** Every frame of the protocol, with every value that it can have. */
const FRAMES: { readonly [Type in ControlFrame['type']]: fc.Arbitrary<ControlFrame> } = {
  hello: fc
    .record({
      protocol: fc.integer({ min: 0, max: 0xffff }),
      features: u32,
      network: id(16),
      peer: id(16),
      proof: someBytes(MAX_HELLO_BYTES / 2 - 21),
      heads: someBytes(MAX_HELLO_BYTES / 2 - 21),
    })
    .map((one) => ({ type: 'hello', ...one })),
  proof: fc.uint8Array({ minLength: 38, maxLength: 400 }).map((proof) => ({ type: 'proof', proof })),
  interest: fc
    .record({ channel: u32, content: id(32), takesInstead: fc.boolean() })
    .map((one) => ({ type: 'interest', ...one })),
  holding: fc
    .record({ channel: u32, size: fc.integer({ min: 0, max: 2 ** 44 }), whole: fc.boolean() })
    .map((one) => ({ type: 'holding', ...one })),
  manifestRequest: fc.record({ channel: u32, page: u32 }).map((one) => ({ type: 'manifestRequest', ...one })),
  manifest: fc
    .record({ channel: u32, page: u32, hashes: hashes(40) })
    .map((one) => ({ type: 'manifest', ...one })),
  leavesRequest: fc.record({ channel: u32, group: u32 }).map((one) => ({ type: 'leavesRequest', ...one })),
  leaves: fc
    .record({ channel: u32, group: u32, hashes: hashes(64).filter((some) => some.byteLength > 0) })
    .map((one) => ({ type: 'leaves', ...one })),
  request: fc.record({ channel: u32, first: u32, count: u32 }).map((one) => ({ type: 'request', ...one })),
  cancel: fc.record({ channel: u32, first: u32, count: u32 }).map((one) => ({ type: 'cancel', ...one })),
  reject: fc
    .record({
      channel: u32,
      leaf: fc.option(fc.integer({ min: 0, max: 0xffff_fffe }), { nil: undefined }),
      reason: fc.constantFrom(...(Object.keys(REJECT_REASONS) as (keyof typeof REJECT_REASONS)[])),
      members: someMembers,
    })
    .map((one) => ({ type: 'reject', ...one })),
  complaint: fc.record({ channel: u32, leaf: u32 }).map((one) => ({ type: 'complaint', ...one })),
  close: fc.record({ channel: u32 }).map((one) => ({ type: 'close', ...one })),
  bye: fc
    .record({
      reason: fc.constantFrom(...(Object.keys(BYE_REASONS) as (keyof typeof BYE_REASONS)[])),
      text: fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => Buffer.byteLength(text) <= 512),
    })
    .map((one) => ({ type: 'bye', ...one })),
  bitfield: bits.map((one) => ({ type: 'bitfield', ...one })),
  have: told.map((one) => ({ type: 'have', ...one })),
  askerBitfield: bits.map((one) => ({ type: 'askerBitfield', ...one })),
  askerHave: told.map((one) => ({ type: 'askerHave', ...one })),
  claim: told.map((one) => ({ type: 'claim', ...one })),
  unclaim: told.map((one) => ({ type: 'unclaim', ...one })),
  instead: fc.record({ channel: u32, asked: u32, given: u32 }).map((one) => ({ type: 'instead', ...one })),
  seek: fc.record({ content: id(32), addresses }).map((one) => ({ type: 'seek', ...one })),
  batch: fc
    .record({
      channel: u32,
      items: fc.array(fc.record({ content: id(32), size: fc.integer({ min: 1, max: 262_144 }) }, noProto), {
        minLength: 1,
        maxLength: MAX_BATCH_ITEMS,
      }),
    })
    .map((one) => ({ type: 'batch', ...one })),
  members: fc.record({ content: id(32), members: someMembers }).map((one) => ({ type: 'members', ...one })),
};
const anyFrame = fc.oneof(...Object.values(FRAMES));
/** Where a stream is cut: lengths of the pieces, over and over. */
const cuts = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 });

describe('the frame parser', () => {
  it('gives every frame back, whatever pieces it comes in', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), cuts, (frames, lengths) => {
        const stream = Buffer.concat([PREFACE, ...frames.map(encodeFrame)]);
        const { got, push } = parser();
        pushInPieces(stream, lengths, push);
        assert.deepEqual(got.map(plain), frames.map(plain));
      }),
      runs(100),
    );
  });

  it('gives every type of frame back, a byte at a time', () => {
    fc.assert(
      fc.property(fc.tuple(...Object.values(FRAMES)), (frames) => {
        assert.equal(new Set(frames.map(({ type }) => type)).size, Object.keys(FRAME).length - 1);
        const { got, push } = parser();
        pushInPieces(Buffer.concat([PREFACE, ...frames.map(encodeFrame)]), [1], push);
        assert.deepEqual(got.map(plain), frames.map(plain));
      }),
      runs(10),
    );
  });

  it('hands content bytes on as they come, between control frames', () => {
    const piece = fc.record({
      channel: u32,
      leaf: u32,
      offset: fc.integer({ min: 0, max: 2 ** 18 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 3000 }),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, FRAMES.request), { maxLength: 8 }), cuts, (parts, lengths) => {
        const stream = parts.map((part) =>
          'bytes' in part
            ? Buffer.concat([
                encodeDataHeader(part.channel, part.leaf, part.offset, part.bytes.byteLength),
                part.bytes,
              ])
            : encodeFrame(part as ControlFrame),
        );
        const { data, got, push } = parser();
        pushInPieces(Buffer.concat([PREFACE, ...stream]), lengths, push);
        const pieces = parts.filter((part) => 'bytes' in part);
        assert.equal(got.length, parts.length - pieces.length);
        assert.deepEqual(
          Buffer.concat(data.map(({ bytes }) => bytes)),
          Buffer.concat(pieces.map(({ bytes }) => bytes)),
        );
        let at = 0;
        for (const { channel, leaf, offset, bytes } of pieces) {
          for (let next = offset; next < offset + bytes.byteLength; at += 1) {
            const one = data[at]!;
            assert.deepEqual([one.channel, one.leaf, one.offset], [channel, leaf, next]);
            next += one.bytes.byteLength;
          }
        }
      }),
      runs(100),
    );
  });

  it('takes any bytes in any pieces without another end than a clear one', () => {
    const header = fc
      .tuple(fc.integer({ min: 0, max: 300 }), fc.oneof(fc.integer({ min: 0, max: 25 }), fc.nat(255)))
      .map(([length, type]) => {
        const bytes = Buffer.alloc(HEADER_BYTES);
        bytes.writeUInt32LE(length, 0);
        bytes[4] = type;
        return bytes;
      });
    const rubbish = fc.uint8Array({ maxLength: 400 });
    const broken = fc.tuple(anyFrame, fc.nat(), fc.nat(255)).map(([frame, at, byte]) => {
      const bytes = encodeFrame(frame);
      bytes[at % bytes.byteLength] = byte;
      return bytes;
    });
    const stream = fc.array(fc.oneof(header, rubbish, broken, anyFrame.map(encodeFrame)), { maxLength: 8 });
    fc.assert(
      fc.property(stream, cuts, fc.boolean(), (parts, lengths, preface) => {
        takesOrRefuses(Buffer.concat(preface ? [PREFACE, ...parts] : parts), lengths);
      }),
      runs(300),
    );
  });

  it('refuses impossible lengths from the header alone', () => {
    for (const type of [...Object.values(FRAME), 0, 0x1a, 0x80, 0xff]) {
      for (const length of [MAX_BODY_BYTES + 5, 2 ** 31, 2 ** 32 - 1]) {
        const header = Buffer.alloc(HEADER_BYTES);
        header.writeUInt32LE(length, 0);
        header[4] = type;
        const { push } = parser();
        push(PREFACE);
        push(header.subarray(0, HEADER_BYTES - 1));
        assert.throws(() => push(header.subarray(HEADER_BYTES - 1)), { code: 'failed' }, `${type} ${length}`);
      }
    }
    const tooShort: [number, number][] = [
      [FRAME.hello, 41],
      [FRAME.interest, 36],
      [FRAME.claim, 13],
      [FRAME.bitfield, 8],
      [FRAME.bitfield, 8 + 65_537],
      [FRAME.members, 32],
      [FRAME.seek, 32 + 1 + 4 * 256 + 1],
      [FRAME.data, 12],
      [FRAME.leaves, 39],
      [FRAME.close, 0],
      [FRAME.bye, 3],
      [FRAME.hello, MAX_HELLO_BYTES + 1],
      [FRAME.data, 12 + MAX_DATA_BYTES + 1],
      [FRAME.request, 13],
    ];
    for (const [type, length] of tooShort) {
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32LE(length, 0);
      header[4] = type;
      const { push } = parser();
      assert.throws(() => push(Buffer.concat([PREFACE, header])), { code: 'failed' }, `${type} ${length}`);
    }
  });

  it('passes over types that it does not know, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0x1a, max: 255 }),
        fc.uint8Array({ maxLength: 5000 }),
        FRAMES.bye,
        (type, body, bye) => {
          const header = Buffer.alloc(HEADER_BYTES);
          header.writeUInt32LE(body.byteLength, 0);
          header[4] = type;
          const { got, push } = parser();
          push(Buffer.concat([PREFACE, header, body, encodeFrame(bye)]));
          assert.deepEqual(got, [bye]);
        },
      ),
      runs(50),
    );
  });

  it('takes memory for what came, not for what is claimed', () => {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAX_BODY_BYTES, 0);
    header[4] = 0xee;
    const begun = Array.from({ length: 2000 }, () => {
      const one = parser();
      one.push(PREFACE);
      one.push(header);
      one.push(Buffer.alloc(10));
      return one;
    });
    const { arrayBuffers } = process.memoryUsage();
    assert.ok(
      arrayBuffers < 60 * 2 ** 20,
      `${arrayBuffers} bytes for ${begun.length} frames that were begun`,
    );
    const body = Buffer.alloc(1000);
    const before = process.memoryUsage().arrayBuffers;
    const one = begun[0]!;
    for (let i = 0; i < 20_000; i += 1) one.push(body.subarray(0, (i % 900) + 1));
    assert.ok(
      process.memoryUsage().arrayBuffers - before < 32 * 2 ** 20,
      'frame after frame in the same memory',
    );
  });

  it('decodes any body of a length that it lets pass, or refuses it clearly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 25 }), fc.uint8Array({ maxLength: 200 }), (type, body) => {
        const stream = Buffer.alloc(HEADER_BYTES + body.byteLength);
        stream.writeUInt32LE(body.byteLength, 0);
        stream[4] = type;
        stream.set(body, HEADER_BYTES);
        takesOrRefuses(Buffer.concat([PREFACE, stream]), [7]);
      }),
      runs(300),
    );
    assert.equal(decodeFrame(0xee, Buffer.alloc(0)), undefined);
  });

  for (const name of readdirSync(CORPUS).filter((one) => one.endsWith('.bin'))) {
    it(`takes or refuses ${name} in every chunking`, () => {
      const bytes = readFileSync(join(CORPUS, name));
      const outcomes = [[bytes.byteLength], [1], [3, 5], [8, 5, 1000]].map((lengths) =>
        JSON.stringify(takesOrRefuses(bytes, lengths)),
      );
      assert.equal(new Set(outcomes).size, 1, 'the pieces make no difference');
    });
  }
});

interface Piece {
  readonly channel: number;
  readonly leaf: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

function parser() {
  const got: ControlFrame[] = [];
  const data: Piece[] = [];
  const one = new FrameParser({
    frame: (frame) => got.push(frame),
    data: (channel, leaf, offset, bytes) => data.push({ channel, leaf, offset, bytes: Buffer.from(bytes) }),
  });
  return { got, data, push: (bytes: Buffer) => one.push(bytes) };
}

/** The pieces come in one buffer that is used again and again, as a socket's do. */
function pushInPieces(stream: Buffer, lengths: readonly number[], push: (bytes: Buffer) => void): void {
  const reused = Buffer.alloc(Math.max(...lengths));
  for (let at = 0, i = 0; at < stream.byteLength; i += 1) {
    const length = Math.min(lengths[i % lengths.length]!, stream.byteLength - at);
    stream.copy(reused, 0, at, at + length);
    push(reused.subarray(0, length));
    reused.fill(0xaa);
    at += length;
  }
}

/** The frames that came, and how it ended. */
function takesOrRefuses(stream: Buffer, lengths: readonly number[]): unknown {
  const { got, push } = parser();
  try {
    pushInPieces(stream, lengths, push);
  } catch (error) {
    assert.ok(error instanceof PeerdexError && error.code === 'failed', String(error));
    return [got.map(plain), error.message];
  }
  return [got.map(plain), 'taken'];
}

/** Bytes as text, for comparing. */
const plain = (frame: ControlFrame): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(frame).map(([key, value]) => [
      key,
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : (value as unknown),
    ]),
  );
