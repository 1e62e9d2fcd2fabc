import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentsOf } from '../../src/app/trust/agents.ts';
import { createClient } from '../../src/network/http/client.ts';
import { fitsSchema } from '../../src/network/http/validate.ts';
import { peerOperations } from '../../src/protocol/http/peer/operations.ts';
import type { PeersAnswer } from '../harness/answers.ts';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { makeFile, makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { RawSwarm } from '../harness/raw-swarm.ts';
import { TestMember } from '../harness/test-member.ts';
import { care, invite, listNumber, refusedWith } from '../harness/trust.ts';

const WITHIN_MS = 36_000;
const MIB = 2 ** 20;

describe('a revoked peer', () => {
  it('is talked to by nobody within 36 s, open transfers included, and does not come back', async () => {
    await using network = await ProcessNetwork.start();
    await makeFile(network.folder.join('big', 'big.bin'), 256 * MIB);
    const alice = await network.peer('alice', {
      shares: [network.folder.join('big')],
      args: ['--up-limit', '4MB/s'],
    });
    const { link } = await invite(network);
    const bait = await makeTree(network.folder.join('bait'), { 'bait.txt': 'bait' });
    const mallory = await network.peer('mallory', { shares: [bait], args: ['--join', link] });
    const bob = await network.peer('bob', { args: ['--join', link] });
    await eventually(async () => (await bob.find('bait')).total === 1);
    const open = await BackgroundGet.start(mallory, ['big.bin']);
    await open.reaches(2 * MIB);

    const revoked = performance.now();
    await care(network, ['revoke', 'mallory']);
    const options = { timeout: WITHIN_MS };
    await eventually(() => listNumber(alice.data) === 1 && listNumber(bob.data) === 1, options);
    for (const peer of [alice, bob]) {
      const { peers } = await peer.ask<PeersAnswer>(['peers']);
      assert.ok(!peers.some(({ id }) => id === mallory.id), `${peer.name} lists it no more`);
    }
    await eventually(async () => (await alice.client.status()).rates.up === 0, options);
    assert.ok(performance.now() - revoked < WITHIN_MS);
    const cut = (await open.job()).bytes;
    assert.ok(cut < 256 * MIB, 'it was under way');

    const status = await eventually(async () => {
      const { network: at } = await mallory.client.status();
      return at.registered ? undefined : at;
    }, options);
    assert.match(status.reason ?? '', /revoked|no member/);
    assert.equal((await open.job()).bytes, cut, 'nothing came since');
    open.child.kill('SIGKILL');

    const refused = await bob.get(['mallory:bait/bait.txt'], { timeout: 40_000 });
    assert.notEqual(refused.code, 0);

    const again = await refusedWith(network, 'mallory-anew', link);
    assert.deepEqual([again.exit, again.code], [1, 'forbidden']);
    assert.match(again.message, /withdrawn/);
    await bob.daemon.restart();
    assert.equal(bob.daemon.ready.registered, true, 'who else came by that link stays');
  });

  it('is told that it was revoked, on what is open and on what it opens', async () => {
    await using network = await ProcessNetwork.start();
    const files = await makeTree(network.folder.join('files'), { 'a.txt': 'a' });
    const alice = await network.peer('alice', { shares: [files] });
    const { link } = await invite(network);
    const mallory = await TestMember.join(link);
    const [, token] = (await mallory.authorization(alice.id, alice.port)).split(' ');
    const agent = agentsOf(await mallory.wire).make(alice.id, 1);
    const at = { address: { host: '127.0.0.1', port: alice.port }, agent, token, fits: fitsSchema };
    const http = createClient(peerOperations, at);
    const number = async () => (await http.news()).revocations;
    assert.equal(await number(), 0);
    await using open = await RawSwarm.greet(alice.port, mallory);
    await eventually(() => open.got('proof').length === 1);

    await care(network, ['revoke', mallory.id]);
    await open.ended(WITHIN_MS);
    assert.deepEqual(
      open.got('bye').map(({ reason }) => reason),
      ['membership'],
    );
    assert.match(open.got('bye')[0]!.text, /revoked/);
    await assert.rejects(number(), { code: 'unauthorized', message: /its membership was revoked/ });
    agent.destroy();

    await assert.rejects(mallory.authorization(alice.id, alice.port), {
      code: 'forbidden',
      message: /its membership was revoked/,
    });
    await using again = await RawSwarm.greet(alice.port, mallory);
    await again.ended();
    assert.deepEqual(
      again.got('bye').map(({ reason }) => reason),
      ['membership'],
    );
    assert.match(again.got('bye')[0]!.text, /its membership was revoked/);
    await assert.rejects(mallory.registryToken(), { code: 'forbidden', message: /was revoked/ });
  });
});
