import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatJoinLink, parseJoinLink } from '../../../src/core/join-link.ts';
import { formatSecret, INVITE_SECRET_BYTES, readSecret } from '../../../src/core/trust/invite.ts';
import { isRole } from '../../../src/core/trust/role.ts';
import { idInToken, isTokenOf, linkToken, type ShareLink } from '../../../src/core/trust/share-link.ts';
import { systemVerifier } from '../../../src/storage/disk/ecdsa.ts';
import { texts } from '../corpus.ts';
import { mutatedText } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';

/** A link that is read can be written and read again. */
export const joinLinks = target<string>({ name: 'join-links', parses: ['core/join-link.ts'] }, () => {
  const words = ['&', '&mode=tls', '&role=fetch', '&secret=AAECAwQFBgcICQoLDA0ODw', ',', '[::1]:2', '%41'];
  const check = (text: string): boolean => {
    const link = orRefused(['usage'], () => parseJoinLink(text));
    if (!link) return false;
    assert.ok(link.addresses.length >= 1 && link.addresses.length <= 16);
    assert.match(link.network, /^[0-9a-f]{32}$/);
    assert.ok(link.role === undefined || isRole(link.role));
    for (const { host, port } of link.addresses) assert.ok(host !== '' && port > 0);
    assert.deepEqual(parseJoinLink(formatJoinLink(link)), link);
    return true;
  };
  return { inputs: mutatedText(texts('join-links'), words), check };
});

/** One secret has one spelling. */
export const inviteSecrets = target<string>(
  { name: 'invite-secrets', parses: ['core/trust/invite.ts'] },
  () => {
    const samples = [0, 1, 255].map((byte) => formatSecret(new Uint8Array(INVITE_SECRET_BYTES).fill(byte)));
    const check = (text: string): boolean => {
      const secret = readSecret(text);
      if (!secret) return false;
      assert.equal(secret.byteLength, INVITE_SECRET_BYTES);
      assert.equal(formatSecret(secret), text);
      return true;
    };
    return { inputs: mutatedText(samples, ['=', '-', '_', 'A']), check };
  },
);

const KEY = new Uint8Array(32).fill(3);
const LINK: ShareLink = { id: 'fedcba9876543210', kind: 'folder', what: 'share/übung', expires: 1.9e12 };

/** The token that was made, or one of no use. */
export const linkTokens = target<string>(
  { name: 'link-tokens', parses: ['core/trust/share-link.ts'] },
  () => {
    const token = linkToken(LINK, KEY, systemVerifier);
    const idOnly = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((mac) => Buffer.concat([Buffer.from(LINK.id, 'hex'), mac]).toString('base64url'));
    const inputs = fc.oneof(
      {
        weight: 6,
        arbitrary: mutatedText([token, token.toUpperCase(), `${token}=`], ['-', '_', '%2d', 'ａ']),
      },
      { weight: 1, arbitrary: idOnly },
    );
    const check = (text: string): boolean => {
      const id = idInToken(text);
      if (id !== undefined) assert.match(id, /^[0-9a-f]{16}$/);
      const taken = isTokenOf(text, LINK, KEY, systemVerifier);
      assert.equal(taken, text === token);
      return taken;
    };
    return { inputs, check };
  },
);
