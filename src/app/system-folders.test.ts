import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TestShares } from '../../test/support/share-service.ts';
import { refuseSystem } from './system-folders.ts';

describe('system folders', () => {
  it('are refused: the root, and where the system shows itself as files', () => {
    for (const path of ['/', '/dev', '/proc', '/proc/1', '/sys', '/sys/kernel']) {
      assert.throws(() => refuseSystem(path), { code: 'conflict' }, path);
    }
    for (const path of ['/home', '/dev/shm/files', '/process', '/srv/proc', 'D:\\']) refuseSystem(path);
  });

  it('are not shared, and others are', async () => {
    await using test = new TestShares();
    test.open();
    void test.service.start();
    const { service: shares, files } = test;
    await assert.rejects(shares.add('/'), { code: 'conflict', message: /all of this machine/ });
    mkdirSync(join(test.base, 'proc'));
    assert.equal(await shares.add(join(test.base, 'proc')), 'proc');
    assert.equal(files.shares().length, 1);
  });
});
