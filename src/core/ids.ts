import { blake3 } from './digest.ts';
import { PeerdexError } from './errors.ts';
import { CONTENT_ID_PATTERN, PEER_ID_PATTERN } from './id-patterns.ts';

/** 32 lower-case hex digits: the first 16 bytes of BLAKE3 over the peer's public key (SPKI, DER). */
export type PeerId = string;
/** As a peer's id, over the network's public key. */
export type NetworkId = string;
/** 64 lower-case hex digits. */
export type ContentId = string;
/** 16 lower-case hex digits, drawn at random when an index is made. */
export type IndexId = string;

const PEER_ID = new RegExp(PEER_ID_PATTERN);
const CONTENT_ID = new RegExp(CONTENT_ID_PATTERN);

/** False for whatever is no text: it may come from JSON that nobody has looked at. */
export const isPeerId = (value: unknown): boolean => typeof value === 'string' && PEER_ID.test(value);
export const isContentId = (text: string): boolean => CONTENT_ID.test(text);

/** The id of whoever holds the private key to this public one. `spki`: SubjectPublicKeyInfo, DER. */
export function idOfPublicKey(spki: Uint8Array): PeerId {
  return toHex(blake3(spki)).slice(0, 32);
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Throws `usage` for anything but an even number of hex digits. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) {
    throw new PeerdexError('usage', `not a hexadecimal id: ${JSON.stringify(text.slice(0, 80))}`);
  }
  return new Uint8Array(Buffer.from(text, 'hex'));
}
