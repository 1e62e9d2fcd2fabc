import assert from 'node:assert/strict';
import { it } from 'node:test';
import { contentOf } from '../../test/support/sample-content.ts';
import { SELF, TestShares } from '../../test/support/share-service.ts';
import { contentFiles } from '../storage/disk/content-files.ts';

it('a file of a time that no index holds is shared like any other, with the last time there is', async () => {
  await using test = new TestShares();
  test.write('a', 'bytes of now');
  test.write('b', 'bytes to come', new Date('2400-01-01'));
  await test.start();
  assert.deepEqual(test.live(), ['a', 'b']);
  assert.equal(test.warnings(), '');
  const told = test.entries.entry(SELF, 'data/b')?.mtime;
  assert.ok(told !== undefined && told < 2n ** 63n);
  const { seconds: _, ...changed } = await test.service.rescan();
  assert.deepEqual(changed, { added: 0, changed: 0, deleted: 0 });
  const bytes = Buffer.from('bytes to come');
  const [file] = test.service.contents.locate(contentOf(bytes).id);
  const open = await contentFiles.open(file!);
  const read = Buffer.alloc(bytes.length);
  await open.read([read], 0);
  await open.close();
  assert.deepEqual(read, bytes);
});
