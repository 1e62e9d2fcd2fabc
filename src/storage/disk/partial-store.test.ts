import assert from 'node:assert/strict';
import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { seededBytes } from '../../../test/harness/files.ts';
import { type TempFolder, tempFolder } from '../../../test/harness/temp-folder.ts';
import { skipWithoutMounts, tmpfs } from '../../../test/harness/tmpfs.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { LeafBuffers } from '../../core/leaf-buffers.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { leafHash, ManifestBuilder } from '../../core/manifest.ts';
import type { Partial } from '../../core/ports/partial.ts';
import { confirmDoubtful } from '../../transfer/confirm-doubtful.ts';
import { MemoryHashStore } from '../memory/hash-store.ts';
import { readMap } from './map-file.ts';
import { mountOf } from './mount-of.ts';
import { DiskPartialStore } from './partial-store.ts';

const LEAVES = 4;
const SIZE = LEAVES * LEAF_BYTES;
const BYTES = seededBytes(SIZE, 5);
const leafOf = (n: number): Uint8Array => BYTES.subarray(n * LEAF_BYTES, (n + 1) * LEAF_BYTES);
const forever = new AbortController().signal;

const builder = new ManifestBuilder(SIZE);
for (let n = 0; n < LEAVES; n += 1) builder.add(leafHash(leafOf(n)));
const { content: CONTENT, manifest, leaves } = builder.finish();

describe('a partial after another boot', () => {
  it('has what was flushed at a checkpoint; the rest is in doubt until it is hashed again', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 1);
    place.clock.advance(10_000); // a checkpoint
    await first.close();
    const second = await place.open();
    assert.deepEqual([...second.have], [0, 1]);
    await write(second, 2, 3);
    await second.close();
    await rebooted(place);
    await damage(place, 3);

    const third = await place.open();
    assert.deepEqual([...third.have], [0, 1]);
    assert.deepEqual(third.doubtful, [2, 3]);
    const hashes = new MemoryHashStore(place.clock);
    hashes.putManifest(CONTENT, manifest);
    hashes.putLeaves(CONTENT, 0, leaves);
    await confirmDoubtful(third, hashes, new LeafBuffers(2), forever);
    assert.deepEqual([...third.have], [0, 1, 2], 'the damaged leaf is fetched again');
    await third.close();

    const fourth = await place.open();
    assert.deepEqual([[...fourth.have], fourth.doubtful], [[0, 1, 2], []]);
    await write(fourth, 3);
    await fourth.finish(false);
    assert.ok((await readFile(join(place.root, 'a'))).equals(BYTES));
  });

  it('without hashes nothing in doubt is taken', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 1);
    await first.close();
    await rebooted(place);
    const second = await place.open();
    assert.deepEqual([[...second.have], second.doubtful], [[], [0, 1]]);
    await confirmDoubtful(second, new MemoryHashStore(place.clock), new LeafBuffers(2), forever);
    assert.equal(second.have.count, 0);
    await second.discard();
  });

  it('may be shorter than it was made: what is missing is fetched again', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 3);
    await first.close();
    await rebooted(place);
    await truncate(await partialOf(place), LEAF_BYTES);
    const second = await place.open();
    const hashes = new MemoryHashStore(place.clock);
    hashes.putManifest(CONTENT, manifest);
    hashes.putLeaves(CONTENT, 0, leaves);
    await confirmDoubtful(second, hashes, new LeafBuffers(2), forever);
    assert.deepEqual([...second.have], [0]);
    await write(second, 1, 2, 3);
    await second.finish(false);
    assert.ok((await readFile(join(place.root, 'a'))).equals(BYTES));
  });
});

