import assert from 'node:assert/strict';
import { rename, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { makeFile } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

describe('what lies in a share', () => {
  it('is seen by other peers without waiting for a scan; rot and a missing folder are told by their commands', async () => {
    await using network = await ProcessNetwork.start();
    const folder = await network.makeFolder('shared');
    const file = await makeFile(path.join(folder, 'sub', 'old.bin'), 100_000);
    await utimes(file, 1e9, 1e9);
    // With times as users have them.
    const alice = await network.peer('alice', {
      shares: [folder],
      scanInterval: 3600,
      env: { PEERDEX_STILL_TIME: undefined },
    });
    const bob = await network.peer('bob');
    const finds = (name: string, total: number) =>
      eventually(async () => (await bob.find(name)).total === total);
    await finds('old', 1);
    await writeFile(path.join(folder, 'sub', 'fresh.bin'), 'fresh');
    await finds('fresh', 1);

    const clean = await alice.run(['verify', 'shared', '--json']);
    assert.equal(clean.code, 0, clean.stderr);
    const { mtime, size } = await stat(file);
    await writeFile(file, Buffer.alloc(size), { flag: 'r+' });
    await utimes(file, mtime, mtime);
    const rotten = await alice.run(['verify', '--json']);
    assert.equal(rotten.code, 5, rotten.stderr);
    const events = rotten.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const found = events.filter(({ event }) => event === 'rotten');
    assert.deepEqual(
      found.map((one) => one.path),
      [file],
    );
    assert.equal(events.find(({ event, share }) => event === 'done' && share === 'shared').rotten, 1);
    await finds('old', 0);
    assert.equal((await alice.run(['status'])).code, 1);
    assert.equal((await alice.run(['verify', 'none'])).code, 3);

    await utimes(file, 1.1e9, 1.1e9);
    await alice.ask(['rescan']);
    assert.equal((await alice.run(['status'])).code, 0);
    await rename(folder, `${folder}-away`);
    await alice.ask(['rescan']);
    const status = await alice.run(['status', '--json']);
    assert.equal(status.code, 1);
    assert.equal(
      JSON.parse(status.stdout).shares.find(({ name }: { name: string }) => name === 'shared').state,
      'unavailable',
    );
    await finds('old', 1);
  });
});
