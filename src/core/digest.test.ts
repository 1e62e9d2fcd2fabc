import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blake3, blake3Of, DIGEST_BYTES } from './digest.ts';
import { toHex } from './ids.ts';

/** The official test vectors' input: bytes from 0 to 250, again and again. */
const input = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 251);

describe('BLAKE3', () => {
  it('is as in its test vectors, in one piece and in several', () => {
    const known: readonly [number, string][] = [
      [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
      [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
      [1024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
      [102400, 'bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085'],
    ];
    for (const [length, hash] of known) {
      assert.equal(toHex(blake3(input(length))), hash);
      const [a, b] = [input(length).subarray(0, length >> 1), input(length).subarray(length >> 1)];
      assert.equal(toHex(blake3Of(a, b)), hash);
    }
  });

  it('takes no memory for each hash of a long turn', () => {
    const kept = new Uint8Array(DIGEST_BYTES);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 300_000; i += 1) kept.set(blake3(kept));
    assert.ok(process.memoryUsage.rss() - before < 60 * 2 ** 20);
  });
});