describe('within one boot', () => {
  it('a partial that was changed after its end is in doubt', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 1);
    place.clock.advance(10_000);
    await first.close();
    const second = await place.open();
    await write(second, 2, 3);
    await second.close();
    await damage(place, 3);
    const third = await place.open();
    assert.deepEqual(
      [[...third.have], third.doubtful],
      [
        [0, 1],
        [2, 3],
      ],
    );
    await third.discard();
  });

  it('so is one on another mount, or on a drive that was pulled and put in again', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 1);
    await first.close();
    const mount = /"mount":"([^"]+)"/.exec((await readFile(mapOf(place))).toString('latin1'))?.[1];
    assert.ok(mount, 'the mount is known');
    await writeFile(mapOf(place), edited(await readFile(mapOf(place)), mount, `${mount}0`));
    const second = await place.open();
    assert.deepEqual([[...second.have], second.doubtful], [[], [0, 1]]);
    await second.discard();
  });

  it('so is one that lost its end', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 3);
    const path = await partialOf(place);
    await truncate(path, 2 * LEAF_BYTES);
    await first.close();
    const second = await place.open();
    assert.deepEqual([[...second.have], second.doubtful], [[], [0, 3]]);
    await second.discard();
  });

  it('what is claimed counts, after an end in good order and after a kill', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 1);
    await eventually(async () => (await readMap(mapOf(place)))?.claimed.count === 2);
    const killed = await place.open(); // the first one never gets to close
    assert.deepEqual([[...killed.have], killed.doubtful], [[0, 1], []]);
    await write(killed, 2);
    await killed.close();
    const third = await place.open();
    assert.deepEqual([[...third.have], third.doubtful], [[0, 1, 2], []]);
    await third.close();
    await first.discard();
  });

  it('each mount has its name', { skip: skipWithoutMounts }, async () => {
    await using folder = await tempFolder();
    await using _other = await tmpfs(folder.join('other'), 65536);
    const names = ['a', 'b', 'other/c'].map(async (name) => {
      await using file = await open(folder.join(name), 'w');
      return await mountOf(file);
    });
    const [a, b, c] = await Promise.all(names);
    assert.ok(a && c);
    assert.equal(a, b);
    assert.notEqual(a, c);
  });
});

describe("a partial's map", () => {
  it('is readable for this user only', async () => {
    await using place = await makePlace();
    const partial = await place.open();
    assert.equal((await stat(place.maps)).mode & 0o777, 0o700);
    assert.equal((await stat(mapOf(place))).mode & 0o777, 0o600);
    await partial.discard();
  });

  it('of another file than the one that lies there is ignored', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 1);
    await first.close();
    const path = await partialOf(place);
    await writeFile(join(place.root, 'other'), new Uint8Array(SIZE));
    await rename(join(place.root, 'other'), path);
    const second = await place.open();
    assert.equal(second.have.count, 0);
    await second.discard();
  });

  it('whose partial is gone is ignored', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0);
    await first.close();
    await rm(await partialOf(place));
    const second = await place.open();
    assert.equal(second.have.count, 0);
    await write(second, 0, 1, 2, 3);
    await second.finish(false);
    assert.deepEqual(await readdir(place.root), ['a']);
  });

  it('that is torn or rubbish starts the download over', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0, 1);
    await first.close();
    const good = await readFile(mapOf(place));
    const broken: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'half a header': good.subarray(0, 40),
      'no bitmap': good.subarray(0, 16384),
      'no checkpoint': good.subarray(0, 16384 + 1),
      zeros: Buffer.alloc(good.byteLength),
      rubbish: Buffer.from(seededBytes(good.byteLength, 3)),
      'a list': overwritten(good, '[]'),
      nothing: overwritten(good, 'null'),
      'a text': overwritten(good, '"text"'),
      'an impossible size': overwritten(good, '{"size":1e300,"root":"/","relative":"etc"}'),
      'a negative size': overwritten(good, '{"size":-5}'),
      'a size that is none': overwritten(good, '{"size":"many"}'),
      'another format': edited(good, '"format":1', '"format":9'),
      'another root': edited(good, '"relative":"', '"relative":"x'),
    };
    for (const [name, bytes] of Object.entries(broken)) {
      await writeFile(mapOf(place), bytes);
      await place.store.kept();
      const partial = await place.open();
      assert.equal(partial.have.count, 0, name);
      await write(partial, 0, 1);
      await partial.close();
      const again = await place.open();
      assert.deepEqual([...again.have], [0, 1], `after ${name} a new map is made`);
      await again.close();
    }
    await place.store.discard(CONTENT);
    assert.deepEqual(await readdir(place.root), []);
    assert.deepEqual(await readdir(place.maps), []);
  });

  it('that has no room is said with the folder that is full, and nothing is left', {
    skip: skipWithoutMounts,
  }, async () => {
    await using place = await makePlace();
    await using _maps = await tmpfs(place.maps, 64 * 1024);
    await assert.rejects(writeFile(join(place.maps, 'filler'), Buffer.alloc(128 * 1024, 1)));
    await assert.rejects(place.open(), (error: unknown) => {
      assert.equal((error as { code: string }).code, 'no-space');
      assert.ok(String(error).includes(place.maps), String(error));
      return true;
    });
    assert.deepEqual(await readdir(place.root), []);
    assert.deepEqual(await readdir(place.maps), ['filler']);
  });
});

