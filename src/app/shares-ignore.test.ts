import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TestShares } from '../../test/support/share-service.ts';

describe('.peerdexignore', () => {
  it('leaves out what it names, as git does it: nested files, exceptions, folders, case', async () => {
    await using shares = new TestShares();
    for (const path of [
      'a.log',
      'keep.log',
      'A.LOG',
      'build/x',
      'src/build/y',
      'src/deep/z.tmp',
      'src/w.tmp',
    ])
      shares.write(path, path);
    shares.write('.peerdexignore', '# comment\n*.log\n!keep.log\n/build/\n');
    shares.write('src/.peerdexignore', '*.tmp\n!/w.tmp\n');
    await shares.start();
    assert.deepEqual(shares.live(), [
      'A.LOG',
      'keep.log',
      'src/',
      'src/build/',
      'src/build/y',
      'src/deep/',
      'src/w.tmp',
    ]);
  });

  it('lets a file deeper down take back a folder, with what is in it', async () => {
    await using shares = new TestShares();
    for (const path of ['build/a', 'sub/build/a', 'sub/build/deep/b', 'sub/build/c.log', 'sub/build/build/d'])
      shares.write(path, path);
    shares.write('.peerdexignore', '*.log\nbuild\n');
    shares.write('sub/.peerdexignore', '!/build/\n');
    await shares.start();
    assert.deepEqual(shares.live(), [
      'sub/',
      'sub/build/',
      'sub/build/a',
      'sub/build/deep/',
      'sub/build/deep/b',
    ]);
  });

  it('holds from the next pass on when it changes, and what it no longer names comes back', async () => {
    await using shares = new TestShares();
    shares.write('a.bin', 'a');
    shares.write('sub/b.bin', 'b');
    shares.write('sub/c', 'c');
    await shares.start();
    for (let i = 0; i < 3; i += 1) await shares.service.rescan();
    shares.write('.peerdexignore', '*.bin\n');
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['sub/', 'sub/c']);
    shares.write('.peerdexignore', 'sub\n');
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['a.bin']);
    rmSync(join(shares.root, '.peerdexignore'));
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['a.bin', 'sub/', 'sub/b.bin', 'sub/c']);
  });

  it('stops what lies around it as it is when it cannot be followed, and says so', async () => {
    await using shares = new TestShares();
    shares.write('sub/secret', 's');
    shares.write('sub/.peerdexignore', 'secret\n');
    shares.write('other', 'o');
    await shares.start();
    assert.deepEqual(shares.live(), ['other', 'sub/']);
    const broken = [`${'*a'.repeat(40)}b\n`, 'x\n'.repeat(2000), 'y'.repeat(70_000), '**/a/**/b/**/c/**/d\n'];
    for (const text of broken) {
      shares.write('sub/.peerdexignore', text);
      await shares.service.rescan();
      assert.deepEqual(shares.live(), ['other', 'sub/'], text.slice(0, 20));
      assert.match(shares.warnings(), /peerdexignore cannot be followed/);
    }
    rmSync(join(shares.root, 'sub/.peerdexignore'));
    symlinkSync('/etc/passwd', join(shares.root, 'sub/.peerdexignore'));
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['other', 'sub/']);
    rmSync(join(shares.root, 'sub/.peerdexignore'));
    mkdirSync(join(shares.root, 'sub/.peerdexignore'));
    await shares.service.rescan();
    assert.match(shares.warnings(), /cannot be read/);
    rmSync(join(shares.root, 'sub/.peerdexignore'), { recursive: true });
    writeFileSync(join(shares.root, 'sub/.peerdexignore'), '');
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['other', 'sub/', 'sub/secret']);
  });
});
