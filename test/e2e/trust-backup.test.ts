import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { care, invite, listNumber, refusedWith } from '../harness/trust.ts';

describe('a restored registry', () => {
  it('is the same network with the same members, and is told who was revoked since', async () => {
    await using network = await ProcessNetwork.start();
    const { link } = await invite(network, '--uses', '1');
    const alice = await network.peer('alice', { args: ['--join', link] });
    const mallory = await network.peer('mallory');
    const file = network.folder.join('net.backup');
    const env = { PEERDEX_PASSPHRASE: 'open sesame' };
    const data = network.folder.join('registry');
    const backup = await runProgram(['registry', 'backup', '-o', file, '--data', data], { env });
    assert.equal(backup.code, 0, backup.stderr);
    await mallory.daemon.kill('SIGTERM');
    await care(network, ['revoke', 'mallory']);
    await eventually(() => listNumber(alice.data) === 1);

    await network.registry.kill('SIGTERM');
    await rm(data, { recursive: true });
    const restore = await runProgram(['registry', 'restore', file, '--data', data], { env });
    assert.equal(restore.code, 0, restore.stderr);
    const before = network.registry.ready.id;
    await network.registry.restart();
    assert.equal(network.registry.ready.id, before);

    await alice.daemon.restart();
    assert.equal(alice.daemon.ready.registered, true, 'its link is used up; it is a member nevertheless');
    const { already } = await eventually(async () => {
      const answer = await care<{ already: boolean }>(network, ['revoke', mallory.id]);
      return answer;
    });
    assert.equal(already, true, 'alice brought the list');
    const again = await refusedWith(network, 'mallory-data', network.join);
    assert.deepEqual([again.exit, again.code], [1, 'forbidden']);
    assert.equal((await alice.ask<Status>(['status'])).network.registered, true);
  });
});
