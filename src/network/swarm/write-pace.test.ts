import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WritePace } from './write-pace.ts';

const KIB = 1024;

describe('how much is written at once', () => {
  it('doubles up to 1 MiB while writes are taken at once', () => {
    const pace = new WritePace();
    const sizes = [];
    for (let i = 0; i < 5; i += 1) {
      sizes.push(pace.bytes / KIB);
      pace.took(pace.bytes, 1);
    }
    assert.deepEqual(sizes, [128, 256, 512, 1024, 1024]);
  });

  it('halves down to 128 KiB while they are late, and stays in between', () => {
    const pace = new WritePace();
    for (let i = 0; i < 3; i += 1) pace.took(pace.bytes, 1);
    pace.took(pace.bytes, 6);
    assert.equal(pace.bytes, 1024 * KIB);
    const sizes = [];
    for (let i = 0; i < 4; i += 1) {
      pace.took(pace.bytes, 30);
      sizes.push(pace.bytes / KIB);
    }
    assert.deepEqual(sizes, [512, 256, 128, 128]);
  });

  it('a write that no whole leaf more fitted in counts as a full one', () => {
    const pace = new WritePace();
    pace.took(100 * KIB, 1);
    assert.equal(pace.bytes, 256 * KIB);
  });

  it('a small write that was taken at once says nothing of a larger one', () => {
    const pace = new WritePace();
    pace.took(64 * KIB, 1);
    assert.equal(pace.bytes, 128 * KIB);
  });
});
