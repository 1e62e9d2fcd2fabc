import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { LEAF_BYTES, MAX_CONTENT_BYTES } from '../../core/leaf-layout.ts';
import { checkManifest, leafHash, ManifestBuilder } from '../../core/manifest.ts';
import { FileHasher } from './file-hasher.ts';
import { HashPool } from './hash-pool.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'peerdex-hash-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('hashing files', () => {
  it('finds the content of every size around leaf and read', () => {
    const hasher = new FileHasher(Date.now, () => {});
    for (const size of [
      0,
      1,
      LEAF_BYTES - 1,
      LEAF_BYTES,
      LEAF_BYTES + 1,
      4 * LEAF_BYTES,
      4 * LEAF_BYTES + 1,
      70 * LEAF_BYTES,
    ]) {
      const bytes = Buffer.alloc(size, 7);
      for (let i = 0; i < size; i += 997) bytes[i] = i % 251;
      writeFileSync(join(root, 'f'), bytes);
      const outcome = hasher.hash(root, 'f');
      assert.equal(outcome.outcome, 'hashed');
      if (outcome.outcome !== 'hashed') continue;
      const builder = new ManifestBuilder(size);
      for (let i = 0; i < size; i += LEAF_BYTES) builder.add(leafHash(bytes.subarray(i, i + LEAF_BYTES)));
      assert.equal(outcome.content, builder.finish().content, `size ${size}`);
      checkManifest(outcome.content, outcome.manifest);
      assert.equal(outcome.look.size, size);
    }
    hasher.release();
  });

  it('does not take a file that grows while it is read', () => {
    writeFileSync(join(root, 'f'), Buffer.alloc(8 * LEAF_BYTES));
    const hasher = new FileHasher(Date.now, () => appendFileSync(join(root, 'f'), 'more'));
    assert.equal(hasher.hash(root, 'f').outcome, 'changed');
    hasher.release();
  });

  it('says what it could not read', () => {
    const hasher = new FileHasher(Date.now, () => {});
    symlinkSync('/etc/passwd', join(root, 'link'));
    assert.deepEqual(codes(hasher.hash(root, 'link')), ['failed', 'ELOOP']);
    assert.deepEqual(codes(hasher.hash(root, 'none')), ['failed', 'ENOENT']);
    assert.deepEqual(codes(hasher.hash(root, '../etc/passwd')), ['failed', 'forbidden']);
  });

  it('reads nothing of a file that is larger than any content', (test) => {
    const memory = '/dev/shm';
    if (!existsSync(memory)) return test.skip('the disk holds no file of that size');
    const folder = mkdtempSync(join(memory, 'peerdex-hash-'));
    try {
      writeFileSync(join(folder, 'f'), '');
      truncateSync(join(folder, 'f'), MAX_CONTENT_BYTES + 1);
      const hasher = new FileHasher(Date.now, () => assert.fail('it was read'));
      assert.deepEqual(codes(hasher.hash(folder, 'f')), ['failed', 'limit']);
      hasher.release();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('hashes on threads, in the order asked, and ends them', async () => {
    await using pool = new HashPool({ worker: WORKER, clock: systemClock, size: 2 });
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    for (const name of names) writeFileSync(join(root, name), name.repeat(1000));
    const direct = new FileHasher(Date.now, () => {});
    const jobs = [names.slice(0, 7), names.slice(7, 8), [...names.slice(8), 'missing']];
    const outcomes = (await Promise.all(jobs.map((job) => pool.hash(root, job)))).flat();
    assert.deepEqual(codes(outcomes.pop()!), ['failed', 'ENOENT']);
    const contentOf = (one: (typeof outcomes)[number]) =>
      one.outcome === 'hashed' ? one.content : one.outcome;
    assert.deepEqual(
      outcomes.map(contentOf),
      names.map((name) => contentOf(direct.hash(root, name))),
    );
    direct.release();
    await pool.close();
    await assert.rejects(pool.hash(root, ['f0']), { code: 'interrupted' });
  });

  it('ends a thread whose work nobody waits for any more, and the next has its turn', async () => {
    await using pool = new HashPool({ worker: WORKER, clock: systemClock, size: 1 });
    writeFileSync(join(root, 'slow'), Buffer.alloc(LEAF_BYTES));
    writeFileSync(join(root, 'next'), 'next');
    const stop = new AbortController();
    const slow = pool.hash(root, ['slow'], stop.signal, { rate: 1 });
    stop.abort(new Error('not wanted any more'));
    await assert.rejects(slow, /not wanted any more/);
    const later = new AbortController();
    const [outcome] = await pool.hash(root, ['next'], later.signal);
    assert.equal(outcome!.outcome, 'hashed');
    assert.deepEqual(getEventListeners(later.signal, 'abort'), []);
  });
});

const WORKER = new URL('../../app/workers/hash-worker.ts', import.meta.url);

const codes = (outcome: { outcome: string; code?: string }) => [outcome.outcome, outcome.code];
