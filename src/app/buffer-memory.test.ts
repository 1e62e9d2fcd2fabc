import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bufferBytes, LEAST_MEMORY } from './buffer-memory.ts';

const MIB = 2 ** 20;

it('buffers take what the rest of a peer leaves, and never less than they need', () => {
  assert.equal(bufferBytes(256 * MIB), 64 * MIB);
  assert.equal(bufferBytes(1024 * MIB), 832 * MIB);
  assert.equal(bufferBytes(LEAST_MEMORY), 8 * MIB);
  assert.equal(bufferBytes(0), 8 * MIB);
});
