import { DIGEST_BYTES } from '../../core/digest.ts';
import { toHex } from '../../core/ids.ts';
import { GROUP_LEAVES, LEAF_BYTES, MAX_CONTENT_BYTES } from '../../core/leaf-layout.ts';
import type { SmallContent } from '../../core/small-content.ts';
import { PROTOCOL_VERSION } from '../version.ts';
import { NO_LEAF } from './encode.ts';
import {
  BYE_REASONS,
  type ByeReason,
  type ControlFrame,
  FRAME,
  REJECT_REASONS,
  type RejectReason,
} from './frames.ts';
import {
  BATCH_ITEM_BYTES,
  BITFIELD_PAGE_LEAVES,
  DATA_HEADER_BYTES,
  MANIFEST_PAGE_BYTES,
  MAX_ADDRESSES_BYTES,
  MAX_BATCH_ITEMS,
  MAX_BODY_BYTES,
  MAX_DATA_BYTES,
  MAX_HELLO_BYTES,
  MAX_MEMBERS_BYTES,
  MAX_TEXT_BYTES,
  MAX_TOLD_LEAVES,
} from './limits.ts';
import { malformed } from './malformed.ts';
import { decodeAddresses, decodeMembers } from './member-list.ts';

/** Least and most bytes that the body of each type may have; a frame outside is refused from its header alone. */
const BOUNDS: Readonly<Record<number, readonly [least: number, most: number]>> = {
  [FRAME.hello]: [42, MAX_HELLO_BYTES],
  [FRAME.interest]: [37, 37],
  [FRAME.holding]: [13, 13],
  [FRAME.manifestRequest]: [8, 8],
  [FRAME.manifest]: [8, 8 + MANIFEST_PAGE_BYTES],
  [FRAME.leavesRequest]: [8, 8],
  [FRAME.leaves]: [8 + DIGEST_BYTES, 8 + GROUP_LEAVES * DIGEST_BYTES],
  [FRAME.request]: [12, 12],
  [FRAME.data]: [DATA_HEADER_BYTES + 1, DATA_HEADER_BYTES + MAX_DATA_BYTES],
  [FRAME.cancel]: [12, 12],
  [FRAME.reject]: [13, 12 + MAX_MEMBERS_BYTES],
  [FRAME.complaint]: [8, 8],
  [FRAME.close]: [4, 4],
  [FRAME.bye]: [4, 4 + MAX_TEXT_BYTES],
  [FRAME.proof]: [38, MAX_HELLO_BYTES],
  [FRAME.bitfield]: [9, 8 + BITFIELD_PAGE_LEAVES / 8],
  [FRAME.have]: [12, 12],
  [FRAME.askerBitfield]: [9, 8 + BITFIELD_PAGE_LEAVES / 8],
  [FRAME.askerHave]: [12, 12],
  [FRAME.claim]: [12, 12],
  [FRAME.unclaim]: [12, 12],
  [FRAME.instead]: [12, 12],
  [FRAME.seek]: [33, 32 + MAX_ADDRESSES_BYTES],
  [FRAME.members]: [33, 32 + MAX_MEMBERS_BYTES],
  [FRAME.batch]: [4 + BATCH_ITEM_BYTES, 4 + MAX_BATCH_ITEMS * BATCH_ITEM_BYTES],
};

/** Throws `failed` for a length that no frame of this type has. Types of later versions only have the general bound. */
export function checkLength(type: number, length: number): void {
  const [least, most] = BOUNDS[type] ?? [0, MAX_BODY_BYTES];
  if (length < least || length > most) throw malformed(`a frame of type ${type} with ${length} bytes`);
}

