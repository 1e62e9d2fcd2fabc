import { blake3Of } from '../digest.ts';
import { fromHex, type NetworkId, type PeerId } from '../ids.ts';

/** Bytes of a nonce, and of what binds a proof to its connection. */
export const NONCE_BYTES = 32;

/** `dials` opened the connection, `accepts` took it. Which side says it is part of what is signed, so no proof can be sent back. */
export type ProofSide = 'dials' | 'accepts';

export interface ProofOf {
  readonly side: ProofSide;
  readonly network: NetworkId;
  /** Who proves himself. */
  readonly self: PeerId;
  /** To whom. */
  readonly other: PeerId;
  /** 32 bytes that only this connection has: made of both sides' nonces, with TLS also of the session's exporter value. */
  readonly binding: Uint8Array;
}

/** The bytes that a member signs to prove himself on one connection. */
export function proofMessage({ side, network, self, other, binding }: ProofOf): Uint8Array {
  return Buffer.concat([
    Buffer.from('peerdex/proof/1\0'),
    Buffer.of(side === 'dials' ? 1 : 2),
    fromHex(network),
    fromHex(self),
    fromHex(other),
    binding,
  ]);
}

/** The bytes whose HMAC under an invite's secret shows that a peer has the secret. */
export function joinMessage({
  network,
  peer,
  binding,
}: {
  readonly network: NetworkId;
  readonly peer: PeerId;
  readonly binding: Uint8Array;
}): Uint8Array {
  return Buffer.concat([Buffer.from('peerdex/join/1\0'), fromHex(network), fromHex(peer), binding]);
}

/** Stands for the nonce of the accepting side where the dialling one proves itself before it has heard it: in TLS only. */
export const UNHEARD_NONCE = new Uint8Array(NONCE_BYTES);

/** What binds a proof to a connection. `exporter`: 32 bytes of keying material of the TLS session, absent in a plaintext network. */
export function bindingOf(
  dialler: Uint8Array,
  acceptor: Uint8Array,
  exporter: Uint8Array | undefined,
): Uint8Array {
  return blake3Of(Buffer.from('peerdex/binding/1\0'), dialler, acceptor, exporter ?? new Uint8Array(0));
}
