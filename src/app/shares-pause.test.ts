import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SELF, TestShares } from '../../test/support/share-service.ts';

describe('a paused share', () => {
  it('leaves the index and comes back without being hashed again, with what changed meanwhile', async () => {
    await using shares = new TestShares();
    for (let i = 0; i < 120; i += 1) shares.write(`many/${i}`, `content ${i}`);
    shares.write('kept', 'kept');
    await shares.start();
    const all = shares.live();
    const { content } = shares.entries.entry(SELF, 'data/kept')!;
    assert.equal(shares.service.contents.locate(content!).length, 1);

    assert.equal(await shares.service.pause(shares.root), 'data');
    assert.deepEqual(shares.live(), []);
    assert.deepEqual(shares.service.contents.locate(content!), []);
    const [paused] = shares.service.status();
    assert.equal(paused!.state, 'paused');
    assert.equal(paused!.files, 121);

    shares.write('new', 'new');
    await shares.service.rescan();
    assert.deepEqual(shares.live(), []);
    const { stamp } = shares.files.get(paused ? shares.files.shares()[0]!.id : 0, '', 'kept')!;
    await shares.service.resume(shares.root);
    await shares.service.ready('data');
    assert.deepEqual(shares.live(), [...all, 'new'].sort());
    assert.equal(shares.files.get(shares.files.shares()[0]!.id, '', 'kept')!.stamp, stamp);
    assert.equal(shares.service.contents.locate(content!).length, 1);
  });

  it('tells of what was deleted before, or while it was no share, when it was looked at again', async () => {
    await using shares = new TestShares();
    for (const name of ['before', 'while', 'kept', 'folder/in']) shares.write(name, name);
    await shares.start();
    const isDeleted = (path: string) => {
      const [share, entry] = ['data', `data/${path}`].map((one) => shares.entries.entry(SELF, one)!);
      return entry!.flag === 0 && entry!.seq > share!.seq;
    };
    const goAndCome = [
      [() => shares.service.pause(shares.root), () => shares.service.resume(shares.root)],
      [() => shares.service.remove(shares.root), () => shares.service.add(shares.root)],
    ] as const;
    for (const [go, come] of goAndCome) {
      rmSync(join(shares.root, 'before'));
      rmSync(join(shares.root, 'folder'), { recursive: true });
      await shares.service.rescan();
      await go();
      rmSync(join(shares.root, 'while'));
      await come();
      await shares.service.ready('data');
      await shares.service.rescan();
      assert.deepEqual(shares.live(), ['kept']);
      assert.deepEqual(['before', 'while', 'folder', 'folder/in', 'kept'].filter(isDeleted), [
        'before',
        'while',
        'folder',
        'folder/in',
      ]);
      const { seq } = shares.entries.owner(SELF)!;
      await shares.service.rescan();
      assert.equal(shares.entries.owner(SELF)!.seq, seq, 'once');
      for (const name of ['before', 'while', 'folder/in']) shares.write(name, name);
      await shares.service.rescan();
    }
  });

  it('tells nothing of what it cannot look at yet', async () => {
    await using shares = new TestShares();
    shares.write('kept', 'k');
    shares.write('sub/file', 'f');
    shares.write('sub/.peerdexignore', '');
    await shares.start();
    await shares.service.remove(shares.root);
    shares.write('sub/.peerdexignore', `${'*a'.repeat(9)}\n`);
    const { seq } = shares.entries.entry(SELF, 'data/sub/file')!;
    await shares.service.add(shares.root);
    await shares.service.rescan();
    assert.equal(shares.entries.entry(SELF, 'data/sub/file')!.seq, seq);
    rmSync(join(shares.root, 'sub'), { recursive: true });
    await shares.service.rescan();
    assert.ok(shares.entries.entry(SELF, 'data/sub/file')!.seq > seq);
  });

  it('stays paused over a restart, until somebody resumes it or shares it again', async () => {
    await using shares = new TestShares();
    shares.write('f', 'f');
    await shares.start();
    await shares.service.pause(shares.root);
    await shares.stop();
    await shares.start();
    assert.deepEqual(shares.live(), []);
    assert.equal(shares.service.status()[0]!.state, 'paused');
    await shares.service.add(shares.root, { accept: true });
    await shares.service.ready('data');
    assert.deepEqual(shares.live(), ['f']);
  });

  it('is withdrawn before what is in it, and named again after it', async () => {
    await using shares = new TestShares();
    for (let i = 0; i < 120; i += 1) shares.write(`${i}`, `content ${i}`);
    await shares.start();
    const isNamed: boolean[] = [];
    const forget = shares.service.onHeadChange(() => {
      if (shares.live().length < 120) isNamed.push(shares.entries.entry(SELF, 'data')!.flag === 1);
    });
    await shares.service.pause(shares.root);
    await shares.service.resume(shares.root);
    await shares.service.ready('data');
    forget();
    assert.ok(isNamed.length > 2);
    assert.ok(!isNamed.includes(true), 'whoever follows sees no share with some of its files missing');
  });

  it('is what is left of a share whose pause or removal was cut short, and whole when it is shared again', async () => {
    await using shares = new TestShares();
    for (let i = 0; i < 120; i += 1) shares.write(`${i}`, `content ${i}`);
    await shares.start();
    for (const end of ['pause', 'remove'] as const) {
      const ended = shares.service[end](shares.root);
      await new Promise<void>((resolve) => shares.service.onHeadChange(() => resolve()));
      await shares.service.stop();
      await ended;
      await shares.stop();
      await shares.start();
      assert.deepEqual(shares.live(), [], end);
      assert.equal(shares.service.status()[0]!.state, 'paused');
      await shares.service.add(shares.root, { accept: true });
      await shares.service.ready('data');
      assert.equal(shares.live().length, 120, end);
    }
  });

  it('is whole whatever is asked of it at the same time', async () => {
    await using shares = new TestShares();
    for (let i = 0; i < 120; i += 1) shares.write(`${i}`, `content ${i}`);
    await shares.start();
    const { service, root } = shares;
    await Promise.all([service.pause(root), service.resume(root), service.pause(root), service.resume(root)]);
    await service.resume(root);
    await service.ready('data');
    assert.equal(shares.live().length, 120);
    await Promise.all([service.pause(root), service.remove(root)]);
    assert.deepEqual(service.status(), []);
    await assert.rejects(service.resume(root), { code: 'not-found' });
  });
});