/** The frame, or undefined for a type that this version does not know. `body` may be reused after the call. Throws `failed`. */
export function decodeFrame(type: number, body: Buffer): ControlFrame | undefined {
  switch (type) {
    case FRAME.hello:
      return hello(body);
    case FRAME.interest:
      return {
        type: 'interest',
        channel: body.readUInt32LE(0),
        content: toHex(body.subarray(4, 36)),
        takesInstead: (body[36]! & 1) !== 0,
      };
    case FRAME.holding: {
      const size = body.readBigUInt64LE(4);
      if (size > BigInt(MAX_CONTENT_BYTES)) throw malformed('a content of impossible size');
      return {
        type: 'holding',
        channel: body.readUInt32LE(0),
        size: Number(size),
        whole: (body[12]! & 1) !== 0,
      };
    }
    case FRAME.manifestRequest:
      return { type: 'manifestRequest', channel: body.readUInt32LE(0), page: body.readUInt32LE(4) };
    case FRAME.manifest:
      return {
        type: 'manifest',
        channel: body.readUInt32LE(0),
        page: body.readUInt32LE(4),
        hashes: hashes(body),
      };
    case FRAME.leavesRequest:
      return { type: 'leavesRequest', channel: body.readUInt32LE(0), group: body.readUInt32LE(4) };
    case FRAME.leaves:
      return {
        type: 'leaves',
        channel: body.readUInt32LE(0),
        group: body.readUInt32LE(4),
        hashes: hashes(body),
      };
    case FRAME.request:
      return {
        type: 'request',
        channel: body.readUInt32LE(0),
        first: body.readUInt32LE(4),
        count: body.readUInt32LE(8),
      };
    case FRAME.cancel:
      return {
        type: 'cancel',
        channel: body.readUInt32LE(0),
        first: body.readUInt32LE(4),
        count: body.readUInt32LE(8),
      };
    case FRAME.reject: {
      const leaf = body.readUInt32LE(4);
      const reason = nameOf<RejectReason>(REJECT_REASONS, body.readUInt32LE(8)) ?? 'invalid';
      return {
        type: 'reject',
        channel: body.readUInt32LE(0),
        leaf: leaf === NO_LEAF ? undefined : leaf,
        reason,
        members: decodeMembers(body, 12),
      };
    }
    case FRAME.complaint:
      return { type: 'complaint', channel: body.readUInt32LE(0), leaf: body.readUInt32LE(4) };
    case FRAME.close:
      return { type: 'close', channel: body.readUInt32LE(0) };
    case FRAME.bye: {
      const reason = nameOf<ByeReason>(BYE_REASONS, body.readUInt32LE(0)) ?? 'closing';
      return { type: 'bye', reason, text: body.toString('utf8', 4) };
    }
    case FRAME.proof:
      return { type: 'proof', proof: new Uint8Array(body) };
    case FRAME.bitfield:
      return bitfield('bitfield', body);
    case FRAME.askerBitfield:
      return bitfield('askerBitfield', body);
    case FRAME.have:
      return { type: 'have', ...told(body) };
    case FRAME.askerHave:
      return { type: 'askerHave', ...told(body) };
    case FRAME.claim:
      return { type: 'claim', ...told(body) };
    case FRAME.unclaim:
      return { type: 'unclaim', ...told(body) };
    case FRAME.instead:
      return {
        type: 'instead',
        channel: body.readUInt32LE(0),
        asked: body.readUInt32LE(4),
        given: body.readUInt32LE(8),
      };
    case FRAME.seek:
      return {
        type: 'seek',
        content: toHex(body.subarray(0, 32)),
        addresses: decodeAddresses(body, 32),
      };
    case FRAME.members:
      return { type: 'members', content: toHex(body.subarray(0, 32)), members: decodeMembers(body, 32) };
    case FRAME.batch:
      return { type: 'batch', channel: body.readUInt32LE(0), items: smallContents(body) };
    default:
      return undefined;
  }
}

function hello(body: Buffer): ControlFrame {
  const protocol = body.readUInt16LE(0);
  const proofBytes = body.readUInt16LE(38);
  const isLong = (least: number) => body.byteLength >= least;
  const headsBytes = isLong(42 + proofBytes) ? body.readUInt16LE(40 + proofBytes) : 0;
  if (!isLong(42 + proofBytes + headsBytes)) {
    // What stands in it behind the version is that version's.
    if (protocol !== PROTOCOL_VERSION) return helloOfVersion(protocol);
    throw malformed('a hello that is shorter than what it holds');
  }
  return {
    type: 'hello',
    protocol,
    features: body.readUInt32LE(2),
    network: toHex(body.subarray(6, 22)),
    peer: toHex(body.subarray(22, 38)),
    proof: new Uint8Array(body.subarray(40, 40 + proofBytes)),
    heads: new Uint8Array(body.subarray(42 + proofBytes, 42 + proofBytes + headsBytes)),
  };
}

const helloOfVersion = (protocol: number): ControlFrame => ({
  ...{ type: 'hello', protocol, features: 0, network: NOBODY, peer: NOBODY },
  ...{ proof: new Uint8Array(0), heads: new Uint8Array(0) },
});

const NOBODY = '0'.repeat(32);

function bitfield(type: 'bitfield' | 'askerBitfield', body: Buffer): ControlFrame {
  const bits = new Uint8Array(body.subarray(8));
  return { type, channel: body.readUInt32LE(0), page: body.readUInt32LE(4), bits };
}

/** Neighbouring leaves, not more than one frame may tell of. */
function told(body: Buffer): { readonly channel: number; readonly first: number; readonly count: number } {
  const count = body.readUInt32LE(8);
  if (count < 1 || count > MAX_TOLD_LEAVES) throw malformed(`${count} leaves told of at once`);
  return { channel: body.readUInt32LE(0), first: body.readUInt32LE(4), count };
}

function smallContents(body: Buffer): readonly SmallContent[] {
  if ((body.byteLength - 4) % BATCH_ITEM_BYTES !== 0) throw malformed('a batch that is not whole');
  const items: SmallContent[] = [];
  for (let at = 4; at < body.byteLength; at += BATCH_ITEM_BYTES) {
    const size = body.readUInt32LE(at + DIGEST_BYTES);
    if (size < 1 || size > LEAF_BYTES) throw malformed(`${size} bytes in a batch`);
    items.push({ content: toHex(body.subarray(at, at + DIGEST_BYTES)), size });
  }
  return items;
}

/** A copy: hashes outlive the buffer that they came in. */
function hashes(body: Buffer): Uint8Array {
  if ((body.byteLength - 8) % DIGEST_BYTES !== 0) throw malformed('hashes that are not whole');
  return new Uint8Array(body.subarray(8));
}

function nameOf<Name extends string>(
  numbers: Readonly<Record<string, number>>,
  value: number,
): Name | undefined {
  return Object.keys(numbers).find((name) => numbers[name] === value) as Name | undefined;
}
