import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { freshKey } from '../../test/support/fresh-key.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import { checkSignature, signPage } from './signed-page.ts';

const OWNER = freshKey();
const OTHER = freshKey();
const SOURCE = { owner: OWNER.id, server: OTHER.id };
const BODY = Buffer.from('{"owner":"somebody","records":[]}');
const PAGE = signPage(OWNER, BODY);

describe('a signed page', () => {
  it('is its owner’s, whoever passes it on', () => {
    checkSignature(SOURCE, PAGE, systemVerifier);
    checkSignature({ ...SOURCE, server: OWNER.id }, PAGE, systemVerifier);
  });

  it('with any bit changed is refused, and the error names who sent it and whose it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('body' as const, 'key' as const, 'signature' as const),
        fc.nat(),
        fc.nat(7),
        (part, at, bit) => {
          const bytes = Uint8Array.from(PAGE[part]);
          bytes[at % bytes.length]! ^= 1 << bit;
          assert.throws(
            () => checkSignature(SOURCE, { ...PAGE, [part]: bytes }, systemVerifier),
            (error: Error & { code: string }) =>
              error.code === 'verification' &&
              error.message.includes(SOURCE.server) &&
              error.message.includes(SOURCE.owner),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that somebody else signed is refused, with his key or with the owner’s', () => {
    const theirs = signPage(OTHER, BODY);
    assert.throws(() => checkSignature(SOURCE, theirs, systemVerifier), /not the key of its owner/);
    assert.throws(
      () => checkSignature(SOURCE, { ...theirs, key: OWNER.publicKey }, systemVerifier),
      /signature is wrong/,
    );
  });

  it('does not pass with a signature that its owner gave to something else', () => {
    for (const tag of ['', 'peerdex/ticket/1\0', 'peerdex/page/2\0', 'peerdex/page/1']) {
      const signature = OWNER.sign(Buffer.concat([Buffer.from(tag), BODY]));
      assert.throws(
        () => checkSignature(SOURCE, { ...PAGE, signature }, systemVerifier),
        /signature is wrong/,
      );
    }
  });
});
