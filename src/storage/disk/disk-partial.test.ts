import assert from 'node:assert/strict';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { type TempFolder, tempFolder } from '../../../test/harness/temp-folder.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { settle } from '../../../test/support/settle.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { DiskPartial } from './disk-partial.ts';
import { PartialMap } from './partial-map.ts';

/** More than 32 MiB, so that a flush ahead begins. */
const LEAVES = 130;
const LEAF = new Uint8Array(LEAF_BYTES);

describe('a disk that loses what was written', () => {
  it('is noticed when only the flush ahead is told so', async () => {
    await using folder = await tempFolder();
    const { partial, disk } = await make(folder);
    let broke: (error: Error) => void = () => {};
    let synced = 0;
    disk.datasync = () =>
      new Promise((_, reject) => {
        broke = reject;
      });
    disk.sync = async () => {
      synced += 1;
    };
    for (let leaf = 0; leaf < LEAVES; leaf += 1) await partial.write(leaf, LEAF);
    const finished = assert.rejects(partial.finish(false), /EIO/);
    await settle();
    assert.equal(synced, 0, 'the last flush waits for the one under way');
    broke(eio());
    await finished;
    await partial.close();
    assert.deepEqual(await readdir(folder.join('root')), []);
  });
});

const eio = (): Error => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });

/** A partial whose file can be made to fail as a disk does. */
async function make(folder: TempFolder): Promise<{ partial: DiskPartial; disk: FileHandle }> {
  const root = folder.join('root');
  await mkdir(root);
  const file = await open(`${root}/a.part`, 'w+');
  const size = LEAVES * LEAF_BYTES;
  const header = { content: 'ab'.repeat(32), size, root, relative: 'a.part', device: '1', inode: '1' };
  const map = await PartialMap.create(folder.join('a.map'), header);
  const partial = new DiskPartial({
    content: header.content,
    size,
    root,
    relative: 'a.part',
    name: 'a',
    file,
    map,
    clock: new ManualClock(),
    flush: true,
    onClosed: () => {},
  });
  return { partial, disk: file };
}
