import { DIGEST_BYTES } from '../../core/digest.ts';
import { MOST_TOLD_MEMBERS } from '../../core/swarm-member.ts';

/** First bytes in both directions; the zero tells it from HTTP, whose first byte is a letter. */
export const PREFACE = Buffer.from('\0pdxwire', 'latin1');

/** Length of the body (u32, little-endian) and type (u8) stand before every frame. */
export const HEADER_BYTES = 5;
/** Channel, leaf and offset in a data frame, before its bytes. */
export const DATA_HEADER_BYTES = 12;
/** All that stands before the bytes of a data frame. */
export const DATA_FRAME_HEADER_BYTES = HEADER_BYTES + DATA_HEADER_BYTES;
/** Most content bytes in one data frame: control frames never wait for more. */
export const MAX_DATA_BYTES = 64 * 1024;

/** A manifest travels in pages of so many group hashes: one page covers 32 GiB. */
export const MANIFEST_PAGE_GROUPS = 2048;
export const MANIFEST_PAGE_BYTES = MANIFEST_PAGE_GROUPS * DIGEST_BYTES;

/** Longest body of any frame that is gathered before it is used (content bytes are not); a longer one ends the connection at once. */
export const MAX_BODY_BYTES = 8 + MANIFEST_PAGE_BYTES;
export const MAX_HELLO_BYTES = 4096;
export const MAX_TEXT_BYTES = 512;

/** Contents that one side may ask for at the same time on one connection. */
export const MAX_CHANNELS = 1024;
/** Leaves that may be asked for and not yet answered on one channel (256 MiB). */
export const MAX_OUTSTANDING_LEAVES = 1024;

/** Contents in one batch. */
export const MAX_BATCH_ITEMS = 256;
/** Content id and size (u32) of each. */
export const BATCH_ITEM_BYTES = DIGEST_BYTES + 4;
/** Batches that one side may have asked for and not got on one connection. */
export const MAX_BATCHES = 64;

/** Leaves that one bitfield frame tells of: a page covers 128 GiB. */
export const BITFIELD_PAGE_LEAVES = 8 * 64 * 1024;
/** Leaves in one have, claim or unclaim: the work that a frame makes follows its bytes. */
export const MAX_TOLD_LEAVES = 64;
/** Members of a swarm in one list, and addresses of each. */
export const MAX_MEMBERS = MOST_TOLD_MEMBERS;
export const MAX_ADDRESSES = 4;
export const MAX_HOST_BYTES = 253;
/** Longest list of addresses, and of members. */
export const MAX_ADDRESSES_BYTES = 1 + MAX_ADDRESSES * (1 + MAX_HOST_BYTES + 2);
export const MAX_MEMBERS_BYTES = 1 + MAX_MEMBERS * (16 + MAX_ADDRESSES_BYTES);
