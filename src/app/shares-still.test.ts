import assert from 'node:assert/strict';
import { appendFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../../test/harness/eventually.ts';
import { SELF, TestShares } from '../../test/support/share-service.ts';

describe('a file that is being written', () => {
  it('is listed once it has been left alone, whole, and nobody waits for one that goes on', async () => {
    await using shares = new TestShares();
    shares.write('done', 'done');
    await shares.start({ stillSeconds: 0.6 });
    const file = join(shares.root, 'growing');
    let size = 0;
    const seen = new Set<number>();
    const writing = setInterval(() => {
      appendFileSync(file, 'x'.repeat(1000));
      size += 1000;
      const entry = shares.entries.entry(SELF, 'data/growing');
      if (entry?.flag === 1) seen.add(entry.size);
    }, 100);
    try {
      await eventually(() => size > 0);
      // It does not wait for what goes on changing.
      await shares.service.rescan();
      assert.match(shares.warnings(), /being written/);
    } finally {
      clearInterval(writing);
    }
    await eventually(() => shares.entries.entry(SELF, 'data/growing')?.flag === 1);
    assert.deepEqual([...seen], []);
    assert.equal(shares.entries.entry(SELF, 'data/growing')?.size, size);
    assert.equal(shares.warnings(), '');
  });

  it('is told by how it looks where its time lies ahead', async () => {
    await using shares = new TestShares();
    await shares.start({ stillSeconds: 0.3 });
    const ahead = new Date(Date.now() + 3600_000);
    writeFileSync(join(shares.root, 'f'), 'f');
    utimesSync(join(shares.root, 'f'), ahead, ahead);
    const began = performance.now();
    await shares.service.rescan();
    assert.ok(performance.now() - began >= 290);
    assert.deepEqual(shares.live(), ['f']);
  });

  it('is not asked for where nothing is waited for, wherever its time lies', async () => {
    await using shares = new TestShares();
    await shares.start({ stillSeconds: 0 });
    const ahead = new Date(Date.now() + 3600_000);
    writeFileSync(join(shares.root, 'f'), 'f');
    utimesSync(join(shares.root, 'f'), ahead, ahead);
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['f']);
  });
});
