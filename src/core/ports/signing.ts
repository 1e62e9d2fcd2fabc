import type { PeerId } from '../ids.ts';

/** A private key, of a peer or of a network, that never leaves its holder. */
export interface Signer {
  /** Id that its public key has. */
  readonly id: PeerId;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** ECDSA on P-256 over SHA-256, 64 bytes (IEEE P1363). */
  sign(bytes: Uint8Array): Uint8Array;
}

export interface Verifier {
  /** True only for a signature as `Signer.sign` makes it, by the holder of this public key (SPKI, DER); false for anything else. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** HMAC-SHA-256, 32 bytes. */
  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
}
