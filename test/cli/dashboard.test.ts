import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';

describe('peerdex open', () => {
  let network: ProcessNetwork;
  let peer: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    peer = await network.peer('alice');
  });
  after(() => network[Symbol.asyncDispose]());

  it('prints a link that signs one browser in', async () => {
    const { code, stdout, stderr } = await runProgram(['open', '--print', '--data', peer.data]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^http:\/\/127\.0\.0\.1:\d+\/#sign-in=[\w-]{32}\n$/);
    const { origin, hash } = new URL(stdout.trim());
    const signIn = () =>
      fetch(`${origin}/v1/dashboard/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: hash.slice('#sign-in='.length) }),
      });
    assert.equal((await signIn()).status, 200);
    assert.equal((await signIn()).status, 401);
  });

  it('answers as JSON', async () => {
    const { url, expires } = await peer.ask<{ url: string; expires: string }>(['open', '--print']);
    assert.match(url, /#sign-in=/);
    assert.ok(Date.parse(expires) > Date.now());
  });

  it('prints the link where there is no desktop, and where the ready line says', async () => {
    const env = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined };
    const { code, stdout, stderr } = await runProgram(['open', '--data', peer.data], { env });
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(`${peer.daemon.ready.dashboard}#sign-in=`), stdout);
    assert.match(stderr, /no browser could be opened here/);
  });

  it('says how to get a dashboard where the peer serves none', async () => {
    const other = await network.peer('bob', { args: ['--dashboard', 'off'] });
    const { code, stderr } = await runProgram(['open', '--print', '--data', other.data]);
    assert.equal(code, 4);
    assert.match(stderr, /serves no dashboard[\s\S]*--dashboard 127\.0\.0\.1:23476/);
  });
});
