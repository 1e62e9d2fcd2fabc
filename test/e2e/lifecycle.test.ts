import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FindAnswer, Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';

const namesSeenBy = async (peer: PeerProcess) =>
  (await peer.client.peers()).peers.map(({ name }) => name).sort();

describe('the life of a registration', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start(['--lease', '3']);
    const notes = await makeTree(network.folder.join('notes'), { 'one.txt': '1', 'two.txt': '2' });
    alice = await network.peer('alice', { shares: [notes] });
    bob = await network.peer('bob');
  });
  after(() => network[Symbol.asyncDispose]());

  it('a killed peer is absent when its lease ends, a stopped one keeps its lease', async () => {
    await eventually(async () => (await namesSeenBy(alice)).length === 2);
    await bob.daemon.kill('SIGKILL');
    const killed = performance.now();
    assert.deepEqual(await namesSeenBy(alice), ['alice', 'bob'], 'the lease still runs');
    await eventually(async () => (await namesSeenBy(alice)).length === 1);
    assert.ok(performance.now() - killed > 1000, 'not before the lease could have ended');
    const directory = await runProgram([
      'registry',
      'peers',
      '--json',
      '--data',
      network.folder.join('registry'),
    ]);
    assert.equal(directory.code, 0, directory.stderr);
    const { peers } = JSON.parse(directory.stdout) as { peers: { name: string; active: boolean }[] };
    assert.deepEqual(peers.map(({ name, active }) => [name, active]).sort(), [
      ['alice', true],
      ['bob', false],
    ]);
    await bob.daemon.restart();
    await eventually(async () => (await namesSeenBy(alice)).length === 2);
  });

  it('a restarted registry knows its peers, and they find it again', async () => {
    const { join } = network;
    await network.registry.kill('SIGKILL');
    // What is known already can be found and fetched without a registry.
    const found = await bob.ask<FindAnswer>(['find', 'one']);
    assert.equal(found.results[0]?.holders[0]?.name, 'alice');
    (await bob.get(['one.txt'])).one();
    await eventually(async () => !(await alice.client.status()).network.registered);
    const { reason } = (await alice.ask<Status>(['status'])).network;
    assert.match(reason ?? '', /127\.0\.0\.1/, 'the reason names the registry');
    // The lease is long over now as far as clocks go; nobody is there to say so, so bob still has alice.
    (await bob.get(['two.txt'])).one();
    // A member starts without its registry.
    await bob.daemon.restart();
    assert.equal(bob.daemon.ready.registered, false);

    await network.registry.restart();
    assert.equal(network.join, join, 'the same network at the same place');
    await eventually(async () => (await alice.client.status()).network.registered);
    await eventually(async () => (await namesSeenBy(alice)).join() === 'alice,bob');
  });

  it('a name belongs to the first who took it', async () => {
    const first = await network.peer('twin');
    const second = await network.peer('twin', { data: network.folder.join('other-data') });
    assert.equal(first.daemon.ready.name, 'twin');
    assert.notEqual(second.daemon.ready.name, 'twin');
    assert.match(second.daemon.ready.name, /^twin/);
    assert.notEqual(first.id, second.id);
  });

  it('SIGTERM and SIGINT end daemons with 0 and leave nothing running', async () => {
    assert.equal(await alice.daemon.kill('SIGTERM'), 0);
    assert.equal(await bob.daemon.kill('SIGINT'), 0);
    assert.equal(await network.registry.kill('SIGINT'), 0);
  });

  it('a first join without a registry fails with 4 and says which one it tried', async () => {
    const { join } = network;
    await network.registry.kill('SIGTERM');
    const args = [
      'up',
      '--join',
      join,
      '--data',
      network.folder.join('late'),
      '--listen',
      '127.0.0.1:0',
      '--json',
    ];
    const { code, stderr } = await runProgram(args);
    assert.equal(code, 4, stderr);
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${network.registryPort}`));
  });
});
