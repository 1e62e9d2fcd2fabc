import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { canMount, TestDrive } from '../../test/support/mounts.ts';
import { TestShares } from '../../test/support/share-service.ts';

/** What hashing would change: when each file was hashed. */
const stamps = (shares: TestShares) => shares.files.below(1, '', 100).map(({ name, stamp }) => [name, stamp]);

/** Not every kernel has vfat or FUSE, and nothing that could be installed would bring them. */
for (const type of ['ext4', ...['vfat', 'exfat'].filter(canMount)]) {
  describe(`a drive of ${type}`, { skip: canMount(type) ? false : `cannot mount ${type}` }, () => {
    it('keeps its entries while it is away, and its files return without being hashed', async () => {
      await using shares = new TestShares();
      using drive = new TestDrive(type, join(shares.base, 'image'), shares.root);
      using other = new TestDrive(type, join(shares.base, 'other'), shares.root);
      drive.plugIn();
      for (let i = 0; i < 20; i += 1) shares.write(`dir/f${i}`, `content ${i}`);
      rmSync(join(shares.root, 'lost+found'), { recursive: true, force: true });
      await shares.start();
      const [live, before] = [shares.live(), stamps(shares)];
      assert.equal(live.length, 21);
      drive.pull();
      await shares.service.rescan();
      assert.equal(shares.service.status()[0]?.state, 'unavailable');
      assert.deepEqual(shares.live(), live);
      other.plugIn();
      await shares.service.rescan();
      assert.equal(shares.service.status()[0]?.state, 'unavailable');
      other.pull();
      // Another drive takes the device number meanwhile.
      mkdirSync(join(shares.base, 'elsewhere'));
      using beside = new TestDrive(type, join(shares.base, 'third'), join(shares.base, 'elsewhere'));
      beside.plugIn();
      drive.plugIn();
      // Where there are no inodes they are given in the order in which files are looked at.
      for (let i = 19; i >= 0; i -= 1) statSync(join(shares.root, `dir/f${i}`));
      await shares.service.rescan();
      assert.equal(shares.service.status()[0]?.state, 'ready', shares.warnings());
      assert.deepEqual([shares.live(), stamps(shares)], [live, before]);
      assert.equal(readdirSync(shares.root).includes('.peerdex-share'), type !== 'ext4');
      shares.write('dir/new', 'new');
      await shares.service.rescan();
      assert.equal(shares.live().length, 22);
    });
  });
}

describe('a drive inside a share', { skip: canMount('ext4') ? false : 'cannot mount ext4' }, () => {
  it('keeps its entries while it is away, also where its folder goes with it, until they are given up', async () => {
    await using shares = new TestShares();
    shares.write('own', 'own');
    const at = join(shares.root, 'media/usb');
    mkdirSync(at, { recursive: true });
    using drive = new TestDrive('ext4', join(shares.base, 'image'), at);
    drive.plugIn();
    rmSync(join(at, 'lost+found'), { recursive: true, force: true });
    shares.write('media/usb/dir/f', 'f');
    await shares.start();
    const [live, before] = [shares.live(), stamps(shares)];
    assert.deepEqual(live, ['media/', 'media/usb/', 'media/usb/dir/', 'media/usb/dir/f', 'own']);
    for (let i = 0; i < 3; i += 1) await shares.service.rescan();
    drive.pull();
    await shares.service.rescan();
    assert.deepEqual(shares.live(), live);
    assert.match(shares.warnings(), /not there: "media\/usb".*drive/);
    rmSync(join(shares.root, 'media'), { recursive: true });
    await shares.service.rescan();
    assert.deepEqual(shares.live(), live);
    mkdirSync(at, { recursive: true });
    drive.plugIn();
    await shares.service.rescan();
    assert.deepEqual([shares.live(), stamps(shares), shares.warnings()], [live, before, '']);
    drive.pull();
    await shares.service.rescan();
    assert.deepEqual(shares.live(), live);
    await shares.service.add(shares.root, { accept: true });
    assert.deepEqual(shares.live(), ['media/', 'media/usb/', 'own']);
  });
});
