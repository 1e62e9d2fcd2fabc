import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { eventually } from '../../test/harness/eventually.ts';
import { TestShares } from '../../test/support/share-service.ts';

/** What this process holds open. */
const openFiles = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return [];
    }
  });

it('a share that is not shared any more holds nothing of its drive open, also in the middle of a large file', {
  skip: process.platform !== 'linux' && 'needs /proc',
}, async () => {
  await using shares = new TestShares();
  const large = join(shares.root, 'large');
  writeFileSync(large, '');
  truncateSync(large, 2 ** 40);
  shares.open();
  await shares.service.add(shares.root);
  await shares.service.start();
  await eventually(() => openFiles().includes(large));
  await shares.service.remove(shares.root);
  await eventually(() => {
    assert.deepEqual(
      openFiles().filter((path) => path.startsWith(shares.root)),
      [],
    );
    return true;
  });
});
