import { NONCE_BYTES } from '../../core/trust/proof.ts';
import { malformed } from './malformed.ts';

/** What a hello or a proof frame bears of its sender's membership. In a first hello only the nonce: there is nothing to sign yet. */
export interface WireProof {
  readonly nonce: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly key: Uint8Array;
  readonly ticket: string;
  readonly signature: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export const onlyNonce = (nonce: Uint8Array): WireProof => ({
  nonce,
  key: NOTHING,
  ticket: '',
  signature: NOTHING,
});

/** Nonce (32 bytes), then key, ticket and signature, each after its length (u16, little-endian). */
export function encodeProof({ nonce, key, ticket, signature }: WireProof): Buffer {
  const parts = [key, Buffer.from(ticket), signature].flatMap((part) => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(part.byteLength);
    return [length, part];
  });
  return Buffer.concat([nonce, ...parts]);
}

/** Throws `failed` for bytes that are no proof. What stands after the last part is of later versions. */
export function decodeProof(bytes: Uint8Array): WireProof {
  const body = Buffer.from(bytes);
  let at = NONCE_BYTES;
  const part = (): Buffer => {
    if (body.byteLength < at + 2) throw malformed('a proof that ends too early');
    const end = at + 2 + body.readUInt16LE(at);
    if (body.byteLength < end) throw malformed('a proof that is shorter than it says');
    const taken = body.subarray(at + 2, end);
    at = end;
    return taken;
  };
  const nonce = body.subarray(0, NONCE_BYTES);
  const [key, ticket, signature] = [part(), part(), part()];
  return { nonce, key, ticket: ticket.toString('latin1'), signature };
}
