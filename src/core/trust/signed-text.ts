import { PeerdexError } from '../errors.ts';
import type { Signer, Verifier } from '../ports/signing.ts';

/**
 * A statement with its signature, as text: `PAYLOAD.SIGNATURE`, both in base64url; the payload is JSON. The signature is over tag, NUL
 * and the payload's bytes, so that a statement of one kind never passes for one of another kind.
 */
export function signText(signer: Signer, tag: string, payload: unknown): string {
  const bytes = Buffer.from(JSON.stringify(payload));
  return `${bytes.toString('base64url')}.${Buffer.from(signer.sign(tagged(tag, bytes))).toString('base64url')}`;
}

/** The payload, whatever it is. Throws `verification` when the text is broken or somebody else signed it. */
export function readSignedText(
  text: string,
  tag: string,
  publicKey: Uint8Array,
  verifier: Verifier,
): unknown {
  const [payload, signature, rest] = text.split('.');
  if (!payload || !signature || rest !== undefined) throw broken(tag);
  const bytes = Buffer.from(payload, 'base64url');
  const mark = Buffer.from(signature, 'base64url');
  // One statement has one spelling: base64 can say the same bytes in several.
  if (bytes.toString('base64url') !== payload || mark.toString('base64url') !== signature) throw broken(tag);
  if (!verifier.verify(publicKey, tagged(tag, bytes), mark)) {
    throw new PeerdexError('verification', `the signature of this ${kindOf(tag)} is wrong`);
  }
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw broken(tag);
  }
}

const tagged = (tag: string, bytes: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${tag}\0`), bytes]);

/** `peerdex/ticket/1` is a ticket. */
function kindOf(tag: string): string {
  const kind = tag.split('/')[1] ?? tag;
  return kind === 'revocations' ? 'list of revocations' : kind;
}

const broken = (tag: string): PeerdexError =>
  new PeerdexError('verification', `this is not a ${kindOf(tag)}: it cannot be read`);
