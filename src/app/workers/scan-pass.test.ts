import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import type { ScanChange } from '../../index/compare-folder.ts';
import { FolderWalker } from '../../storage/disk/folder-walker.ts';
import { SqliteLocalFiles } from '../../storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import { SqliteScanMemory } from '../../storage/sqlite/scan-memory.ts';
import { ScanPass } from './scan-pass.ts';

const marker = '0'.repeat(32);

it('a look at some folders shows nothing that rules around them hide, also rules that cannot be followed', () => {
  const base = mkdtempSync(join(tmpdir(), 'peerdex-pass-'));
  const database = openPeerDatabase(':memory:');
  try {
    const root = join(base, 'share');
    mkdirSync(join(root, 'sub/deep'), { recursive: true });
    const files = new SqliteLocalFiles(database);
    const { id } = files.addShare('share', root);
    const changes: ScanChange[] = [];
    const pass = (only?: readonly string[]) => {
      const parts = { share: { id, name: 'share', path: root }, files, walker: new FolderWalker(root) };
      const tell = { change: (one: ScanChange) => changes.push(one), print: () => {}, progress: () => {} };
      const memory = new SqliteScanMemory(database);
      new ScanPass({ ...parts, ...tell, memory }, { root: undefined, marker, only }).run();
      return changes.splice(0);
    };
    for (const seen of pass())
      if (seen.change === 'seen') {
        const { change: _, ...look } = seen;
        files.put({ ...look, share: id, content: undefined, stamp: 0, state: 'settled' });
      }
    writeFileSync(join(root, 'sub/deep/key'), 'secret');
    for (const rules of ['key\n*a*b*c*d*\n', 'sub/deep\n', '/sub/\n']) {
      writeFileSync(join(root, '.peerdexignore'), rules);
      writeFileSync(join(root, 'sub/deep/.peerdexignore'), '!*\n');
      assert.deepEqual(pass(['sub/deep']), [], rules);
    }
    rmSync(join(root, '.peerdexignore'));
    assert.deepEqual(
      pass(['sub/deep']).map(({ name }) => name),
      ['key'],
    );
  } finally {
    database.close();
    rmSync(base, { recursive: true });
  }
});

it('a folder that goes away between two looks at it takes nothing out of the index', () => {
  const base = mkdtempSync(join(tmpdir(), 'peerdex-pass-'));
  const database = openPeerDatabase(':memory:');
  try {
    const root = join(base, 'drive');
    mkdirSync(root);
    writeFileSync(join(root, 'f'), 'on the drive');
    const files = new SqliteLocalFiles(database);
    const { id } = files.addShare('drive', root);
    const changes: ScanChange[] = [];
    const parts = (walker: FolderWalker) => ({
      ...{ share: { id, name: 'drive', path: root }, files, walker, memory: new SqliteScanMemory(database) },
      ...{ change: (change: ScanChange) => changes.push(change), print: () => {}, progress: () => {} },
    });
    const end = new ScanPass(parts(new FolderWalker(root)), { root: undefined, marker }).run();
    for (const seen of changes.splice(0))
      if (seen.change === 'seen') {
        const { change: _, ...look } = seen;
        files.put({ ...look, share: id, content: undefined, stamp: 0, state: 'settled' });
      }

    class Unplugged extends FolderWalker {
      override enter(...place: Parameters<FolderWalker['enter']>) {
        renameSync(root, join(base, 'unplugged'));
        mkdirSync(root);
        return super.enter(...place);
      }
    }
    const pass = new ScanPass(parts(new Unplugged(root)), { root: end.root, marker });
    assert.throws(() => pass.run(), { code: 'unavailable' });
    assert.deepEqual(changes, []);
  } finally {
    database.close();
    rmSync(base, { recursive: true });
  }
});
