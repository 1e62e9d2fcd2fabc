import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { ensureSampleFolder } from './sample-folder.ts';
import { samplePng } from './sample-png.ts';

describe('sample folder', () => {
  it('is made whole, once, with the same bytes always', async () => {
    const parent = await mkdtemp(path.join(os.tmpdir(), 'peerdex-sample-'));
    try {
      const hashes = [];
      for (const name of ['one', 'two']) {
        const folder = path.join(parent, name, 'sample');
        assert.equal(await ensureSampleFolder(folder), true);
        assert.deepEqual((await readdir(folder)).sort(), ['sample-50MB.bin', 'sample.png', 'sample.txt']);
        const large = await readFile(path.join(folder, 'sample-50MB.bin'));
        assert.equal(large.byteLength, 50_000_000);
        assert.notDeepEqual(large.subarray(0, 1_000_000), large.subarray(1_000_000, 2_000_000));
        hashes.push(createHash('sha256').update(large).digest('hex'));
        await rm(path.join(folder, 'sample.txt'));
        assert.equal(await ensureSampleFolder(folder), false, 'what the user did with it stays');
        assert.deepEqual(await readdir(path.dirname(folder)), ['sample'], 'nothing is left beside it');
      }
      assert.equal(hashes[0], hashes[1]);
    } finally {
      await rm(parent, { recursive: true });
    }
  });

  it('has a picture that follows the format', () => {
    const png = Buffer.from(samplePng());
    assert.equal(png.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
    const chunks = new Map<string, Buffer>();
    for (let at = 8; at < png.length; ) {
      const length = png.readUInt32BE(at);
      const body = png.subarray(at + 4, at + 8 + length);
      assert.equal(png.readUInt32BE(at + 8 + length), crc32(body));
      chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
      at += length + 12;
    }
    assert.deepEqual([...chunks.keys()], ['IHDR', 'IDAT', 'IEND']);
    assert.equal(chunks.get('IHDR')!.readUInt32BE(0), 256);
    assert.equal(inflateSync(chunks.get('IDAT')!).length, 256 * (256 * 3 + 1));
  });
});
