import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { refuseInData } from './private-folders.ts';

describe('where downloads may go', () => {
  let base: string;
  let data: string;
  before(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'peerdex-private-')));
    data = join(base, 'own');
    mkdirSync(join(data, 'mine'), { recursive: true });
    mkdirSync(join(base, 'other'));
    for (const name of ['network-key.pem', 'lock.db']) writeFileSync(join(base, 'other', name), '');
    symlinkSync(data, join(base, 'link'));
  });
  after(() => rmSync(base, { recursive: true }));

  const refused = (root: string, relative: string, downloads = join(data, 'downloads')): boolean => {
    try {
      refuseInData(join(base, root), [relative], { data: join(base, 'link'), downloads });
      return false;
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'conflict');
      return true;
    }
  };

  it('not into a data folder, however it is named', () => {
    for (const [root, relative] of [
      ['own', 'lock.db'],
      ['link', 'x'],
      ['link/partials/new', 'x'],
      ['', 'own/config.json'],
      ['', 'other/deep/x'],
      ['other', 'x'],
    ] as const) {
      assert.ok(refused(root, relative), `${root} ${relative}`);
    }
  });

  it('not under the name of a key, which would make any folder look like one', () => {
    assert.ok(refused('elsewhere', 'set/peer-key.pem'));
    assert.ok(refused('own/downloads', 'network-key.pem'));
  });

  it('anywhere else, and into what a data folder has for others', () => {
    for (const [root, relative] of [
      ['own/downloads', 'x'],
      ['link/downloads', 'set/lock.db'],
      ['other/sample', 'x'],
      ['', 'owner/x'],
      ['', 'own'],
    ] as const) {
      assert.ok(!refused(root, relative), `${root} ${relative}`);
    }
    assert.ok(!refused('own/mine', 'x', join(data, 'mine')));
    assert.ok(refused('own', 'x', base), 'a downloads folder around the data folder opens nothing');
  });
});
