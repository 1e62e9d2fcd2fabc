import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { contentOf as sampleContentOf } from '../../test/support/sample-content.ts';
import { SELF, TestShares } from '../../test/support/share-service.ts';
import { until } from '../../test/support/until.ts';
import type { ShareService } from './shares.ts';

const NOTHING = { added: 0, changed: 0, deleted: 0 };

describe('sharing a folder', () => {
  it('brings files of all kinds of names and depths into the log, and folders that are empty', async () => {
    await using test = new TestShares();
    for (const path of [
      'a.txt',
      'deep/er/Grüße 日本 😀.bin',
      'back\\slash',
      'cafe\u0301',
      'comma, "quote"',
    ]) {
      test.write(path, `content of ${path}`);
    }
    test.write('empty file', '');
    mkdirSync(join(test.root, 'empty folder'));
    symlinkSync('a.txt', join(test.root, 'link'));
    symlinkSync('/usr', join(test.root, 'deep/link'));
    execFileSync('mkfifo', [join(test.root, 'fifo')]);
    writeFileSync(join(test.root, '.peerdex-mine'), 'x');
    await test.start();
    const { service: shares, entries } = test;
    assert.deepEqual(test.index(), [
      'data/',
      'data/a.txt',
      'data/back\\slash',
      'data/caf\u00e9',
      'data/comma, "quote"',
      'data/deep/',
      'data/deep/er/',
      'data/deep/er/Grüße 日本 😀.bin',
      'data/empty file',
      'data/empty folder/',
    ]);
    assert.equal(entries.entry(SELF, 'data/a.txt')?.content, contentOf('content of a.txt'));
    const [status] = shares.status();
    assert.deepEqual(
      [status?.name, status?.path, status?.files, status?.state, status?.links, status?.warnings.length],
      ['data', test.root, 6, 'ready', 2, 1],
    );
    assert.equal(shares.totals().files, 6);
    const [place] = shares.contents.locate(contentOf('content of cafe\u0301'));
    assert.deepEqual([place?.root, place?.relative], [test.root, 'cafe\u0301']);
    assert.equal(place?.inode, lstatSync(join(test.root, 'cafe\u0301'), { bigint: true }).ino);
  });

  it('sees what came, changed and went, and nothing else', async () => {
    await using test = new TestShares();
    test.write('keep', 'keep');
    test.write('change', 'one');
    test.write('gone/a', 'a');
    test.write('gone/sub/b', 'b');
    await test.start();
    const { service: shares, entries } = test;
    const before = shares.head();
    assert.deepEqual(await counts(shares), NOTHING);
    assert.deepEqual(shares.head(), before);
    const heads: number[] = [];
    shares.onHeadChange(({ seq }) => heads.push(seq));
    test.write('change', 'two', new Date('2021-01-01'));
    test.write('new', 'new');
    rmSync(join(test.root, 'gone'), { recursive: true });
    chmodSync(join(test.root, 'keep'), 0o755);
    assert.deepEqual(await counts(shares), { added: 1, changed: 2, deleted: 2 });
    assert.deepEqual(test.index(), ['data/', 'data/change', 'data/keep', 'data/new']);
    assert.equal(entries.entry(SELF, 'data/gone/sub/b')?.flag, 0);
    assert.equal(entries.entry(SELF, 'data/keep')?.executable, true);
    assert.equal(entries.entry(SELF, 'data/change')?.content, contentOf('two'));
    assert.equal(heads.at(-1), shares.head().seq);
    assert.equal(shares.head().index, before.index);
  });

  it('takes a file for a folder and back', async () => {
    await using test = new TestShares();
    test.write('x', 'file');
    await test.start();
    const { service: shares, entries } = test;
    rmSync(join(test.root, 'x'));
    test.write('x/inner', 'inner');
    await shares.rescan();
    assert.deepEqual(test.index(), ['data/', 'data/x/', 'data/x/inner']);
    rmSync(join(test.root, 'x'), { recursive: true });
    test.write('x', 'file again');
    await shares.rescan();
    assert.deepEqual(test.index(), ['data/', 'data/x']);
    assert.equal(entries.entry(SELF, 'data/x')?.content, contentOf('file again'));
  });

  it('hashes nothing again after a restart, and recognises what was moved', async () => {
    await using test = new TestShares();
    for (let i = 0; i < 20; i += 1) test.write(`dir/f${i}`, `content ${i}`);
    await test.start();
    const stamps = () =>
      test.files
        .below(1, '', 100)
        .map(({ name, stamp }) => [name, stamp])
        .sort();
    const before = stamps();
    const { index, seq } = test.service.head();
    await test.stop();
    test.open();
    await test.service.start();
    await test.service.firstPassDone;
    assert.deepEqual(test.service.head(), { index, seq });
    assert.deepEqual(
      test.files
        .below(1, '', 100)
        .map(({ name, stamp }) => [name, stamp])
        .sort(),
      before,
    );
    renameSync(join(test.root, 'dir'), join(test.root, 'moved'));
    renameSync(join(test.root, 'moved/f0'), join(test.root, 'renamed'));
    // Behind the scanner's back: who hashed it again would see other bytes.
    test.write('moved/f7', 'CONTENT 7');
    assert.deepEqual(await counts(test.service), { added: 20, changed: 0, deleted: 20 });
    assert.equal(test.entries.entry(SELF, 'data/moved/f7')?.content, contentOf('content 7'));
    assert.equal(test.entries.entry(SELF, 'data/renamed')?.content, contentOf('content 0'));
  });

  it('looks again at a file that was hashed right after it was written', async () => {
    await using test = new TestShares();
    const now = new Date();
    test.write('f', 'aaa', now);
    await test.start();
    const { service: shares, entries } = test;
    writeFileSync(join(test.root, 'f'), 'bbb');
    utimesSync(join(test.root, 'f'), now, now);
    await shares.rescan();
    assert.equal(entries.entry(SELF, 'data/f')?.content, contentOf('bbb'));
  });

  it('keeps what it knows of a folder that is missing or another, and deletes when it is emptied', async () => {
    await using test = new TestShares();
    test.write('a', 'a');
    test.write('sub/b', 'b');
    await test.start();
    const { service: shares } = test;
    const before = test.index();
    renameSync(test.root, join(test.base, 'away'));
    assert.deepEqual(await counts(shares), NOTHING);
    assert.equal(shares.status()[0]?.state, 'unavailable');
    mkdirSync(test.root);
    assert.deepEqual(await counts(shares), NOTHING);
    assert.equal(shares.status()[0]?.state, 'unavailable');
    assert.match(shares.status()[0]?.warnings[0] ?? '', /another folder/);
    assert.deepEqual(test.index(), before);
    rmSync(test.root, { recursive: true });
    renameSync(join(test.base, 'away'), test.root);
    assert.deepEqual(await counts(shares), NOTHING);
    assert.equal(shares.status()[0]?.state, 'ready');
    rmSync(join(test.root, 'a'));
    rmSync(join(test.root, 'sub'), { recursive: true });
    assert.deepEqual(await counts(shares), { added: 0, changed: 0, deleted: 2 });
    renameSync(test.root, join(test.base, 'away'));
    mkdirSync(test.root);
    test.write('c', 'c');
    await shares.add(test.root, { accept: true });
    await shares.rescan();
    assert.deepEqual(test.index(), ['data/', 'data/c']);
  });

  it('withdraws what is deleted while a large file is hashed', async () => {
    await using test = new TestShares();
    test.write('small', 'small');
    await test.start({ scanSeconds: 0.05 });
    const { service: shares, entries } = test;
    writeFileSync(join(test.root, 'large'), '');
    truncateSync(join(test.root, 'large'), 3 * 2 ** 30);
    await until(() => shares.status()[0]?.state === 'hashing');
    rmSync(join(test.root, 'small'));
    await until(() => entries.entry(SELF, 'data/small')?.flag === 0);
    assert.equal(entries.entry(SELF, 'data/large'), undefined);
    assert.equal(shares.status()[0]?.state, 'hashing');
  });
});

const contentOf = (text: string): string => sampleContentOf(Buffer.from(text)).id;

async function counts(shares: ShareService) {
  const { seconds: _, ...changed } = await shares.rescan();
  return changed;
}
