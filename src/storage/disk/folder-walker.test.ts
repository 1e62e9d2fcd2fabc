import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FolderWalker } from './folder-walker.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { rootAt } from './share-root.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'peerdex-walk-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('walking a folder', () => {
  it('tells files and folders as they look', () => {
    writeFileSync(join(root, 'back\\slash "x"'), 'abc');
    chmodSync(join(root, 'back\\slash "x"'), 0o755);
    utimesSync(join(root, 'back\\slash "x"'), 1, 1.5);
    mkdirSync(join(root, 'sub/deep'), { recursive: true });
    const { items, complete, links, problems } = listOf(new FolderWalker(root), '');
    assert.deepEqual([complete, links, problems], [true, 0, []]);
    const [file, folder] = items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(
      [file?.name, file?.kind, file?.size, file?.mtime, file?.executable],
      ['back\\slash "x"', 'file', 3, 1_500_000_000n, true],
    );
    assert.deepEqual([folder?.name, folder?.kind, folder?.size, folder?.mtime], ['sub', 'folder', 0, 0n]);
    assert.deepEqual(
      listOf(new FolderWalker(root), 'sub').items.map(({ name }) => name),
      ['deep'],
    );
  });

  it('counts links, passes over its own files and excluded folders, names what is special', () => {
    writeFileSync(join(root, 'target'), '');
    symlinkSync('target', join(root, 'link'));
    symlinkSync('/', join(root, 'folder-link'));
    writeFileSync(join(root, '.peerdex-part'), '');
    mkdirSync(join(root, 'private'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const { items, links, problems } = listOf(new FolderWalker(root, [join(root, 'private')]), '');
    assert.deepEqual(
      items.map(({ name }) => name),
      ['target'],
    );
    assert.equal(links, 2);
    assert.deepEqual(
      problems.map(({ kind, relative }) => [kind, relative]),
      [['special', 'fifo']],
    );
  });

  it('passes over an excluded folder of the root of all', () => {
    const [top] = root.split('/').filter(Boolean);
    assert.ok(!listOf(new FolderWalker('/', [`/${top}`]), '').items.some(({ name }) => name === top));
  });

  it('tells names that are not UTF-8 from those that look so', { skip: process.platform !== 'linux' }, () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), 'x');
    writeFileSync(Buffer.concat([Buffer.from(`${root}/twin`), Buffer.from([0xfe])]), 'x');
    writeFileSync(join(root, 'twin\ufffd'), 'y');
    const { items, problems } = listOf(new FolderWalker(root), '');
    assert.deepEqual(
      items.map(({ name }) => name),
      ['twin\ufffd'],
    );
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ['not-utf8'],
    );
  });

  it('says that nothing is known of a folder that is not there or is a link', () => {
    symlinkSync('/usr', join(root, 'link'));
    assert.equal(listOf(new FolderWalker(root), 'none').complete, false);
    assert.equal(listOf(new FolderWalker(root), 'link').complete, false);
    assert.throws(() => rootAt(join(root, 'none')), { code: 'unavailable' });
    writeFileSync(join(root, 'file'), '');
    assert.throws(() => rootAt(join(root, 'file')), { code: 'unavailable' });
  });
});

function listOf(walker: FolderWalker, relative: string) {
  const visit = walker.enter(relative, IgnoreRules.NONE);
  try {
    return visit.list();
  } finally {
    visit.close();
  }
}
