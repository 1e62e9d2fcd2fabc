import assert from 'node:assert/strict';
import { createCipheriv, createHash, scryptSync } from 'node:crypto';
import { inspectBackup, readBackup, writeBackup } from '../../../src/app/backup-file.ts';
import { mutatedBytes } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';

const CODES = ['verification', 'usage', 'unauthorized', 'unsupported'] as const;
const CONTENTS = {
  network: '11'.repeat(16),
  mode: 'tls',
  key: 'a key',
  database: Buffer.from('a database'),
} as const;

/** A file from elsewhere, its checksum made right again so that what lies behind it is read. */
export const backups = target<Uint8Array>({ name: 'backups', parses: ['app/backup-file.ts'] }, () => {
  const plain = writeBackup(CONTENTS, '2026-01-01T00:00:00.000Z', undefined).subarray(0, -32);
  const check = (unsealed: Uint8Array): boolean => {
    const digest = createHash('sha256').update(unsealed).digest();
    const file = Buffer.concat([unsealed, digest]);
    orRefused(CODES, () => inspectBackup(unsealed));
    const looked = orRefused(CODES, () => inspectBackup(file));
    const read = orRefused(CODES, () => readBackup(file, undefined));
    if (read) {
      assert.match(read.network, /^[0-9a-f]{32}$/);
      assert.ok(read.mode === 'tls' || read.mode === 'plaintext');
      assert.ok(read.key.length + read.database.byteLength <= file.byteLength * 3);
    }
    const opened =
      looked?.encrypted && isCheap(file) ? orRefused(CODES, () => readBackup(file, 'secret')) : undefined;
    if (opened) assert.deepEqual([opened.key, opened.database], [CONTENTS.key, CONTENTS.database]);
    return read !== undefined || opened !== undefined;
  };
  return { inputs: mutatedBytes([plain, plain, encrypted()]), check };
});

/** As writeBackup makes it, but for a key that is derived in no time. */
function encrypted(): Buffer {
  const nonce = Buffer.alloc(12, 5);
  const salt = Buffer.alloc(16, 6);
  const kdf = { N: 2, r: 1, p: 1, salt: salt.toString('base64') };
  const header = {
    network: CONTENTS.network,
    mode: 'tls',
    made: 'x',
    cipher: 'aes-256-gcm',
    kdf,
    nonce: nonce.toString('base64'),
  };
  const line = Buffer.from(`peerdex-backup/1 ${JSON.stringify(header)}\n`);
  const length = Buffer.of(CONTENTS.key.length, 0, 0, 0);
  const cipher = createCipheriv(
    'aes-256-gcm',
    scryptSync('secret', salt, 32, { N: 2, r: 1, p: 1 }),
    nonce,
  ).setAAD(line);
  const secret = [
    cipher.update(Buffer.concat([length, Buffer.from(CONTENTS.key), CONTENTS.database])),
    cipher.final(),
  ];
  return Buffer.concat([line, ...secret, cipher.getAuthTag()]);
}

/** Deriving a key may take a second and a GiB by design; here it may not. */
function isCheap(file: Buffer): boolean {
  const text = file.subarray(0, 1024).toString('latin1');
  const cost = ['N', 'r', 'p'].map((name) => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1] ?? 1e9));
  return cost[0]! * cost[1]! * cost[2]! <= 1024;
}
