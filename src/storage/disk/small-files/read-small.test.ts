import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../../test/harness/temp-folder.ts';
import type { LocalFile } from '../../../core/ports/local-contents.ts';
import { LastFolder } from '../last-folder.ts';
import { lookOf } from '../look.ts';
import { readListOf } from './read-list.ts';
import { readSmall } from './read-small.ts';

const CONTENT = 'ab'.repeat(32);

/** Writes it, and tells how it looks. */
function made(root: string, relative: string, text: string): LocalFile {
  writeFileSync(`${root}/${relative}`, text);
  return { content: CONTENT, root, relative, ...lookOf(statSync(`${root}/${relative}`, { bigint: true })) };
}

describe('small files that are read together', () => {
  it('lie one after the other in their buffers, whatever folder and place they are from', async () => {
    await using folder = await tempFolder();
    const root = folder.path;
    mkdirSync(`${root}/in here`);
    const files = [made(root, 'a', 'one'), made(root, 'in here/é', 'second'), made(root, 'c', 'three')];
    const gone = { ...files[2]!, relative: 'gone' };
    const buffers = [Buffer.alloc(16), Buffer.alloc(16)];
    const list = readListOf([
      { files: [[files[0]!], [files[1]!]], buffer: buffers[0]! },
      { files: [[gone, files[2]!], [files[0]!]], buffer: buffers[1]! },
    ]);
    assert.deepEqual(
      readSmall(list, new LastFolder(), () => {}),
      [{ read: 1, file: 0, place: 1, problems: ['ENOENT'] }],
    );
    assert.equal(buffers[0]!.toString('latin1', 0, 9), 'onesecond');
    assert.equal(buffers[1]!.toString('latin1', 0, 8), 'threeone');
  });

  it('are not given when they look otherwise, or something else stands there; the others are', async () => {
    await using folder = await tempFolder();
    const root = folder.path;
    const files = ['touched', 'longer', 'shorter', 'link', 'folder', 'pipe', 'kept'].map((name) =>
      made(root, name, name),
    );
    const [touched, , , , , , kept] = files;
    files[0] = { ...touched!, mtime: touched!.mtime - 1n };
    files[1] = { ...files[1]!, size: files[1]!.size - 1 };
    files[2] = { ...files[2]!, size: files[2]!.size + 1 };
    for (const name of ['link', 'folder', 'pipe']) rmSync(`${root}/${name}`);
    symlinkSync('kept', `${root}/link`);
    mkdirSync(`${root}/folder`);
    execFileSync('mkfifo', [`${root}/pipe`]);
    const buffer = Buffer.alloc(64);
    const misses = readSmall(
      readListOf([{ files: files.map((file) => [file]), buffer }]),
      new LastFolder(),
      () => {},
    );
    assert.deepEqual(
      misses.map(({ file, place, problems }) => [file, place, problems]),
      [
        [0, undefined, ['changed']],
        [1, undefined, ['changed']],
        [2, undefined, ['changed']],
        [3, undefined, ['ELOOP']],
        [4, undefined, ['EISDIR']],
        [5, undefined, ['ESPIPE']],
      ],
    );
    const before = files.slice(0, -1).reduce((sum, { size }) => sum + size, 0);
    assert.equal(buffer.toString('latin1', before, before + kept!.size), 'kept');
  });
});
