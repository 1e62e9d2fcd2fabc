import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../../test/harness/eventually.ts';
import { TestShares } from '../../test/support/share-service.ts';
import { PeerdexError } from '../core/errors.ts';
import type { FolderWatcher } from '../core/ports/folder-watcher.ts';
import { parcelWatcher } from '../storage/disk/parcel-watcher.ts';
import { WatchPlaces } from './share-watch.ts';

/** The real one, and when it has begun to watch: what comes before that is left to the next pass. */
function observed() {
  const began: string[] = [];
  const watcher: FolderWatcher = {
    limit: () => parcelWatcher.limit(),
    async watch(root, options, changed) {
      const watch = await parcelWatcher.watch(root, options, changed);
      began.push(root);
      return watch;
    },
  };
  return { watcher, began };
}

async function lists(shares: TestShares, paths: readonly string[]): Promise<void> {
  await eventually(() => {
    assert.deepEqual(shares.live(), paths);
    return true;
  });
}

describe('a watched share', () => {
  it('sees what comes, changes, moves and goes between its passes, in new folders too', async () => {
    await using shares = new TestShares();
    shares.write('sub/a', 'a');
    const { watcher, began } = observed();
    await shares.start({ watcher });
    await eventually(() => began.length === 1);
    const sees = (...paths: string[]) => lists(shares, paths);
    writeFileSync(join(shares.root, 'sub/b'), 'b');
    await sees('sub/', 'sub/a', 'sub/b');
    rmSync(join(shares.root, 'sub/a'));
    await sees('sub/', 'sub/b');
    mkdirSync(join(shares.root, 'new/deep/er'), { recursive: true });
    writeFileSync(join(shares.root, 'new/deep/er/c'), 'c');
    await sees('new/', 'new/deep/', 'new/deep/er/', 'new/deep/er/c', 'sub/', 'sub/b');
    // Folders that came with folders in them are watched anew.
    await eventually(() => began.length >= 2);
    writeFileSync(join(shares.root, 'new/deep/er/d'), 'd');
    await eventually(() => shares.live().includes('new/deep/er/d'));
    renameSync(join(shares.root, 'new'), join(shares.root, 'moved'));
    await eventually(() => shares.live().includes('moved/deep/er/d') && !shares.live().includes('new/'));
    appendFileSync(join(shares.root, 'sub/b'), 'more');
    await eventually(() => shares.service.totals().bytes === 7);
  });

  it('looks at everything when rules change, and at nothing that they leave out', async () => {
    await using shares = new TestShares();
    shares.write('sub/a.log', 'a');
    const { watcher, began } = observed();
    await shares.start({ watcher });
    await eventually(() => began.length === 1);
    writeFileSync(join(shares.root, '.peerdexignore'), '*.log\n');
    await lists(shares, ['sub/']);
    writeFileSync(join(shares.root, 'sub/b.log'), 'b');
    writeFileSync(join(shares.root, 'sub/c'), 'c');
    await lists(shares, ['sub/', 'sub/c']);
  });

  it('is looked at once more where it was being looked at as the watch began', async () => {
    await using shares = new TestShares();
    const again = Promise.withResolvers<unknown>();
    const watcher: FolderWatcher = {
      limit: async () => undefined,
      async watch() {
        await shares.service.firstPassDone;
        again.resolve(shares.service.rescan());
        return { stop: async () => {} };
      },
    };
    await shares.start({ watcher });
    await again.promise;
    let files = 0;
    await eventually(() => {
      files += 1;
      writeFileSync(join(shares.root, `f${files}`), 'f');
      return shares.live().length > 0;
    });
  });

  it('goes on by passes where nothing can be watched, and says why', async () => {
    await using shares = new TestShares();
    const watcher: FolderWatcher = {
      limit: async () => undefined,
      watch: () => Promise.reject(new PeerdexError('unsupported', 'no addon here')),
    };
    await shares.start({ watcher });
    await eventually(() => /no addon here/.test(shares.warnings()));
    writeFileSync(join(shares.root, 'a'), 'a');
    await shares.service.rescan();
    assert.deepEqual(shares.live(), ['a']);
    assert.equal(shares.lines.filter(({ event }) => event === 'share-not-watched').length, 1);
  });

  it('ends where the system or peerdex lets no more be watched', async () => {
    await using shares = new TestShares();
    for (let i = 0; i < 4; i += 1) shares.write(`d${i}/f`, 'f');
    await shares.start({ watcher: { ...parcelWatcher, limit: async () => 3 } });
    await eventually(() => /lets a user watch 3 folders, and it has 5/.test(shares.warnings()));
    const places = new WatchPlaces(10);
    assert.deepEqual(
      [places.take(1, 6), places.take(2, 5), places.take(2, 4), places.take(1, 7)],
      [true, false, true, false],
    );
  });
});
