import { idOfPublicKey } from '../core/ids.ts';
import type { SignedPage } from '../core/ports/page-store.ts';
import type { Signer, Verifier } from '../core/ports/signing.ts';
import { type PageSource, refusedPage } from './check-page.ts';

const TAG = 'peerdex/page/1';

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
