import assert from 'node:assert/strict';
import { rm, stat, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import type { LocalFile } from '../../src/core/ports/local-contents.ts';
import { LastFolder } from '../../src/storage/disk/last-folder.ts';
import { readListOf } from '../../src/storage/disk/small-files/read-list.ts';
import { readSmall } from '../../src/storage/disk/small-files/read-small.ts';
import { readPacks } from '../../src/transfer/batch/read-packs.ts';
import { tempFolder } from '../harness/temp-folder.ts';

describe('packs that are read', () => {
  it('hold what lies elsewhere when it is not in the place that is known, and say what lies nowhere', async () => {
    await using folder = await tempFolder();
    const written = async (content: string, relative: string, text: string): Promise<LocalFile> => {
      await writeFile(folder.join(relative), text);
      const { size, mtimeNs, dev, ino } = await stat(folder.join(relative), { bigint: true });
      const look = { size: Number(size), mtime: mtimeNs, device: dev, inode: ino };
      return { content, root: folder.path, relative, ...look };
    };
    const places = {
      kept: [await written('kept', 'kept', 'AA')],
      moved: [
        await written('moved', 'was', 'BBB'),
        await written('moved', 'bad', 'BBB'),
        await written('moved', 'is', 'BBB'),
      ],
      gone: [await written('gone', 'gone', 'C')],
      last: [await written('last', 'last', 'DDDD')],
    };
    for (const name of ['was', 'gone']) await rm(folder.join(name));
    await writeFile(folder.join('bad'), 'changed');
    const suspected: string[] = [];
    const folders = new LastFolder();
    const items = Object.entries(places).map(([content, [first]]) => ({ content, size: first!.size }));
    const buffers = [Buffer.alloc(LEAF_BYTES), Buffer.alloc(LEAF_BYTES)];
    const packs = [
      { items: [0, 1], bytes: 5 },
      { items: [2, 3], bytes: 5 },
    ];
    const unread = await readPacks(
      packs,
      buffers,
      items,
      Object.values(places).map(([first]) => first),
      {
        contents: {
          suspect: ({ relative }) => suspected.push(relative),
          locateEach: (contents) => contents.map((content) => places[content as keyof typeof places]),
        },
        files: { read: async (reads) => readSmall(readListOf(reads), folders, () => {}) },
      },
    );
    folders.release();
    assert.deepEqual(unread, [{ item: 2, problem: 'ENOENT' }]);
    assert.deepEqual(suspected, ['was', 'gone', 'bad']);
    assert.equal(buffers[0]!.toString('latin1', 0, 5), 'AABBB');
    assert.equal(buffers[1]!.toString('latin1', 1, 5), 'DDDD');
  });
});
