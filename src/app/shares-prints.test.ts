import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OLD, TestShares } from '../../test/support/share-service.ts';

/** As many passes as it takes until nothing is compared any more. */
async function settle(shares: TestShares): Promise<void> {
  for (let i = 0; i < 3; i += 1) await shares.service.rescan();
}

describe('a pass over folders that looked unchanged', () => {
  it('sees a file of the same size whose time was set back', async () => {
    await using shares = new TestShares();
    shares.write('d/a', 'one');
    await shares.start();
    await settle(shares);
    const before = shares.entries.entry('a'.repeat(32), 'data/d/a')?.mtime;
    writeFileSync(join(shares.root, 'd/a'), 'two');
    utimesSync(join(shares.root, 'd/a'), OLD, new Date(OLD.getTime() + 1));
    await shares.service.rescan();
    assert.notEqual(shares.entries.entry('a'.repeat(32), 'data/d/a')?.mtime, before);
  });

  it('sees what the index lost behind its back', async () => {
    await using shares = new TestShares();
    shares.write('d/a', 'a');
    shares.write('d/b', 'b');
    await shares.start();
    await settle(shares);
    shares.files.remove(1, 'd', 'b');
    await shares.service.rescan();
    assert.equal(shares.files.get(1, 'd', 'b')?.state, 'settled');
  });

  it('finds a folder that went and came back as it was', async () => {
    await using shares = new TestShares();
    shares.write('d/e/a', 'a');
    await shares.start();
    await settle(shares);
    renameSync(join(shares.root, 'd'), join(shares.base, 'away'));
    await shares.service.rescan();
    assert.deepEqual(shares.live(), []);
    renameSync(join(shares.base, 'away'), join(shares.root, 'd'));
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['d/', 'd/e/', 'd/e/a']);
  });

  it('deletes what was recorded and went before it was ever listed', async () => {
    await using shares = new TestShares();
    shares.write('d/a', 'a');
    await shares.start();
    await settle(shares);
    const { content } = shares.entries.entry('a'.repeat(32), 'data/d/a')!;
    const look = { size: 1, mtime: 5n, device: 1n, inode: 99n, executable: false };
    shares.service.contents.recordWritten({ content: content!, root: shares.root, relative: 'd/c', ...look });
    assert.ok(shares.live().includes('d/c'));
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['d/', 'd/a']);
  });

  it('keeps numbers of links and warnings', async () => {
    await using shares = new TestShares();
    shares.write('d/a', 'a');
    mkdirSync(join(shares.root, 'e'));
    await shares.start();
    const { symlinkSync } = await import('node:fs');
    symlinkSync('a', join(shares.root, 'd/link'));
    symlinkSync('..', join(shares.root, 'e/loop'));
    await settle(shares);
    assert.equal(shares.service.status()[0]!.links, 2);
    rmSync(join(shares.root, 'e/loop'));
    await shares.service.rescan();
    assert.equal(shares.service.status()[0]!.links, 1);
  });
});
