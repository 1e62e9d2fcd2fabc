import assert from 'node:assert/strict';
import { NONCE_BYTES } from '../../../src/core/trust/proof.ts';
import { decodeProof, encodeProof, onlyNonce } from '../../../src/protocol/swarm/proof.ts';
import { mutatedBytes } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';

const NONCE = new Uint8Array(NONCE_BYTES).fill(1);

export const swarmProofs = target<Uint8Array>(
  { name: 'swarm-proofs', parses: ['protocol/swarm/proof.ts'] },
  () => {
    const key = new Uint8Array(91).fill(2);
    const whole = encodeProof({ nonce: NONCE, key, ticket: 'eyJ9.AAAA', signature: key.subarray(0, 64) });
    const empty = encodeProof(onlyNonce(NONCE));
    return { inputs: mutatedBytes([whole, empty, Buffer.concat([whole, Buffer.from('later')])]), check };
  },
);

/** Its parts stand in it one after the other, and nothing else was read. */
function check(bytes: Uint8Array): boolean {
  const proof = orRefused(['failed'], () => decodeProof(bytes));
  if (!proof) return false;
  const { nonce, key, ticket, signature } = proof;
  assert.equal(nonce.byteLength, NONCE_BYTES);
  const parts = [key, Buffer.from(ticket, 'latin1'), signature];
  const lengths = parts.reduce((sum, part) => sum + 2 + part.byteLength, NONCE_BYTES);
  assert.ok(lengths <= bytes.byteLength);
  let at = NONCE_BYTES;
  for (const part of parts) {
    assert.deepEqual(Buffer.from(bytes).subarray(at + 2, at + 2 + part.byteLength), Buffer.from(part));
    at += 2 + part.byteLength;
  }
  return true;
}
