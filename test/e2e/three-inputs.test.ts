import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { FindAnswer, LsAnswer, PeersAnswer, Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

describe('the three inputs of the original', () => {
  it('registers, lists peers and files, fetches one, leaves', async () => {
    await using network = await ProcessNetwork.start();
    const notes = await makeTree(network.folder.join('notes'), {
      'rfc/1149.txt': 'A Standard for the Transmission of IP Datagrams on Avian Carriers\n',
      'rfc/2549.txt': 'IP over Avian Carriers with Quality of Service\n',
    });
    const alice = await network.peer('alice', { shares: [notes] });
    const bob = await network.peer('bob');
    assert.equal(alice.daemon.ready.registered, true);
    assert.equal(bob.daemon.ready.name, 'bob');

    const { peers } = await bob.ask<PeersAnswer>(['peers']);
    assert.deepEqual(
      peers
        .map(({ id, name, address, self }) => ({ id, name, address, self }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      [
        { id: alice.id, name: 'alice', address: `127.0.0.1:${alice.port}`, self: false },
        { id: bob.id, name: 'bob', address: `127.0.0.1:${bob.port}`, self: true },
      ],
    );
    assert.equal(peers.find(({ name }) => name === 'alice')?.files, 2);

    const found = await bob.ask<FindAnswer>(['find', '1149']);
    assert.equal(found.total, 1);
    assert.equal(found.results[0]?.path, 'notes/rfc/1149.txt');
    assert.deepEqual(
      found.results[0]?.holders.map(({ peer, name, path: at }) => ({ peer, name, at })),
      [{ peer: alice.id, name: 'alice', at: 'notes/rfc/1149.txt' }],
    );
    const listed = await bob.ask<LsAnswer>(['ls', 'alice:notes/rfc']);
    assert.deepEqual(
      listed.entries.map(({ name, kind }) => [name, kind]),
      [
        ['1149.txt', 'file'],
        ['2549.txt', 'file'],
      ],
    );

    const done = (await bob.get(['1149.txt'])).one();
    assert.equal(done.path, path.join(bob.data, 'downloads/1149.txt'));
    assert.equal(done.content, found.results[0]?.content);
    assert.deepEqual(done.sources, [{ peer: alice.id, bytes: done.bytes }]);
    assert.deepEqual(await readFile(done.path), await readFile(path.join(notes, 'rfc/1149.txt')));

    const left = await bob.run(['leave']);
    assert.equal(left.code, 0, left.stderr);
    assert.equal(await bob.daemon.ended(), 0);
    await eventually(async () => (await alice.client.peers()).peers.every(({ name }) => name !== 'bob'));
    await eventually(async () => (await alice.find('1149')).results[0]?.holders.length === 1);
  });

  it('a peer that left comes back with its key, name, shares and link', async () => {
    await using network = await ProcessNetwork.start();
    const notes = await makeTree(network.folder.join('notes'), { 'a.txt': 'a' });
    const alice = await network.peer('alice', { shares: [notes] });
    const before = alice.id;
    assert.equal((await alice.run(['leave'])).code, 0);
    await alice.daemon.ended();
    await alice.daemon.restart(['up', '--listen', `127.0.0.1:${alice.port}`, '--data', alice.data, '--json']);
    assert.equal(alice.id, before);
    assert.equal(alice.daemon.ready.registered, true);
    const status = await alice.ask<Status>(['status']);
    assert.equal(status.peer.name, 'alice');
    assert.ok(status.shares.some((share) => share.path === notes && share.files === 1));
  });

  it('every command says what is wrong and exits 4 where no daemon runs', async () => {
    await using network = await ProcessNetwork.start();
    const alice = await network.peer('alice');
    await alice.daemon.kill('SIGTERM');
    const commands = [
      ['find', 'x'],
      ['peers'],
      ['status'],
      ['ls'],
      ['csv'],
      ['jobs'],
      ['leave'],
      ['get', 'x'],
    ];
    const results = await Promise.all(commands.map((command) => alice.run(command)));
    for (const [i, { code, stderr }] of results.entries()) {
      assert.equal(code, 4, `${commands[i]?.join(' ')}: ${stderr}`);
      assert.match(stderr, /\S/);
      assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace for users');
    }
  });
});
