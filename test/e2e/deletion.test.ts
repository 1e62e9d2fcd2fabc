import assert from 'node:assert/strict';
import { rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const SCAN_SECONDS = 2;
/** One scan interval plus 3 s, and what it takes to start a command and look. */
const WITHIN = { timeout: (SCAN_SECONDS + 3) * 1000, every: 20 };

async function flagOf(peer: PeerProcess, file: string): Promise<number | undefined> {
  for await (const row of peer.client.csvRows()) if (row.file === file) return row.flag;
  return undefined;
}

describe('deletions', () => {
  it('turn to flag 0 everywhere within one scan interval plus 3 s', async () => {
    await using network = await ProcessNetwork.start();
    const notes = await makeTree(network.folder.join('notes'), {
      'gone.txt': '1',
      'stays.txt': '2',
      'folder/a.txt': '3',
      'folder/b.txt': '4',
    });
    const alice = await network.peer('alice', { shares: [notes], scanInterval: SCAN_SECONDS });
    const others = await Promise.all([network.peer('bob'), network.peer('carol')]);
    for (const peer of others) assert.equal(await flagOf(peer, 'notes/gone.txt'), 1);

    await unlink(path.join(notes, 'gone.txt'));
    await Promise.all(
      [alice, ...others].map((peer) =>
        eventually(async () => (await flagOf(peer, 'notes/gone.txt')) === 0, WITHIN),
      ),
    );
    for (const peer of others) {
      assert.equal(
        (await peer.ask<FindAnswer>(['find', 'gone'])).total,
        0,
        'a deleted file is found no more',
      );
      assert.equal(await flagOf(peer, 'notes/stays.txt'), 1);
    }

    await rm(path.join(notes, 'folder'), { recursive: true });
    await Promise.all(
      others.map((peer) => eventually(async () => (await flagOf(peer, 'notes/folder/b.txt')) === 0, WITHIN)),
    );

    await makeTree(notes, { 'gone.txt': 'back again' });
    await Promise.all(
      others.map((peer) => eventually(async () => (await flagOf(peer, 'notes/gone.txt')) === 1, WITHIN)),
    );
  });

  it('reach a peer that was away, by delta, and one that is new', async () => {
    await using network = await ProcessNetwork.start();
    const notes = await makeTree(network.folder.join('notes'), { 'gone.txt': '1', 'stays.txt': '2' });
    const alice = await network.peer('alice', { shares: [notes] });
    const bob = await network.peer('bob');
    assert.equal(await flagOf(bob, 'notes/gone.txt'), 1);
    await bob.daemon.kill('SIGTERM');
    await unlink(path.join(notes, 'gone.txt'));
    await alice.ask(['rescan']);
    await bob.daemon.restart();
    await eventually(async () => (await flagOf(bob, 'notes/gone.txt')) === 0, WITHIN);
    const carol = await network.peer('carol');
    assert.equal(
      await flagOf(carol, 'notes/gone.txt'),
      0,
      'a deletion is part of the log that a new peer gets',
    );
  });

  it('make a get of a file that is gone fail with a reason, and leave nothing behind', async () => {
    await using network = await ProcessNetwork.start();
    const notes = await makeTree(network.folder.join('notes'), { 'gone.txt': 'here for a moment' });
    // A scan interval so long that the index still has it.
    await network.peer('alice', { shares: [notes], scanInterval: 3600 });
    const bob = await network.peer('bob');
    await unlink(path.join(notes, 'gone.txt'));
    const got = await bob.get(['gone.txt'], { timeout: 45_000 });
    assert.notEqual(got.code, 0);
    assert.ok(got.failed[0]?.reason, JSON.stringify(got.events));
  });
});
