import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../../test/harness/temp-folder.ts';
import { contentOf } from '../../../../test/support/sample-content.ts';
import { readListOf } from './read-list.ts';
import { SmallFileWork } from './small-file-pool.ts';

describe('small files on a slow disk', () => {
  it('whoever writes, looks at or reads many of them says after each that it goes on', async () => {
    await using folder = await tempFolder();
    const bytes = Buffer.from('small');
    const { id: content } = contentOf(bytes);
    const names = ['a', 'b', 'c', 'd'];
    let said = 0;
    const work = new SmallFileWork(() => {
      said += 1;
    });
    const saidIn = (request: Parameters<typeof work.do>[0]) => {
      const before = said;
      work.do(request);
      return said - before;
    };
    const root = folder.path;
    const files = names.map((relative) => ({
      relative,
      content,
      size: 5,
      offset: 0,
      mtime: undefined,
      executable: false,
    }));
    const written = { root, files, buffer: bytes, overwrite: false, flush: true, owner: 'ab'.repeat(16) };
    assert.ok(saidIn({ do: 'write', ...written }) >= names.length);
    const wants = names.map((relative) => ({ relative, content, size: 5 }));
    assert.ok(saidIn({ do: 'look', root, wants }) >= names.length);
    const places = names.map((relative) => [
      { content, root, relative, size: 5, mtime: 0n, device: 0n, inode: 0n },
    ]);
    const reads = [{ files: places, buffer: Buffer.alloc(20) }];
    assert.ok(saidIn({ do: 'read', ...readListOf(reads) }) >= names.length);
  });
});
