import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/harness/temp-folder.ts';
import { MAX_FOLDERS } from '../../protocol/http/dashboard/own-operations.ts';
import { FolderLister } from './folder-list.ts';

describe('the list of folders to choose from', () => {
  it('names folders and links to folders, in order, without files and what is hidden', async () => {
    await using folder = await tempFolder();
    for (const name of ['b10', 'b9', '.hidden', '<img src=x>', 'of']) mkdirSync(folder.join(name));
    writeFileSync(folder.join('file'), '');
    symlinkSync('of', folder.join('link'));
    symlinkSync('nowhere', folder.join('broken'));
    symlinkSync('file', folder.join('to-file'));
    const real = realpathSync(folder.path);
    const lister = new FolderLister();
    const listed = await lister.list(folder.path);
    assert.deepEqual(
      { ...listed, folders: listed.folders.map(({ name }) => name) },
      {
        path: real,
        parent: path.dirname(real),
        folders: ['<img src=x>', 'b9', 'b10', 'link', 'of'],
        more: false,
      },
    );
    assert.equal(listed.folders[1]!.path, path.join(real, 'b9'));
    const all = await lister.list(folder.join('of', '..'), true);
    assert.ok(all.folders.some(({ name }) => name === '.hidden'));
    assert.equal((await lister.list('/')).parent, null);
    assert.equal((await lister.list()).path, realpathSync(homedir()));
  });

  it('is bounded', async () => {
    await using folder = await tempFolder();
    for (let n = 0; n <= MAX_FOLDERS; n += 1) mkdirSync(folder.join(`${n}`));
    const { folders, more } = await new FolderLister().list(folder.path);
    assert.deepEqual([folders.length, more], [MAX_FOLDERS, true]);
  });

  it('refuses what is no folder, whatever was typed, one question after the other', async () => {
    await using folder = await tempFolder();
    writeFileSync(folder.join('file'), '');
    symlinkSync('loop', folder.join('loop'));
    const lister = new FolderLister();
    for (const [typed, code] of [
      ['', 'usage'],
      ['relative/path', 'usage'],
      ['~/Music', 'usage'],
      [`${folder.path}\0/etc`, 'usage'],
      [folder.join('none'), 'not-found'],
      [folder.join('file'), 'not-found'],
      [folder.join('file', 'below'), 'not-found'],
      [folder.join('loop'), 'not-found'],
      [`/${'x'.repeat(300)}`, 'not-found'],
    ] as const)
      await assert.rejects(lister.list(typed), { code }, typed);
    const several = await Promise.allSettled(
      [folder.path, folder.join('none'), folder.path].map((one) => lister.list(one)),
    );
    assert.deepEqual(
      several.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  });
});
