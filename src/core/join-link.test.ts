import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PeerdexError } from './errors.ts';
import { formatJoinLink, type JoinLink, parseJoinLink } from './join-link.ts';
import { formatSecret, inviteIdOf, readSecret } from './trust/invite.ts';
import { ROLES } from './trust/role.ts';

const address = fc.record(
  {
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
    port: fc.integer({ min: 1, max: 65535 }),
  },
  { noNullPrototype: true },
);
const hexDigit = fc.constantFrom(...'0123456789abcdef');
const link = fc.record<JoinLink, 'addresses' | 'network' | 'mode'>(
  {
    addresses: fc.array(address, { minLength: 1, maxLength: 16 }),
    network: fc.string({ unit: hexDigit, minLength: 32, maxLength: 32 }),
    mode: fc.constantFrom('plaintext', 'tls'),
    role: fc.constantFrom(...ROLES),
    secret: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(formatSecret),
  },
  { requiredKeys: ['addresses', 'network', 'mode'] },
);
const NETWORK = '0123456789abcdef0123456789abcdef';

describe('join links', () => {
  it('come back from their text as they were, with spaces around and parameters of later versions', () => {
    fc.assert(
      fc.property(link, (one) => {
        assert.deepEqual(parseJoinLink(formatJoinLink(one)), { ...one });
        assert.deepEqual(parseJoinLink(`  ${formatJoinLink(one)}&later=x\n`), { ...one });
      }),
    );
  });

  it('of earlier versions, without role and secret, are read', () => {
    assert.deepEqual(parseJoinLink(`peerdex://a:1/${NETWORK}?mode=tls`), {
      addresses: [{ host: 'a', port: 1 }],
      network: NETWORK,
      mode: 'tls',
    });
  });

  it('carry the secret of an invite, whose id does not give it away', () => {
    const secret = new Uint8Array(16).fill(7);
    const text = `peerdex://a:1/${NETWORK}?mode=tls&role=fetch&secret=BwcHBwcHBwcHBwcHBwcHBw`;
    assert.deepEqual(readSecret(parseJoinLink(text).secret!), secret);
    assert.match(inviteIdOf(secret), /^[0-9a-f]{16}$/);
    assert.notEqual(inviteIdOf(secret), inviteIdOf(secret.map((byte) => byte ^ 1)));
  });

  it('are refused with what is wrong', () => {
    const wrong: [string, RegExp][] = [
      ['', /not a join link/],
      [`http://a:1/${NETWORK}?mode=tls`, /not a join link/],
      [`peerdex://a:1/${NETWORK}`, /mode/],
      [`peerdex://a:1/${NETWORK}?mode=maybe`, /mode/],
      [`peerdex://a:1/${NETWORK.toUpperCase()}?mode=tls`, /network id/],
      [`peerdex://a:1/${NETWORK.slice(1)}?mode=tls`, /network id/],
      [`peerdex://a:0/${NETWORK}?mode=tls`, /port/],
      [`peerdex://:5/${NETWORK}?mode=tls`, /host/],
      [`peerdex://${'a:1,'.repeat(16)}a:1/${NETWORK}?mode=tls`, /16 addresses/],
      [`peerdex://a:1/${NETWORK}?mode=tls&role=king`, /role is none of fetch, publish, admin/],
      [`peerdex://a:1/${NETWORK}?mode=tls&role=admin&secret=`, /secret/],
      [`peerdex://a:1/${NETWORK}?mode=tls&secret=AAAAAAAAAAAAAAAAAAAAA`, /secret/],
      [`peerdex://a:1/${NETWORK}?mode=tls&secret=AAAAAAAAAAAAAAAAAAAAAB`, /secret/],
      [`peerdex://a:1/${NETWORK}?mode=tls&x=${'y'.repeat(5000)}`, /not a join link/],
    ];
    for (const [text, why] of wrong) assert.throws(() => parseJoinLink(text), why, text.slice(0, 80));
  });

  it('never fail with anything but a usage error', () => {
    const near = fc.array(
      fc.constantFrom(
        'peerdex://',
        'a:1',
        ',',
        '/',
        NETWORK,
        '?mode=',
        'tls',
        '[',
        '::',
        ']',
        '%',
        '\0',
        '9',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          near.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            parseJoinLink(text);
          } catch (error) {
            assert.ok(error instanceof PeerdexError && error.code === 'usage', String(error));
          }
        },
      ),
    );
  });
});
