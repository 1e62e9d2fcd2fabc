import { parseBoundedJson } from '../core/bounded-json.ts';
import type { LogPage } from '../core/entry.ts';
import type { SignedPage } from '../core/ports/page-store.ts';
import type { Signer, Verifier } from '../core/ports/signing.ts';
import { type PageSource, refusedPage } from '../index/check-page.ts';
import { checkSignature, signPage } from '../index/signed-page.ts';
import type { BytesAnswer } from '../network/http/handlers.ts';
import { fitsSchema } from '../network/http/validate.ts';
import { MAX_PAGE_RECORDS, PAGE_HEADERS, WirePage } from '../protocol/http/peer/operations.ts';
import { fromWirePage, toWirePage } from './wire-page.ts';

/** A record has nine members; those of a later version, which are ignored, may add to them. */
const MAX_VALUES = 32 * MAX_PAGE_RECORDS;

/** The page as its owner sends it: JSON, and beside it the key and the signature. */
export const pageAnswer = (owner: Signer, page: LogPage): BytesAnswer => signedAnswer(ownPage(owner, page));

export const ownPage = (owner: Signer, page: LogPage): SignedPage =>
  signPage(owner, Buffer.from(JSON.stringify(toWirePage(page))));

/** A page with its headers, whoever signed it. */
export function signedAnswer({ body, key, signature }: SignedPage): BytesAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.byteLength,
      [PAGE_HEADERS.key]: Buffer.from(key).toString('base64url'),
      [PAGE_HEADERS.signature]: Buffer.from(signature).toString('base64url'),
    },
    body,
  };
}

/** What came with its headers. Throws `verification` where one is missing. */
export function signedPageOf(
  source: PageSource,
  headers: Readonly<Record<string, unknown>>,
  body: Uint8Array,
): SignedPage {
  const [key, signature] = [headers[PAGE_HEADERS.key], headers[PAGE_HEADERS.signature]];
  if (typeof key !== 'string' || typeof signature !== 'string') throw refusedPage(source, 'it is not signed');
  return { body, key: Buffer.from(key, 'base64url'), signature: Buffer.from(signature, 'base64url') };
}

/**
 * The page in signed bytes. Throws `verification` when its owner did not sign it or its shape is wrong; what it says is checked where
 * the log is followed.
 */
export function readSignedPage(source: PageSource, signed: SignedPage, verifier: Verifier): LogPage {
  checkSignature(source, signed, verifier);
  let page: unknown;
  try {
    page = parseBoundedJson(signed.body, MAX_VALUES);
  } catch (error) {
    throw refusedPage(source, `it cannot be read (${(error as Error).message.slice(0, 100)})`);
  }
  if (!fitsSchema(WirePage, page)) throw refusedPage(source, 'it has not the shape of a page');
  return fromWirePage(page as WirePage);
}
