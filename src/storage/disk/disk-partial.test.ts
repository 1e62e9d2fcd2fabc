import assert from 'node:assert/strict';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { type TempFolder, tempFolder } from '../../../test/harness/temp-folder.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { settle } from '../../../test/support/settle.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { DiskPartial } from './disk-partial.ts';
import { readMap } from './map-file.ts';
import { PartialMap } from './partial-map.ts';

/** More than 32 MiB, so that a flush ahead begins. */
const LEAVES = 130;
const LEAF = new Uint8Array(LEAF_BYTES).fill(7);

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

  it('that fails at a write leaves only what was flushed at a checkpoint', async () => {
    await using folder = await tempFolder();
    const { partial, disk, clock, map } = await make(folder);
    await partial.write(0, LEAF);
    clock.advance(10_000);
    await eventually(async () => (await readMap(map))?.flushed.count === 1);
    await partial.write(1, LEAF);
    const good = disk.write;
    disk.write = () => Promise.reject(eio());
    await assert.rejects(partial.write(2, LEAF), /EIO/);
    assert.deepEqual([...(await readMap(map))!.claimed], [0], 'at once: a kill may come');
    disk.write = good;
    await assert.rejects(partial.write(3, LEAF));
    await partial.close();
    assert.deepEqual([...(await readMap(map))!.claimed], [0]);
  });

  it('that is only full loses nothing', async () => {
    await using folder = await tempFolder();
    const { partial, disk, map } = await make(folder);
    await partial.write(0, LEAF);
    disk.write = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
    await assert.rejects(partial.write(1, LEAF), { code: 'no-space' });
    await partial.close();
    assert.deepEqual([...(await readMap(map))!.claimed], [0]);
  });
});

const eio = (): Error => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });

interface Made {
  readonly partial: DiskPartial;
  readonly disk: FileHandle;
  readonly clock: ManualClock;
  /** The path of the map. */
  readonly map: string;
}

/** A partial whose file can be made to fail as a disk does. */
async function make(folder: TempFolder): Promise<Made> {
  const root = folder.join('root');
  await mkdir(root);
  const file = await open(`${root}/a.part`, 'w+');
  const size = LEAVES * LEAF_BYTES;
  const header = { content: 'ab'.repeat(32), size, root, relative: 'a.part', device: '1', inode: '1' };
  const clock = new ManualClock();
  const map = await PartialMap.create(folder.join('a.map'), header, '');
  const partial = new DiskPartial({
    content: header.content,
    size,
    root,
    relative: 'a.part',
    name: 'a',
    file,
    map,
    clock,
    flush: true,
    onClosed: () => {},
  });
  return { partial, disk: file, clock, map: folder.join('a.map') };
}
