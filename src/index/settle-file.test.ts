import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HashKeeper } from '../core/ports/local-contents.ts';
import type { LocalEntry } from '../core/ports/local-file-store.ts';
import { MemoryLocalFiles } from '../storage/memory/local-files.ts';
import type { LogChange } from './own-log.ts';
import { settleFile } from './settle-file.ts';

const FILE: LocalEntry = {
  ...{ share: 1, parent: '', name: 'f', kind: 'file', size: 5, mtime: 7n, device: 1n, inode: 2n },
  ...{ executable: false, content: undefined, stamp: 0, state: 'pending' },
};

describe('a file that changed while it was hashed', () => {
  const settled = (taken: { readonly size: number; readonly mtime: bigint }): string | undefined => {
    const files = new MemoryLocalFiles();
    files.put(FILE);
    const [pending] = files.pending(1, 1);
    const log: LogChange[] = [];
    const stores = { files, hashes: {} as HashKeeper };
    settleFile(
      stores,
      { id: 1, name: 's' },
      { id: pending!.id, taken, outcome: { outcome: 'changed' } },
      log,
    );
    assert.deepEqual(log, []);
    return files.get(1, '', 'f')?.state;
  };

  it('waits for the next scan', () => assert.equal(settled(FILE), 'deferred'));

  it('is hashed again where a scan has seen it since', () => {
    assert.equal(settled({ ...FILE, size: 4 }), 'pending');
    assert.equal(settled({ ...FILE, mtime: 6n }), 'pending');
  });
});