describe('a partial on a hostile file system', () => {
  it('never follows a link in its path', async () => {
    await using place = await makePlace();
    const outside = place.folder.join('outside');
    await mkdir(outside);
    await symlink(outside, join(place.root, 'sub'));
    for (const relative of ['sub/a', 'sub/deep/a'])
      await assert.rejects(place.open(relative), { code: 'forbidden' }, relative);
    assert.deepEqual(await readdir(outside), []);
  });

  it('never follows a link that takes the place of its folder meanwhile', async () => {
    await using place = await makePlace();
    const outside = place.folder.join('outside');
    await mkdir(outside);
    const partial = await place.open('sub/a');
    await write(partial, 0, 1, 2, 3);
    await rename(join(place.root, 'sub'), place.folder.join('moved'));
    await symlink(outside, join(place.root, 'sub'));
    await assert.rejects(partial.finish(true), { code: 'forbidden' });
    await partial.close();
    await assert.rejects(place.open('sub/a'), { code: 'forbidden' });
    await place.store.discard(CONTENT);
    assert.deepEqual(await readdir(outside), []);
  });

  it('never writes through a link, soft or hard, that stands at its own name', async () => {
    await using place = await makePlace();
    const victim = place.folder.join('victim');
    await writeFile(victim, 'precious');
    const probe = await place.open();
    const path = await partialOf(place);
    await probe.close();
    for (const plant of [symlink, link]) {
      await rm(path, { force: true });
      await plant(victim, path);
      const partial = await place.open();
      assert.equal(partial.have.count, 0);
      await write(partial, 0);
      assert.equal(await readFile(victim, 'utf8'), 'precious');
      await partial.discard();
      assert.equal(await readFile(victim, 'utf8'), 'precious');
    }
  });

  it('takes the place of a link at the destination when told to, and leaves its target alone', async () => {
    await using place = await makePlace();
    const victim = place.folder.join('victim');
    await writeFile(victim, 'precious');
    await symlink(victim, join(place.root, 'a'));
    const partial = await place.open();
    await write(partial, 0, 1, 2, 3);
    await assert.rejects(partial.finish(false), { code: 'conflict' });
    await partial.finish(true);
    assert.equal(await readFile(victim, 'utf8'), 'precious');
    assert.ok((await readFile(join(place.root, 'a'))).equals(BYTES));
  });

  it('refuses destinations that lead elsewhere', async () => {
    await using place = await makePlace();
    for (const relative of ['../a', 'a/../../b', '/etc/x', './a', 'a//b', 'a\0b/c'])
      await assert.rejects(place.open(relative), { code: 'forbidden' }, relative);
    assert.deepEqual(await readdir(place.folder.path), ['root']);
  });
});

