import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { curl } from '../harness/curl.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { skipWithout } from '../runner/system-tools.ts';

interface DaemonFile {
  readonly pid: number;
  readonly socket: string;
  readonly port: number;
  readonly token: string;
}

describe('the API of the command line', { skip: skipWithout('curl') }, () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let daemon: DaemonFile;
  let url: string;
  let bearer: string;

  before(async () => {
    network = await ProcessNetwork.start();
    alice = await network.peer('alice');
    daemon = JSON.parse(await readFile(path.join(alice.data, 'daemon.json'), 'utf8')) as DaemonFile;
    url = `http://127.0.0.1:${daemon.port}/v1/status`;
    bearer = `Authorization: Bearer ${daemon.token}`;
  });
  after(() => network[Symbol.asyncDispose]());

  it('wants its token', async () => {
    assert.equal((await curl(url)).status, 401);
    assert.equal((await curl('-H', 'Authorization: Bearer wrong', url)).status, 401);
    assert.equal((await curl('-H', `Cookie: token=${daemon.token}`, url)).status, 401);
    assert.equal((await curl(`${url}?token=${daemon.token}`)).status, 401);
    assert.equal((await curl('-X', 'POST', `http://127.0.0.1:${daemon.port}/v1/leave`)).status, 401);
    const known = await curl('-H', bearer, url);
    assert.equal(known.status, 200);
    assert.equal(JSON.parse(known.body.toString()).peer.id, alice.id);
  });

  it('wants a Host that is its own, token or not', async () => {
    assert.equal((await curl('-H', bearer, '-H', 'Host: evil.example', url)).status, 403);
    assert.equal((await curl('-H', bearer, '-H', 'Origin: http://evil.example', url)).status, 403);
  });

  it('of a registry wants both likewise, and on its socket', async () => {
    const { port, token, socket } = JSON.parse(
      await readFile(network.folder.join('registry/daemon.json'), 'utf8'),
    );
    const right = ['-H', `Authorization: Bearer ${token}`];
    for (const to of [
      [`http://127.0.0.1:${port}/v1/invites`],
      ['--unix-socket', socket, 'http://localhost/v1/invites'],
    ]) {
      assert.equal((await curl(...to)).status, 401);
      assert.equal((await curl(...right, '-H', 'Host: evil.example', ...to)).status, 403);
      assert.equal((await curl(...right, '-H', 'Origin: http://evil.example', ...to)).status, 403);
      assert.equal((await curl(...right, ...to)).status, 200);
    }
  });

  it('is there on the Unix socket too, with the same token', async () => {
    assert.equal((await curl('--unix-socket', daemon.socket, 'http://localhost/v1/status')).status, 401);
    assert.equal(
      (await curl('--unix-socket', daemon.socket, '-H', bearer, 'http://localhost/v1/status')).status,
      200,
    );
  });

  it('is not on the public port', async () => {
    const answer = await curl('-k', '-H', bearer, `https://127.0.0.1:${alice.port}/v1/status`);
    assert.equal(answer.status, 404);
  });

  it('keeps its secrets to the owner', async () => {
    assert.equal((await stat(path.join(alice.data, 'daemon.json'))).mode & 0o077, 0);
    // Whoever may not write to a Unix socket may not connect to it.
    assert.equal((await stat(daemon.socket)).mode & 0o022, 0);
    const cmdline = await readFile(`/proc/${alice.daemon.pid}/cmdline`, 'utf8');
    assert.ok(!cmdline.includes(daemon.token));
    assert.ok(!alice.daemon.stderr.includes(daemon.token), 'the log has no token');
  });

  it('answers 400 with a reason to what does not fit its schema', async () => {
    const get = `http://127.0.0.1:${daemon.port}/v1/get`;
    const json = ['-H', 'Content-Type: application/json', '-H', bearer];
    for (const body of [
      '{"what":[]}',
      '{"what":"x"}',
      '[]',
      'no json',
      '{"what":["x"],"output":""}',
      `{"what":["${'x'.repeat(20_000)}"]}`,
    ]) {
      const answer = await curl(...json, '--data-binary', body, get);
      assert.equal(answer.status, 400, body.slice(0, 40));
      assert.equal(JSON.parse(answer.body.toString()).code, 'usage');
    }
  });

  it('refuses a body that is too long before it has read it', async () => {
    const answer = await curl(
      ...['-H', bearer, '-H', 'Content-Type: application/json', '-H', 'Expect:'],
      ...['--data-binary', `@${process.execPath}`, `http://127.0.0.1:${daemon.port}/v1/share`],
    ).catch((error: Error) => error);
    if (!(answer instanceof Error))
      assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
    assert.ok(alice.daemon.stats.peakMemory < 200 * 2 ** 20);
    assert.equal((await curl('-H', bearer, url)).status, 200);
  });
});
