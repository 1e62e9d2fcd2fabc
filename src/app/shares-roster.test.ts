import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { contentOf } from '../../test/support/sample-content.ts';
import { SELF, TestShares } from '../../test/support/share-service.ts';
import { until } from '../../test/support/until.ts';

describe('shares', () => {
  it('have unique names, do not nest, and can be given up', async () => {
    await using test = new TestShares();
    test.write('a', 'a');
    await test.start();
    const { service: shares, entries } = test;
    const other = join(test.base, 'other/data');
    mkdirSync(join(other, 'inside'), { recursive: true });
    writeFileSync(join(other, 'b'), 'b');
    assert.equal(await shares.add(other), 'data-2');
    assert.equal(await shares.add(`${other}/`), 'data-2');
    await shares.ready('data-2');
    assert.equal(entries.entry(SELF, 'data-2/b')?.flag, 1);
    await assert.rejects(shares.add(join(other, 'inside')), { code: 'conflict' });
    await assert.rejects(shares.add(test.base), { code: 'conflict' });
    await assert.rejects(shares.add(join(test.base, 'none')), { code: 'not-found' });
    await assert.rejects(shares.add(join(test.root, 'a')), { code: 'not-found' });
    assert.equal(await shares.remove(other), 'data-2');
    assert.deepEqual(test.index(), ['data/', 'data/a']);
    assert.deepEqual(shares.contents.locate(contentOf(Buffer.from('b')).id), []);
    await assert.rejects(shares.remove(other), { code: 'not-found' });
    await shares.add(test.root, { fixed: true });
    await assert.rejects(shares.remove(test.root), { code: 'conflict' });
  });

  it('leave nothing behind when they are given up while they are scanned and hashed', async () => {
    await using test = new TestShares();
    for (let i = 0; i < 1500; i += 1) test.write(`d${i % 7}/f${i}`, `content ${i}`);
    test.open();
    void test.service.start();
    const { service: shares, files } = test;
    await shares.add(test.root);
    await until(() => shares.totals().files > 100);
    await shares.remove(test.root);
    const { seq } = shares.head();
    await shares.rescan();
    assert.deepEqual(test.index(), []);
    assert.deepEqual(files.shares(), []);
    assert.equal(shares.head().seq, seq);
    assert.equal(shares.totals().files, 0);
  });

  it('stay when they are shared again while they are being given up', async () => {
    await using test = new TestShares();
    for (let i = 0; i < 120; i += 1) test.write(`f${i}`, `content ${i}`);
    await test.start();
    const { service: shares } = test;
    const given = shares.remove(test.root);
    await until(() => shares.status()[0]?.state === 'paused');
    await shares.ready(await shares.add(test.root, { accept: true }));
    await given;
    assert.equal(test.live().length, 120);
  });

  it('leave out the data folder, except a share inside it', async () => {
    await using test = new TestShares();
    const data = join(test.root, 'private');
    mkdirSync(join(data, 'downloads'), { recursive: true });
    writeFileSync(join(data, 'key'), 'secret');
    test.write('a', 'a');
    test.open({ exclude: [data] });
    void test.service.start();
    const { service: shares } = test;
    await shares.add(test.root);
    assert.equal(await shares.add(join(data, 'downloads'), { fixed: true }), 'downloads');
    writeFileSync(join(data, 'downloads/d'), 'd');
    await shares.rescan();
    assert.deepEqual(test.index(), ['data/', 'data/a', 'downloads/', 'downloads/d']);
  });
});

describe('private folders', () => {
  it('are refused: a data folder, what lies in it but for others, one that is reached by a link', async () => {
    await using test = new TestShares();
    const data = join(test.base, 'own');
    for (const name of ['downloads', 'sample', 'partials', 'mine'])
      mkdirSync(join(data, name), { recursive: true });
    writeFileSync(join(data, 'peer-key.pem'), 'secret');
    symlinkSync(data, join(test.base, 'by-link'));
    test.open({ exclude: [join(test.base, 'by-link')] });
    void test.service.start();
    const { service: shares } = test;
    for (const path of [data, join(test.base, 'by-link'), join(data, 'partials'), join(data, 'mine')]) {
      await assert.rejects(shares.add(path), { code: 'conflict' }, path);
    }
    await assert.rejects(shares.add(data, { fixed: true }), { code: 'conflict' });
    assert.equal(await shares.add(join(data, 'mine'), { fixed: true }), 'mine');
    assert.equal(await shares.add(join(data, 'sample')), 'sample');
    assert.deepEqual(
      shares
        .status()
        .map(({ name }) => name)
        .sort(),
      ['mine', 'sample'],
    );
  });

  it("are refused and passed over when they are another daemon's, and no key is shared by itself", async () => {
    await using test = new TestShares();
    const other = join(test.root, 'registry');
    test.write('registry/network-key.pem', 'secret');
    test.write('registry/registry.db', 'private');
    test.write('registry/downloads/d', 'd');
    test.write('copy/peer-key.pem', 'secret');
    test.write('copy/notes', 'a folder with a key alone is no data folder');
    await test.start();
    const { service: shares } = test;
    assert.deepEqual(test.index(), ['data/', 'data/copy/', 'data/copy/notes', 'data/registry/']);
    assert.match(shares.status()[0]!.warnings.join('\n'), /data folder of peerdex/);
    await shares.remove(test.root);
    await assert.rejects(shares.add(other), { code: 'conflict' });
    await assert.rejects(shares.add(join(other, 'partials')), { code: 'not-found' });
    assert.equal(await shares.add(join(other, 'downloads')), 'downloads');
  });

  it('are given up at the next start when they were shared, and at the next look when keys come', async () => {
    await using test = new TestShares();
    test.write('a', 'a');
    await test.start();
    assert.equal(test.service.totals().files, 1);
    test.write('peer-key.pem', 'secret');
    test.write('join-link', 'secret');
    await test.service.rescan();
    assert.deepEqual(test.index(), ['data/']);
    await test.stop();
    test.open();
    await test.service.start();
    await test.service.firstPassDone;
    assert.deepEqual([test.index(), test.files.shares()], [[], []]);
  });
});
