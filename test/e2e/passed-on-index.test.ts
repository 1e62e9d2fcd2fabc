import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const total = async (peer: PeerProcess, word: string) => (await peer.find(word)).total;
const sees = (peer: PeerProcess, word: string, count: number) =>
  eventually(async () => (await total(peer, word)) === count);

describe('the log of an owner that nobody can dial', () => {
  it('is brought by it, without a registry too, and passed on when it is gone', async () => {
    await using network = await ProcessNetwork.start();
    const share = await makeTree(network.folder.join('share'), { 'hidden-1.txt': '1', 'hidden-2.txt': '2' });
    const bob = await network.peer('bob');
    // Nobody listens there.
    const alice = await network.peer('alice', { shares: [share], args: ['--advertise', '127.0.0.1:1'] });
    await sees(bob, 'hidden', 2);

    // Its lease goes on for a while: those who come now take it for active, and only bob has its log.
    await alice.daemon.kill('SIGKILL');
    const carol = await network.peer('carol');
    await sees(carol, 'hidden', 2);

    await alice.daemon.restart();
    await network.registry.kill('SIGKILL');
    await writeFile(network.folder.join('share/hidden-3.txt'), '3');
    await alice.ask(['rescan']);
    await Promise.all([sees(bob, 'hidden', 3), sees(carol, 'hidden', 3)]);
    assert.equal(await total(carol, 'hidden-3'), 1);
  });
});
