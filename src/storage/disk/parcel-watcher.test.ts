import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { parcelWatcher } from './parcel-watcher.ts';

it('a watch ends also where a folder with others in it was renamed', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'peerdex-watch-')));
  try {
    mkdirSync(join(root, 'before/inside/deep'), { recursive: true });
    const told = new Set<string>();
    const watch = await parcelWatcher.watch(
      root,
      { ignore: [], failed: (error) => assert.fail(String(error)) },
      (folders) => {
        if (folders !== 'all') for (const folder of folders) told.add(folder);
      },
    );
    renameSync(join(root, 'before'), join(root, 'after'));
    await until(() => told.has(''));
    writeFileSync(join(root, 'after/inside/deep/f'), 'f');
    rmSync(join(root, 'after'), { recursive: true });
    await watch.stop();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
