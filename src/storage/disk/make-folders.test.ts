import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFoldersTo } from './make-folders.ts';

test('makes what is missing, with the mode, and is content with what is there', () => {
  const root = mkdtempSync(join(tmpdir(), 'peerdex-folders-'));
  try {
    makeFoldersTo(join(root, 'a/b/c'), 0o700);
    assert.equal(statSync(join(root, 'a/b/c')).mode & 0o777, 0o700);
    makeFoldersTo(join(root, 'a/b/c'));
    writeFileSync(join(root, 'file'), '');
    assert.throws(() => makeFoldersTo(join(root, 'file')), { code: 'EEXIST' });
    assert.throws(() => makeFoldersTo(join(root, 'file/below')), { code: 'ENOTDIR' });
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a system that makes no folder is believed', {
  skip: process.platform !== 'linux' && 'needs /proc',
}, () => {
  assert.throws(() => makeFoldersTo('/proc/peerdex/data'), { code: 'ENOENT' });
});
