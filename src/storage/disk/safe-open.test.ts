import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  makeFoldersBelow,
  makeFoldersBelowSync,
  openBelow,
  openBelowSync,
  withFolderBelow,
} from './safe-open.ts';

const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
let base: string;
let root: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'peerdex-open-'));
  root = join(base, 'root');
  mkdirSync(join(root, 'a/b'), { recursive: true });
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(base, 'outside/secret'), 'secret');
  writeFileSync(join(root, 'a/b/file'), 'inside');
});
afterEach(() => rmSync(base, { recursive: true }));

describe('opening below a root', () => {
  it('opens regular files and gives their bytes', async () => {
    const handle = await openBelow(root, 'a/b/file', constants.O_RDONLY);
    assert.equal(await handle.readFile('utf8'), 'inside');
    await handle.close();
    const fd = openBelowSync(root, 'a/b/file', constants.O_RDONLY);
    assert.equal(readFileSync(fd, 'utf8'), 'inside');
    closeSync(fd);
  });

  it('refuses links, at the end and on the way', async () => {
    symlinkSync(join(base, 'outside'), join(root, 'a/link'));
    symlinkSync(join(base, 'outside/secret'), join(root, 'a/b/link'));
    symlinkSync('file', join(root, 'a/b/inner'));
    for (const path of ['a/link/secret', 'a/b/link', 'a/b/inner']) {
      await assert.rejects(openBelow(root, path, constants.O_RDONLY), { code: 'forbidden' }, path);
      assert.throws(() => openBelowSync(root, path, constants.O_RDONLY), { code: 'forbidden' }, path);
    }
    await assert.rejects(openBelow(root, 'a/link/new', WRITE), { code: 'forbidden' });
    await assert.rejects(makeFoldersBelow(root, 'a/link/new'), { code: 'forbidden' });
    assert.throws(() => makeFoldersBelowSync(root, 'a/link/new'), { code: 'forbidden' });
  });

  it('refuses what leads out, and what is no regular file, without waiting for a FIFO', async () => {
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const hostile = [
      '../outside/secret',
      'a/../../outside/secret',
      '/etc/passwd',
      'a//b',
      '',
      '.',
      'a/b/file\0x',
      'a/b',
      'fifo',
    ];
    for (const path of hostile) {
      await assert.rejects(openBelow(root, path, constants.O_RDONLY), { code: 'forbidden' }, path);
      assert.throws(() => openBelowSync(root, path, constants.O_RDONLY), { code: 'forbidden' }, path);
    }
    await assert.rejects(openBelow(root, 'fifo', constants.O_WRONLY), { code: 'forbidden' });
    await assert.rejects(openBelow(root, 'a/none', constants.O_RDONLY), { code: 'not-found' });
    await assert.rejects(openBelow(root, 'a/b/file/x', constants.O_RDONLY), { code: 'forbidden' });
  });

  it('makes folders and writes below them', async () => {
    await makeFoldersBelow(root, 'new/Grüße/😀');
    await makeFoldersBelow(root, 'new/Grüße');
    makeFoldersBelowSync(root, 'new/sync/x');
    const handle = await openBelow(root, 'new/Grüße/😀/f', WRITE);
    await handle.writeFile('bytes');
    await handle.close();
    assert.equal(readFileSync(join(root, 'new/Grüße/😀/f'), 'utf8'), 'bytes');
    await assert.rejects(openBelow(root, 'new/Grüße/😀/f', WRITE), (error: Error) => {
      return (error.cause as { code: string }).code === 'EEXIST';
    });
    await assert.rejects(makeFoldersBelow(root, 'a/b/file/x'), { code: 'forbidden' });
  });

  it('stays in a folder that is renamed and replaced by a link meanwhile', {
    skip: process.platform !== 'linux',
  }, async () => {
    const { renameSync } = await import('node:fs');
    await withFolderBelow(root, 'a/b', async (path) => {
      renameSync(join(root, 'a/b'), join(root, 'a/moved'));
      symlinkSync(join(base, 'outside'), join(root, 'a/b'));
      writeFileSync(`${path}/late`, 'late');
    });
    assert.equal(readFileSync(join(root, 'a/moved/late'), 'utf8'), 'late');
  });

  it('what fails is told by the path that was asked for, in words', () => {
    assert.throws(() => openBelowSync(root, 'none', constants.O_RDONLY), {
      code: 'not-found',
      message: `cannot open ${root}/none: no such file or directory`,
    });
  });
});
