import assert from 'node:assert/strict';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

describe('a peer whose database was restored from a copy', () => {
  it('gets another index, and others see what it has now', async () => {
    await using network = await ProcessNetwork.start();
    const share = await makeTree(network.folder.join('share'), { 'first.txt': 'first' });
    const alice = await network.peer('alice', { shares: [share] });
    const bob = await network.peer('bob');
    await eventually(() => sees(bob, 'first'));
    await alice.daemon.kill('SIGTERM');
    const copy = network.folder.join('copy');
    await cp(alice.data, copy, { recursive: true });

    await alice.daemon.restart();
    for (const name of ['second.txt', 'third.txt']) await writeFile(path.join(share, name), name);
    await alice.ask(['rescan']);
    await eventually(() => sees(bob, 'third'));
    await alice.daemon.kill('SIGTERM');

    await dropDatabase(alice);
    for (const name of (await readdir(copy)).filter(isDatabase))
      await cp(path.join(copy, name), path.join(alice.data, name));
    await rm(path.join(share, 'second.txt'));
    // More records than were lost: the numbers pass those that others know, and mean other things.
    for (let n = 0; n < 8; n += 1) await writeFile(path.join(share, `fourth-${n}.txt`), `fourth ${n}`);
    await alice.daemon.restart();
    assert.match(alice.daemon.stderr, /was the data folder restored\? The index gets a new id/);
    await eventually(async () => (await sees(bob, 'fourth')) && !(await sees(bob, 'second')));
    assert.ok(await sees(bob, 'third'));

    await alice.daemon.restart();
    assert.doesNotMatch(alice.daemon.stderr, /restored/, 'once is enough');
    await writeFile(path.join(share, 'fifth.txt'), 'fifth');
    await alice.ask(['rescan']);
    await eventually(() => sees(bob, 'fifth'));
  });
});

describe('a peer whose database was lost', () => {
  it('begins another index, by which others see what it has now, and learns anew what others have', async () => {
    await using network = await ProcessNetwork.start();
    const share = await makeTree(network.folder.join('share'), { 'stays.txt': 'stays', 'goes.txt': 'goes' });
    const alice = await network.peer('alice', { shares: [share] });
    const bob = await network.peer('bob');
    await eventually(() => sees(bob, 'goes'));

    await alice.daemon.kill('SIGTERM');
    await dropDatabase(alice);
    await rm(path.join(share, 'goes.txt'));
    await writeFile(path.join(share, 'comes.txt'), 'comes');
    await alice.daemon.restart();
    await eventually(async () => (await sees(bob, 'comes')) && !(await sees(bob, 'goes')));
    assert.ok(await sees(bob, 'stays'));

    await bob.daemon.kill('SIGTERM');
    await dropDatabase(bob);
    await bob.daemon.restart();
    await eventually(async () => (await sees(bob, 'comes')) && (await sees(bob, 'stays')));
  });
});

async function dropDatabase({ data }: PeerProcess): Promise<void> {
  for (const name of await readdir(data)) if (isDatabase(name)) await rm(path.join(data, name));
}

const isDatabase = (name: string): boolean => name.startsWith('peer.db') || name.startsWith('search.db');

const sees = async (peer: PeerProcess, word: string): Promise<boolean> => (await peer.find(word)).total > 0;
