import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { systemVerifier } from '../../storage/disk/ecdsa.ts';
import { MemoryLinkStore } from '../../storage/memory/link-store.ts';
import { linkBases } from '../public/link-urls.ts';
import { ShareLinks } from '../public/share-links.ts';
import { linkRow } from './links.ts';

const PIN = 'sha256//AAAA';
const PUBLIC = [{ host: '10.0.0.7', port: 10000 }];
const FOR_LINKS = { addresses: [{ host: 'files.example', port: 8443 }], tls: true };

describe('a link as clients read it', () => {
  const clock = new ManualClock();
  const key = new Uint8Array(32);
  const links = new ShareLinks({ store: new MemoryLinkStore(), key, verifier: systemVerifier, clock });
  const place = { kind: 'file' as const, what: 'ab'.repeat(32), path: 'share/x.txt', size: 3 };
  const row = (...bases: Parameters<typeof linkBases>) =>
    linkRow(links.make(place, 60), { links, linkBases: () => linkBases(...bases), pin: PIN });

  it('pins the key where the certificate is the peer’s own', () => {
    const { url, curl, pin } = row(undefined, PUBLIC, 'tls');
    assert.match(url, /^https:\/\/10\.0\.0\.7:10000\/l\//);
    assert.equal(pin, PIN);
    assert.equal(curl, `curl --pinnedpubkey '${PIN}' -k -O '${url}'`);
  });

  it('has nothing to pin without TLS, or behind a certificate that browsers know', () => {
    const plain = row(undefined, PUBLIC, 'plaintext');
    assert.match(plain.url, /^http:\/\//);
    assert.deepEqual([plain.pin, plain.curl], [null, `curl -O '${plain.url}'`]);
    const known = row(FOR_LINKS, PUBLIC, 'tls');
    assert.equal(known.pin, null);
    assert.deepEqual(
      known.urls.map((one) => new URL(one).origin),
      ['https://files.example:8443', 'https://10.0.0.7:10000'],
    );
  });

  it('says how it stands by the clock of its peer', () => {
    const link = links.make(place, 60);
    const standing = () =>
      linkRow(link, { links, linkBases: () => linkBases(undefined, PUBLIC, 'tls'), pin: PIN });
    assert.equal(standing().state, 'valid');
    assert.equal(Date.parse(standing().expires) - Date.parse(standing().created), 60_000);
    clock.advance(60_000);
    assert.equal(standing().state, 'ended');
  });
});