describe('a partial on disk', () => {
  it('takes names of 255 bytes', async () => {
    await using place = await makePlace();
    for (const name of ['x'.repeat(255), `${'é'.repeat(127)}x`]) {
      const partial = await place.open(`${'y'.repeat(255)}/${name}`);
      await write(partial, 0, 1, 2, 3);
      await partial.finish(false);
      assert.deepEqual(await readdir(join(place.root, 'y'.repeat(255))), [name]);
      await rm(join(place.root, 'y'.repeat(255)), { recursive: true });
    }
  });

  it('takes no room before it has anything', async () => {
    await using place = await makePlace();
    const size = 2 ** 30;
    const partial = await place.store.open('ab'.repeat(32), size, { root: place.root, relative: 'big' });
    const look = await stat(await partialOf(place));
    assert.equal(look.size, size);
    assert.ok(look.blocks * 512 < 2 ** 20, `${look.blocks} blocks`);
    await partial.discard();
    assert.deepEqual(await readdir(place.root), []);
  });

  it('leaves of zeros take none, and are there', async () => {
    await using place = await makePlace();
    const size = 6 * LEAF_BYTES + 5;
    const open = () => place.store.open('cd'.repeat(32), size, { root: place.root, relative: 'holes' });
    const zeros = Buffer.alloc(LEAF_BYTES);
    const first = await open();
    for (const leaf of [0, 2, 4]) await first.write(leaf, zeros);
    await first.write(1, leafOf(1));
    await first.close();
    const second = await open();
    assert.deepEqual([...second.have], [0, 1, 2, 4]);
    await second.write(3, zeros);
    await second.write(5, zeros);
    await second.write(6, zeros.subarray(0, 5));
    await second.finish(false);
    const path = join(place.root, 'holes');
    const wanted = Buffer.alloc(size);
    wanted.set(leafOf(1), LEAF_BYTES);
    assert.ok((await readFile(path)).equals(wanted));
    assert.equal((await stat(path)).blocks * 512, LEAF_BYTES);
  });

  it('where bytes of leaves that are not claimed may be left, zeros are written', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await write(first, 0);
    await first.close();
    await rebooted(place);
    await damage(place, 2);
    await (await place.open()).close(); // from here on the map is of this boot
    const second = await place.open();
    await write(second, 0);
    for (const leaf of [1, 2, 3]) await second.write(leaf, Buffer.alloc(LEAF_BYTES));
    await second.finish(false);
    const bytes = await readFile(join(place.root, 'a'));
    assert.ok(bytes.subarray(LEAF_BYTES).equals(Buffer.alloc(3 * LEAF_BYTES)));
  });

  it('says how the finished file looks, as the scanner will see it', async () => {
    await using place = await makePlace();
    const partial = await place.open('to/a');
    await write(partial, 0, 1, 2, 3);
    const file = await partial.finish(false);
    const look = await stat(join(place.root, 'to/a'), { bigint: true });
    assert.deepEqual(
      [file.device, file.inode, file.mtime, BigInt(file.size)],
      [look.dev, look.ino, look.mtimeNs, look.size],
    );
  });

  it('says no time of it that cannot be remembered', async () => {
    await using place = await makePlace();
    const partial = await place.open();
    await write(partial, 0, 1, 2, 3);
    const last = 2n ** 63n - 1n;
    assert.ok((await partial.finish(false, { mtime: last })).mtime <= last);
  });
});

interface Place extends AsyncDisposable {
  readonly folder: TempFolder;
  readonly root: string;
  readonly maps: string;
  readonly clock: ManualClock;
  readonly store: DiskPartialStore;
  open(relative?: string): Promise<Partial>;
}

async function makePlace(): Promise<Place> {
  const folder = await tempFolder();
  const root = folder.join('root');
  const maps = folder.join('maps');
  const clock = new ManualClock();
  await mkdir(root);
  const store = new DiskPartialStore({ folder: maps, owner: 'ab'.repeat(16), clock, flush: true });
  return {
    folder,
    root,
    maps,
    clock,
    store,
    open: (relative = 'a') => store.open(CONTENT, SIZE, { root, relative }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const mapOf = ({ maps }: Place): string => join(maps, `${CONTENT}.map`);

async function partialOf({ root }: Place): Promise<string> {
  const [name] = (await readdir(root)).filter((one) => one.endsWith('.part'));
  return join(root, name!);
}

async function write(partial: Partial, ...numbers: readonly number[]): Promise<void> {
  for (const n of numbers) await partial.write(n, leafOf(n));
}

/** The map as it would stand there if it had been written before the last boot. */
async function rebooted(place: Place): Promise<void> {
  const map = await readFile(mapOf(place));
  const boot = /"boot":"([^"]+)"/.exec(map.toString('latin1'))![1]!;
  await writeFile(mapOf(place), edited(map, boot, 'x'.repeat(boot.length)));
}

async function damage(place: Place, leaf: number): Promise<void> {
  await using file = await open(await partialOf(place), 'r+');
  await file.write(Buffer.from('damage'), 0, 6, leaf * LEAF_BYTES + 77);
}

const edited = (map: Buffer, from: string, to: string): Buffer => {
  const text = map.toString('latin1', 0, map.indexOf(0));
  assert.ok(text.includes(from));
  return overwritten(map, text.replace(from, to));
};

const overwritten = (map: Buffer, header: string): Buffer =>
  Buffer.concat([
    Buffer.concat([Buffer.from(header, 'latin1'), Buffer.alloc(16384)], 16384),
    map.subarray(16384),
  ]);
