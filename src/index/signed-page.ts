import { idOfPublicKey } from '../core/ids.ts';
import type { Signer, Verifier } from '../core/ports/signing.ts';
import { type PageSource, refusedPage } from './check-page.ts';

const TAG = 'peerdex/page/1';

/** A page as its owner made it. Whoever has it may pass it on: nothing in it says who did. */
export interface SignedPage {
  /** The page in JSON, byte for byte as it was signed. */
  readonly body: Uint8Array;
  /** The owner's public key: SubjectPublicKeyInfo, DER. */
  readonly key: Uint8Array;
  /** Over `peerdex/page/1`, NUL and the body. */
  readonly signature: Uint8Array;
}

export const signPage = (owner: Signer, body: Uint8Array): SignedPage => ({
  body,
  key: owner.publicKey,
  signature: owner.sign(tagged(body)),
});

/** Throws `verification` unless the owner signed exactly these bytes. What they say is not looked at. */
export function checkSignature(source: PageSource, { body, key, signature }: SignedPage, by: Verifier): void {
  if (idOfPublicKey(key) !== source.owner) throw refusedPage(source, 'its key is not the key of its owner');
  if (!by.verify(key, tagged(body), signature)) throw refusedPage(source, 'its signature is wrong');
}

const tagged = (body: Uint8Array): Uint8Array => Buffer.concat([Buffer.from(`${TAG}\0`), body]);
