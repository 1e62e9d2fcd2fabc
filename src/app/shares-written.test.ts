import assert from 'node:assert/strict';
import { lstatSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { contentOf as sampleContentOf } from '../../test/support/sample-content.ts';
import { OLD, SELF, TestShares } from '../../test/support/share-service.ts';
import { until } from '../../test/support/until.ts';

describe('files that peerdex wrote', () => {
  it('are in the log at once and not hashed again', async () => {
    await using test = new TestShares();
    await test.start();
    const { service: shares, files } = test;
    test.write('new/folder/f', 'fetched', new Date());
    shares.contents.recordWritten(written(test.root, 'new/folder/f', 'fetched'));
    assert.deepEqual(test.index(), ['data/', 'data/new/', 'data/new/folder/', 'data/new/folder/f']);
    const { stamp } = files.get(1, 'new/folder', 'f')!;
    const { seconds: _, ...changed } = await shares.rescan();
    assert.deepEqual(changed, { added: 0, changed: 0, deleted: 0 });
    assert.equal(files.get(1, 'new/folder', 'f')?.stamp, stamp);
    assert.equal(shares.contents.locate(contentOf('fetched'))[0]?.relative, 'new/folder/f');
  });

  it('take the place of a folder that was removed, and nothing of it stays in the log', async () => {
    await using test = new TestShares();
    for (let i = 0; i < 120; i += 1) test.write(`name/deep/${i}`, `file ${i}`);
    await test.start();
    const { service: shares } = test;
    rmSync(join(test.root, 'name'), { recursive: true });
    test.write('name', 'fetched');
    shares.contents.recordWritten(written(test.root, 'name', 'fetched'));
    await until(() => shares.contents.locate(contentOf('fetched')).length === 1);
    assert.deepEqual(test.index(), ['data/', 'data/name']);
    await shares.rescan();
    assert.deepEqual(test.index(), ['data/', 'data/name']);
  });

  it('many at a time: those in a share go into the log, the others are served from where they are', async () => {
    await using test = new TestShares();
    await test.start();
    const { service: shares } = test;
    const share = test.root.slice(test.base.length + 1);
    test.write('folder/a', 'in a share');
    writeFileSync(join(test.base, 'b'), 'in none');
    const many = (root: string, texts: Record<string, string>) =>
      shares.contents.recordManyWritten(
        root,
        Object.entries(texts).map(([relative, text]) => {
          const { content, root: _root, relative: _relative, ...look } = written(root, relative, text);
          return { content, relative, look, hashes: new Uint8Array(64) };
        }),
      );
    const placesOf = (text: string) =>
      shares.contents.locate(contentOf(text)).map(({ root, relative }) => `${root}:${relative}`);
    many(test.base, { [`${share}/folder/a`]: 'in a share', b: 'in none' });
    assert.deepEqual(placesOf('in a share'), [`${test.root}:folder/a`]);
    assert.deepEqual(placesOf('in none'), [`${test.base}:b`]);
    test.write('folder/c', 'below its root');
    many(join(test.root, 'folder'), { c: 'below its root' });
    assert.deepEqual(placesOf('below its root'), [`${test.root}:folder/c`]);
    test.write('d', 'at its root');
    many(test.root, { d: 'at its root' });
    assert.deepEqual(placesOf('at its root'), [`${test.root}:d`]);
    assert.deepEqual(test.index(), ['data/', 'data/d', 'data/folder/', 'data/folder/a', 'data/folder/c']);
  });

  it('serve from outside the shares while they are unchanged', async () => {
    await using test = new TestShares();
    await test.start();
    const { service: shares } = test;
    const outside = join(test.base, 'outside');
    writeFileSync(outside, 'bytes');
    const file = { ...written(test.root, 'x', 'bytes', outside), root: test.base, relative: 'outside' };
    shares.contents.recordWritten(file);
    const { executable: _, ...place } = file;
    assert.deepEqual(shares.contents.locate(contentOf('bytes')), [place]);
    shares.contents.suspect(file);
    assert.equal((await shares.hashFile(outside)).content, contentOf('bytes'));
    assert.deepEqual(shares.contents.locate(contentOf('bytes')), [place]);
    shares.contents.suspect(file);
    writeFileSync(outside, 'other');
    // The look that the doubt before has begun may have been too early to see it.
    shares.contents.suspect(file);
    await until(() => shares.contents.locate(contentOf('bytes')).length === 0);
  });
});

describe('a file that peerdex wrote where no scan would list it', () => {
  it('serves as one outside the shares, and is in no log', async () => {
    await using test = new TestShares();
    test.write('.peerdexignore', 'private\n*.tmp\n');
    test.write('sub/.peerdexignore', '!listed*.tmp\nhidden\n');
    await test.start();
    const { service: shares } = test;
    const left = ['private/deep/a', 'b.tmp', 'sub/hidden/c', 'a\ttab/d'];
    for (const name of [...left, 'sub/listed.tmp', 'sub/listed too.tmp']) test.write(name, name);
    for (const name of [...left, 'sub/listed.tmp'])
      shares.contents.recordWritten(written(test.root, name, name));
    shares.contents.recordWritten(written(test.root, '.peerdexignore', 'private\n*.tmp\n'));
    const many = [...left, 'sub/listed too.tmp'].map((relative) => {
      const { content, ...look } = written(test.root, relative, relative);
      return { content, relative, look, hashes: new Uint8Array(64) };
    });
    shares.contents.recordManyWritten(test.root, many);
    for (const name of left) assert.equal(shares.contents.locate(contentOf(name))[0]?.relative, name);
    for (let passes = 0; passes < 2; passes += 1) {
      assert.deepEqual(test.live(), ['sub/', 'sub/listed too.tmp', 'sub/listed.tmp']);
      await shares.rescan();
    }
  });
});

describe('a file that peerdex wrote beside one of the same name in another Unicode form', () => {
  const [DECOMPOSED, COMPOSED] = ['e\u0301', '\u00e9'];

  it('is the one that is listed, and when it goes again it is the other one', async () => {
    await using test = new TestShares();
    test.write(DECOMPOSED, 'older');
    await test.start();
    const { service: shares, entries } = test;
    const isListed = (text: string) =>
      assert.deepEqual(
        entries.children(SELF, 'data', 9).items.map(({ path, content }) => [path, content]),
        [[`data/${COMPOSED}`, contentOf(text)]],
      );
    for (let times = 0; times < 2; times += 1) {
      test.write(COMPOSED, 'fetched');
      shares.contents.recordWritten(written(test.root, COMPOSED, 'fetched'));
      if (times === 0) await shares.rescan();
      isListed('fetched');
      rmSync(join(test.root, COMPOSED));
      await shares.rescan();
      isListed('older');
    }
  });

  it('stays listed with the folder that it is in', async () => {
    await using test = new TestShares();
    for (const name of ['a', 'b']) test.write(`${DECOMPOSED}/${name}`, `older ${name}`);
    await test.start();
    const { service: shares } = test;
    test.write(`${COMPOSED}/a`, 'fetched');
    shares.contents.recordWritten(written(test.root, `${COMPOSED}/a`, 'fetched'));
    await shares.rescan();
    assert.deepEqual(test.live(), [`${COMPOSED}/`, `${COMPOSED}/a`]);
    assert.equal(shares.contents.locate(contentOf('fetched')).length, 1);
    rmSync(join(test.root, COMPOSED), { recursive: true });
    await shares.rescan();
    assert.deepEqual(test.live(), [`${COMPOSED}/`, `${COMPOSED}/a`, `${COMPOSED}/b`]);
  });
});

describe('a file that others doubt', () => {
  it('is withdrawn when it looks different, and comes back as what it is', async () => {
    await using test = new TestShares();
    test.write('f', 'one');
    await test.start();
    const { service: shares, entries } = test;
    const [place] = shares.contents.locate(contentOf('one'));
    test.write('f', 'other', new Date('2022-01-01'));
    shares.contents.suspect(place!);
    await until(() => entries.entry(SELF, 'data/f')?.content === contentOf('other'));
    const flags = entries.page(SELF, 0, 100).filter(({ path }) => path === 'data/f');
    assert.equal(flags[0]?.seq, shares.head().seq);
    assert.deepEqual(shares.contents.locate(contentOf('one')), []);
  });

  it('is hashed again when it looks the same, and deleted when it is gone', async () => {
    await using test = new TestShares();
    test.write('f', 'one');
    test.write('g', 'g');
    await test.start();
    const { service: shares, entries } = test;
    const [f] = shares.contents.locate(contentOf('one'));
    const [g] = shares.contents.locate(contentOf('g'));
    writeFileSync(join(test.root, 'f'), 'two');
    utimesSync(join(test.root, 'f'), OLD, OLD);
    rmSync(join(test.root, 'g'));
    shares.contents.suspect(f!);
    shares.contents.suspect(g!);
    await until(() => entries.entry(SELF, 'data/f')?.content === contentOf('two'));
    await until(() => entries.entry(SELF, 'data/g')?.flag === 0);
  });
});

it('hashes a file by itself, and says why it cannot', async () => {
  await using test = new TestShares();
  test.write('f', 'bytes');
  await test.start();
  const { service: shares } = test;
  const hashed = await shares.hashFile(join(test.root, 'f'));
  assert.deepEqual([hashed.content, hashed.look.size], [contentOf('bytes'), 5]);
  await assert.rejects(shares.hashFile(join(test.root, 'none')), { code: 'not-found' });
  symlinkSync('f', join(test.root, 'link'));
  await assert.rejects(shares.hashFile(join(test.root, 'link')), { code: 'forbidden' });
});

function written(root: string, relative: string, text: string, at = join(root, relative)) {
  const { dev, ino, mtimeNs, size } = lstatSync(at, { bigint: true });
  const look = { size: Number(size), mtime: mtimeNs, device: dev, inode: ino, executable: false };
  return { content: contentOf(text), root, relative, ...look };
}

const contentOf = (text: string): string => sampleContentOf(Buffer.from(text)).id;
