import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { skipWithout } from '../../../test/runner/system-tools.ts';
import { certifiedAddresses, readCertificate } from './certificate.ts';

describe('where links say they are with a certificate', { skip: skipWithout('openssl') }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'peerdex-certificate-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const hostsFor = (alternatives: string, ...advertised: string[]): string[] => {
    const files = { chain: path.join(folder, 'c.crt'), key: path.join(folder, 'c.key') };
    const { status, stderr } = spawnSync('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=ignored.example', '-addext', `subjectAltName=${alternatives}`],
      ...['-keyout', files.key, '-out', files.chain],
    ]);
    assert.equal(status, 0, String(stderr));
    const addresses = advertised.map((host) => ({ host, port: 8443 }));
    return certifiedAddresses(addresses, readCertificate(files)).map(({ host, port }) => `${host} ${port}`);
  };

  it('takes the advertised hosts that it is for, in their order', () => {
    assert.deepEqual(
      hostsFor('DNS:a.example,DNS:*.b.example,IP:10.0.0.7', '10.0.0.8', 'x.b.example', '10.0.0.7'),
      ['x.b.example 8443', '10.0.0.7 8443'],
    );
  });

  it('else the first whole name in it, else what was advertised', () => {
    assert.deepEqual(hostsFor('DNS:*.b.example,DNS:a.example', '10.0.0.8'), ['a.example 8443']);
    assert.deepEqual(hostsFor('DNS:*.b.example', '10.0.0.8'), ['10.0.0.8 8443']);
  });
});
