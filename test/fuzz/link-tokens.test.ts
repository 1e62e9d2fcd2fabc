import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { idInToken, isTokenOf, linkToken, type ShareLink } from '../../src/core/trust/share-link.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import { text } from './from-schema.ts';
import { runs } from './runs.ts';

const KEY = new Uint8Array(32).fill(3);
const LINK: ShareLink = { id: 'fedcba9876543210', kind: 'folder', what: 'share/übung', expires: 1.9e12 };
const TOKEN = linkToken(LINK, KEY, systemVerifier);

/** What people and machines make of a token on its way. */
const nearToken = fc
  .tuple(fc.nat(TOKEN.length), fc.nat(3), fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), text))
  .map(([at, out, put]) => TOKEN.slice(0, at) + put + TOKEN.slice(at + out));
const rightLength = fc
  .uint8Array({ minLength: 24, maxLength: 24 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const rightId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((mac) => Buffer.concat([Buffer.from(LINK.id, 'hex'), mac]).toString('base64url'));
const odd = fc.constantFrom(
  '',
  TOKEN.toUpperCase(),
  ` ${TOKEN}`,
  `${TOKEN}\n`,
  `${TOKEN}=`,
  TOKEN.slice(0, -1),
  TOKEN + TOKEN,
  '%00'.repeat(11).slice(0, 32),
  'ａ'.repeat(32),
  '-'.repeat(32),
);

describe('tokens of links from outside', () => {
  it('are the one that was made, or of no use; whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(nearToken, rightLength, rightId, odd, text), (some) => {
        const id = idInToken(some);
        if (id !== undefined) assert.match(id, /^[0-9a-f]{16}$/);
        assert.equal(isTokenOf(some, LINK, KEY, systemVerifier), some === TOKEN);
      }),
      runs(1000),
    );
  });
});
