import assert from 'node:assert/strict';
import { cp, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { errorOf, type PeersAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { Terminal } from '../harness/terminal.ts';
import { skipWithout } from '../runner/system-tools.ts';

/** When each file of a peer was hashed, and to what. */
function hashed(data: string): unknown[] {
  const database = new DatabaseSync(path.join(data, 'peer.db'), { readOnly: true });
  try {
    return database
      .prepare('SELECT parent, name, hex(content) AS content, stamp FROM local_files WHERE kind = 0')
      .all();
  } finally {
    database.close();
  }
}

describe('a copied data folder', () => {
  it('is an error that names both addresses, and reset-identity mends it', async () => {
    await using network = await ProcessNetwork.start(['--lease', '3']);
    const files = await makeTree(network.folder.join('files'), { 'one.txt': 'one', 'sub/two.txt': 'two' });
    const alice = await network.peer('alice', { shares: [files] });
    const bob = await network.peer('bob');
    await alice.daemon.kill('SIGTERM');
    const copied = network.folder.join('copy');
    await cp(alice.data, copied, { recursive: true });
    await alice.daemon.restart();
    const clone = await network.peer('alice', { data: copied });
    assert.equal(clone.id, alice.id);
    const reason = await eventually(async () => (await alice.client.status()).network.reason ?? undefined);
    assert.match(reason, /another peer with the same key/);
    for (const { port } of [alice, clone]) assert.ok(reason.includes(`127.0.0.1:${port}`), reason);
    assert.match(reason, /peerdex reset-identity/);
    const { registered, reason: its } = await eventually(async () => {
      const { network: at } = await clone.client.status();
      return at.reason === null ? undefined : at;
    });
    assert.equal(registered, true, 'it came last');
    assert.match(its!, /another peer with the same key runs at .*peerdex reset-identity/);
    for (const peer of [alice, clone]) {
      for (const { port } of [alice, clone]) assert.ok(its!.includes(`127.0.0.1:${port}`), its!);
      assert.match(peer.daemon.stderr, /another peer with the same key/);
    }
    assert.match((await clone.run(['status'])).stdout, /registered: another peer with the same key/);

    const running = await clone.run(['reset-identity', '--yes', '--json']);
    assert.deepEqual([running.code, errorOf(running).code], [1, 'conflict']);
    await clone.daemon.kill('SIGTERM');
    const unasked = await clone.run(['reset-identity', '--json']);
    assert.deepEqual([unasked.code, errorOf(unasked).code], [2, 'usage']);

    const before = hashed(copied);
    const answer = await clone.ask<Record<string, unknown>>(['reset-identity', '--yes']);
    assert.deepEqual(Object.keys(answer).sort(), ['data', 'former', 'id', 'kept', 'linked']);
    assert.deepEqual([answer.former, answer.linked], [alice.id, true]);
    assert.match(String(answer.kept), /peer-key\.pem\.old-\d{4}-\d\d-\d\d$/);
    assert.equal((await stat(String(answer.kept))).mode & 0o777, 0o600);
    assert.equal((await stat(path.join(copied, 'peer-key.pem'))).mode & 0o777, 0o600);
    assert.ok(!(await readdir(copied)).includes('membership.json'));
    assert.deepEqual(hashed(copied), before);

    await clone.daemon.restart();
    assert.deepEqual([clone.id, clone.daemon.ready.name], [answer.id, 'alice-2']);
    assert.deepEqual(hashed(copied), before, 'nothing was hashed again');
    const healed = await eventually(async () => {
      const { network: at } = await alice.client.status();
      return at.registered ? at : undefined;
    });
    assert.equal(healed.reason, null);
    await eventually(async () => {
      const { results } = await bob.find('two');
      return results[0]?.holders.length === 2;
    });
    const { peers } = await bob.ask<PeersAnswer>(['peers']);
    assert.deepEqual(peers.map(({ name }) => name).sort(), ['alice', 'alice-2', 'bob']);
    const empty = await runProgram(['reset-identity', '--yes', '--data', network.folder.join('none')]);
    assert.equal(empty.code, 3, empty.stderr);
  });
});

describe('reset-identity on a terminal', { skip: skipWithout('tmux') }, () => {
  it('asks first, and does nothing unless told yes', async () => {
    await using network = await ProcessNetwork.start();
    const alice = await network.peer('alice');
    await alice.daemon.kill('SIGTERM');
    const key = () => readFile(path.join(alice.data, 'peer-key.pem'), 'utf8');
    const before = await key();
    {
      await using terminal = Terminal.start(['reset-identity', '--data', alice.data]);
      await terminal.shows(/Give the peer in .* a new id\?/);
      terminal.press('Enter');
      assert.equal(await terminal.exitCode(), 130);
      assert.equal(await key(), before);
    }
    await using terminal = Terminal.start(['reset-identity', '--data', alice.data]);
    await terminal.shows(/Give the peer in .* a new id\?/);
    terminal.type('y');
    assert.equal(await terminal.exitCode(), 0);
    assert.match(terminal.screen, /must still be open to admit the new id/);
    assert.notEqual(await key(), before);
  });
});
