import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { diskMirrorFiles as files } from './mirror-files.ts';

describe('files of a mirror', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'peerdex-mirror-'));
    await mkdir(join(root, 'd'));
    await writeFile(join(root, 'd/file'), 'text');
  });
  afterEach(() => rm(root, { recursive: true }));

  const look = async (relative: string) => {
    const { size, mtimeNs } = await stat(join(root, relative), { bigint: true });
    return { size: Number(size), mtime: mtimeNs };
  };
  const at = (relative: string) => ({ root, relative });

  it('go only when they look as expected', async () => {
    const { size, mtime } = await look('d/file');
    assert.equal(await files.remove(at('d/file'), { size, mtime: mtime + 1n }), undefined);
    assert.equal(await files.remove(at('d/file'), { size: size + 1, mtime }), undefined);
    assert.ok(await files.remove(at('d/file'), { size, mtime }));
    assert.deepEqual(await readdir(join(root, 'd')), []);
    assert.equal(await files.remove(at('d/file'), { size, mtime }), undefined, 'it is gone');
    assert.equal(await files.remove(at('none/file'), { size, mtime }), undefined);
  });

  it('have a time that can be remembered, however late they are told to be', async () => {
    const last = 2n ** 63n - 1n;
    const { size, mtime } = await look('d/file');
    const now = await files.giveLook(at('d/file'), { size, mtime }, { mtime: last });
    assert.ok(now !== undefined && now <= last);
    assert.ok(await files.remove(at('d/file'), { size, mtime: now }));
  });

  it('are never reached through a link', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'peerdex-outside-'));
    try {
      await writeFile(join(outside, 'file'), 'text');
      await mkdir(join(outside, 'empty'));
      const { size, mtimeNs } = await stat(join(outside, 'file'), { bigint: true });
      const expected = { size: Number(size), mtime: mtimeNs };
      await rename(join(root, 'd'), join(root, 'away'));
      await symlink(outside, join(root, 'd'));
      await symlink(join(outside, 'file'), join(root, 'link'));
      await symlink(join(outside, 'empty'), join(root, 'folder'));
      for (const relative of ['d/file', 'link']) {
        assert.equal(await files.remove(at(relative), expected).catch(() => undefined), undefined);
        await assert.rejects(files.giveLook(at(relative), expected, { mtime: 1n, executable: true }));
      }
      for (const relative of ['d/empty', 'folder'])
        assert.equal(await files.removeFolder(at(relative)).catch(() => false), false);
      assert.deepEqual((await readdir(outside)).sort(), ['empty', 'file']);
      assert.equal((await stat(join(outside, 'file'), { bigint: true })).mtimeNs, mtimeNs);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('get another time and mode', async () => {
    const told = 1_600_000_000_000_000_000n;
    const now = await files.giveLook(at('d/file'), await look('d/file'), { mtime: told, executable: true });
    assert.equal(now, told);
    assert.equal((await stat(join(root, 'd/file'))).mode & 0o100, 0o100);
    await files.giveLook(at('d/file'), await look('d/file'), { mtime: told, executable: false });
    assert.equal((await stat(join(root, 'd/file'))).mode & 0o111, 0);
    assert.equal(await readFile(join(root, 'd/file'), 'utf8'), 'text');
  });

  it('folders go when they are empty', async () => {
    assert.equal(await files.removeFolder(at('d')), false);
    await rm(join(root, 'd/file'));
    assert.equal(await files.removeFolder(at('d')), true);
    assert.equal(await files.removeFolder(at('d')), false);
  });
});
