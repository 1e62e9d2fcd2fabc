import { Blake3Hasher } from '@napi-rs/blake-hash';

export const DIGEST_BYTES = 32;

/** BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs), 32 bytes. */
export function blake3(bytes: Uint8Array): Uint8Array {
  return blake3Of(bytes);
}

const hasher = new Blake3Hasher();

/** In hexadecimal digits, which have the order of the bytes. */
export function blake3Hex(bytes: Uint8Array): string {
  hasher.reset();
  hasher.update(asBuffer(bytes));
  return hasher.digest('hex');
}

/** BLAKE3 over the parts one after the other. */
export function blake3Of(...parts: readonly Uint8Array[]): Uint8Array {
  hasher.reset();
  for (const part of parts) hasher.update(asBuffer(part));
  // A buffer that the library makes is let go of only in a later turn of the event loop: 150 MB for the leaves of 100 GiB.
  return Buffer.from(hasher.digest('hex'), 'hex');
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && asBuffer(a).equals(b);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
