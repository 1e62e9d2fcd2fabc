import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { systemVerifier } from '../../storage/disk/ecdsa.ts';
import { idInToken, isTokenOf, linkByPrefix, linkStanding, linkToken, type ShareLink } from './share-link.ts';

const KEY = new Uint8Array(32).fill(7);
const FILE: ShareLink = { id: '00112233445566ff', kind: 'file', what: 'ab'.repeat(32), expires: 2e12 };

describe("a share link's token", () => {
  it('is short, the same each time, and names its link', () => {
    const token = linkToken(FILE, KEY, systemVerifier);
    assert.match(token, /^[A-Za-z0-9_-]{32}$/);
    assert.equal(token, linkToken({ ...FILE }, KEY, systemVerifier));
    assert.equal(idInToken(token), FILE.id);
    assert.equal(isTokenOf(token, FILE, KEY, systemVerifier), true);
  });

  it('altered in any bit is no token of it', () => {
    const bytes = Buffer.from(linkToken(FILE, KEY, systemVerifier), 'base64url');
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 1) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(isTokenOf(altered.toString('base64url'), FILE, KEY, systemVerifier), false, `${bit}`);
    }
  });

  it('holds for nothing but what it was made for, nor under another key', () => {
    const token = linkToken(FILE, KEY, systemVerifier);
    const other = new Uint8Array(32).fill(8);
    assert.equal(isTokenOf(token, FILE, other, systemVerifier), false);
    for (const change of [
      { id: '00112233445566fe' },
      { kind: 'folder' as const },
      { what: 'ab'.repeat(31) },
      { what: `${'ab'.repeat(31)}ac` },
      { expires: FILE.expires + 1 },
    ])
      assert.equal(
        isTokenOf(token, { ...FILE, ...change }, KEY, systemVerifier),
        false,
        JSON.stringify(change),
      );
  });

  it('differs for any two links', () => {
    const link = fc.record({
      id: fc.constant(FILE.id),
      kind: fc.constantFrom('file' as const, 'folder' as const),
      what: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      expires: fc.nat(2 ** 31),
    });
    fc.assert(
      fc.property(link, link, (a, b) => {
        const same = a.kind === b.kind && a.what === b.what && a.expires === b.expires;
        assert.equal(linkToken(a, KEY, systemVerifier) === linkToken(b, KEY, systemVerifier), same);
      }),
    );
  });
});

describe('a share link', () => {
  it('counts until its end or until it is withdrawn', () => {
    assert.equal(linkStanding({ expires: 10 }, 9), 'valid');
    assert.equal(linkStanding({ expires: 10 }, 10), 'ended');
    assert.equal(linkStanding({ expires: 10, revoked: 5 }, 6), 'revoked');
    assert.equal(linkStanding({ expires: 10, revoked: 5 }, 60), 'revoked');
  });

  it('is named by the beginning of its id', () => {
    const links = ['aa11', 'aa22', 'b0b0'].map((id) => ({ id, path: `share/${id}` }));
    assert.equal(linkByPrefix(links, 'b').id, 'b0b0');
    assert.equal(linkByPrefix(links, 'AA2').id, 'aa22');
    assert.throws(() => linkByPrefix(links, 'aa'), { code: 'ambiguous' });
    for (const none of ['c', '', 'aa111'])
      assert.throws(() => linkByPrefix(links, none), { code: 'not-found' });
  });
});
