import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { eventually } from '../../test/harness/eventually.ts';
import { areRightsChecked, passWithCheckedRights } from '../../test/support/checked-rights.ts';
import { TestShares } from '../../test/support/share-service.ts';
import { parcelWatcher } from '../storage/disk/parcel-watcher.ts';

it('folders that cannot be read are told, the rest is watched, and so are they once they can be read', async () => {
  if (!areRightsChecked()) return passWithCheckedRights(import.meta.filename);
  await using shares = new TestShares();
  const at = (path: string) => join(shares.root, path);
  shares.write('open/a', 'a');
  for (const name of ['locked', 'closed [x]', 'z-last']) {
    shares.write(`${name}/deep/b`, 'b');
    chmodSync(at(name), 0);
  }
  try {
    let began = 0;
    await shares.start({
      watcher: {
        limit: () => parcelWatcher.limit(),
        async watch(...all) {
          const watch = await parcelWatcher.watch(...all);
          began += 1;
          return watch;
        },
      },
    });
    await eventually(() => began === 1);
    assert.match(shares.warnings(), /^cannot be read: ".*" \(and 2 more like it\)/);
    assert.ok(!/found by scans only/.test(shares.warnings()));
    writeFileSync(at('open/c'), 'c');
    await eventually(() => shares.live().includes('open/c'));
    mkdirSync(at('late'), { mode: 0 });
    await eventually(() => shares.live().includes('late/'));

    chmodSync(at('locked'), 0o755);
    chmodSync(at('late'), 0o755);
    await shares.service.rescan();
    assert.ok(shares.live().includes('locked/deep/b'));
    await eventually(() => began >= 2);
    writeFileSync(at('locked/deep/d'), 'd');
    writeFileSync(at('late/e'), 'e');
    await eventually(() => shares.live().includes('locked/deep/d') && shares.live().includes('late/e'));
    assert.match(shares.warnings(), /^cannot be read: ".*" \(and 1 more like it\)/);
  } finally {
    for (const name of ['locked', 'closed [x]', 'z-last']) chmodSync(at(name), 0o755);
  }
});
