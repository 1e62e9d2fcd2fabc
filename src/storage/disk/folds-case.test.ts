import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import { foldsCase } from './folds-case.ts';

describe('whether a folder takes names of different case for one', () => {
  it('is what the system does there, and nothing is left behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'peerdex-case-'));
    try {
      writeFileSync(join(folder, 'a'), '');
      const folds = await stat(join(folder, 'A')).then(
        () => true,
        () => false,
      );
      assert.equal(await foldsCase(folder), folds);
      assert.equal(await foldsCase(join(folder, 'not/there/yet')), folds, 'of a folder that is to be made');
      assert.deepEqual(readdirSync(folder), ['a']);
      assert.equal(await foldsCase('/proc/not/there'), false, 'where nothing can be written');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is found out by many at a time, and what a kill left behind goes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'peerdex-case-'));
    try {
      writeFileSync(join(folder, `${PRIVATE_PREFIX}case`), '');
      const answers = await Promise.all(Array.from({ length: 8 }, () => foldsCase(folder)));
      assert.deepEqual(readdirSync(folder), []);
      assert.equal(new Set(answers).size, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
