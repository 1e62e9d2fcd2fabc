import { DIGEST_BYTES } from '../../core/digest.ts';
import { PeerdexError } from '../../core/errors.ts';
import { fromHex } from '../../core/ids.ts';
import { BYE_REASONS, type ControlFrame, FRAME, REJECT_REASONS } from './frames.ts';
import {
  BATCH_ITEM_BYTES,
  DATA_FRAME_HEADER_BYTES,
  DATA_HEADER_BYTES,
  HEADER_BYTES,
  MAX_TEXT_BYTES,
} from './limits.ts';
import { encodeAddresses, encodeMembers } from './member-list.ts';

/** Stands for "the whole channel" where a leaf is named. */
export const NO_LEAF = 0xffff_ffff;

/** One control frame, header included. */
export function encodeFrame(frame: ControlFrame): Buffer {
  switch (frame.type) {
    case 'hello':
      return hello(frame);
    case 'proof': {
      const out = allocate(FRAME.proof, frame.proof.byteLength);
      out.set(frame.proof, HEADER_BYTES);
      return out;
    }
    case 'interest': {
      const out = allocate(FRAME.interest, 37);
      out.writeUInt32LE(frame.channel, HEADER_BYTES);
      out.set(fromHex(frame.content), HEADER_BYTES + 4);
      out[HEADER_BYTES + 36] = frame.takesInstead ? 1 : 0;
      return out;
    }
    case 'holding': {
      const out = allocate(FRAME.holding, 13);
      out.writeUInt32LE(frame.channel, HEADER_BYTES);
      out.writeBigUInt64LE(BigInt(frame.size), HEADER_BYTES + 4);
      out[HEADER_BYTES + 12] = frame.whole ? 1 : 0;
      return out;
    }
    case 'manifestRequest':
      return numbers(FRAME.manifestRequest, frame.channel, frame.page);
    case 'manifest':
      return withBytes(FRAME.manifest, frame.channel, frame.page, frame.hashes);
    case 'leavesRequest':
      return numbers(FRAME.leavesRequest, frame.channel, frame.group);
    case 'leaves':
      return withBytes(FRAME.leaves, frame.channel, frame.group, frame.hashes);
    case 'request':
      return numbers(FRAME.request, frame.channel, frame.first, frame.count);
    case 'cancel':
      return numbers(FRAME.cancel, frame.channel, frame.first, frame.count);
    case 'reject':
      return reject(frame);
    case 'complaint':
      return numbers(FRAME.complaint, frame.channel, frame.leaf);
    case 'close':
      return numbers(FRAME.close, frame.channel);
    case 'bye': {
      const text = Buffer.from(frame.text).subarray(0, MAX_TEXT_BYTES);
      const out = allocate(FRAME.bye, 4 + text.byteLength);
      out.writeUInt32LE(BYE_REASONS[frame.reason], HEADER_BYTES);
      out.set(text, HEADER_BYTES + 4);
      return out;
    }
    case 'bitfield':
    case 'askerBitfield':
      return withBytes(FRAME[frame.type], frame.channel, frame.page, frame.bits);
    case 'have':
    case 'askerHave':
    case 'claim':
    case 'unclaim':
      return numbers(FRAME[frame.type], frame.channel, frame.first, frame.count);
    case 'instead':
      return numbers(FRAME.instead, frame.channel, frame.asked, frame.given);
    case 'seek':
      return ofContent(FRAME.seek, frame.content, encodeAddresses(frame.addresses));
    case 'members':
      return ofContent(FRAME.members, frame.content, encodeMembers(frame.members));
    case 'batch':
      return batch(frame);
  }
}

/** Header of a data frame that `bytes` content bytes follow. */
export function encodeDataHeader(channel: number, leaf: number, offset: number, bytes: number): Buffer {
  const out = Buffer.allocUnsafe(DATA_FRAME_HEADER_BYTES);
  writeDataHeader(out, channel, leaf, offset, bytes);
  return out;
}

/** The same into DATA_FRAME_HEADER_BYTES that are there. */
export function writeDataHeader(
  out: Buffer,
  channel: number,
  leaf: number,
  offset: number,
  bytes: number,
): void {
  out.writeUInt32LE(DATA_HEADER_BYTES + bytes, 0);
  out[4] = FRAME.data;
  out.writeUInt32LE(channel, HEADER_BYTES);
  out.writeUInt32LE(leaf, HEADER_BYTES + 4);
  out.writeUInt32LE(offset, HEADER_BYTES + 8);
}

function hello(frame: Extract<ControlFrame, { type: 'hello' }>): Buffer {
  const out = allocate(FRAME.hello, 42 + frame.proof.byteLength + frame.heads.byteLength);
  let at = HEADER_BYTES;
  at = out.writeUInt16LE(frame.protocol, at);
  at = out.writeUInt32LE(frame.features, at);
  out.set(fromHex(frame.network), at);
  out.set(fromHex(frame.peer), at + 16);
  at = out.writeUInt16LE(frame.proof.byteLength, at + 32);
  out.set(frame.proof, at);
  at = out.writeUInt16LE(frame.heads.byteLength, at + frame.proof.byteLength);
  out.set(frame.heads, at);
  return out;
}

function reject(frame: Extract<ControlFrame, { type: 'reject' }>): Buffer {
  const members = encodeMembers(frame.members ?? []);
  const out = allocate(FRAME.reject, 12 + members.byteLength);
  out.writeUInt32LE(frame.channel, HEADER_BYTES);
  out.writeUInt32LE(frame.leaf ?? NO_LEAF, HEADER_BYTES + 4);
  out.writeUInt32LE(REJECT_REASONS[frame.reason], HEADER_BYTES + 8);
  out.set(members, HEADER_BYTES + 12);
  return out;
}

function batch({ channel, items }: Extract<ControlFrame, { type: 'batch' }>): Buffer {
  const out = allocate(FRAME.batch, 4 + items.length * BATCH_ITEM_BYTES);
  let at = out.writeUInt32LE(channel, HEADER_BYTES);
  for (const { content, size } of items) {
    // Written in place: there are thousands of them.
    if (out.write(content, at, DIGEST_BYTES, 'hex') < DIGEST_BYTES)
      throw new PeerdexError('usage', `not a content id: ${JSON.stringify(content.slice(0, 80))}`);
    at = out.writeUInt32LE(size, at + DIGEST_BYTES);
  }
  return out;
}

function ofContent(type: number, content: string, list: Uint8Array): Buffer {
  const out = allocate(type, 32 + list.byteLength);
  out.set(fromHex(content), HEADER_BYTES);
  out.set(list, HEADER_BYTES + 32);
  return out;
}

function numbers(type: number, ...values: readonly number[]): Buffer {
  const out = allocate(type, values.length * 4);
  let at = HEADER_BYTES;
  for (const value of values) at = out.writeUInt32LE(value, at);
  return out;
}

function withBytes(type: number, channel: number, place: number, bytes: Uint8Array): Buffer {
  const out = allocate(type, 8 + bytes.byteLength);
  out.writeUInt32LE(channel, HEADER_BYTES);
  out.writeUInt32LE(place, HEADER_BYTES + 4);
  out.set(bytes, HEADER_BYTES + 8);
  return out;
}

function allocate(type: number, bytes: number): Buffer {
  const out = Buffer.allocUnsafe(HEADER_BYTES + bytes);
  out.writeUInt32LE(bytes, 0);
  out[4] = type;
  return out;
}
