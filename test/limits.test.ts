import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { PeerConfig } from '../src/app/config.ts';
import { parseJoinLink } from '../src/core/join-link.ts';
import { type Log, silentLog } from '../src/core/ports/log.ts';
import { NONCE_BYTES } from '../src/core/trust/proof.ts';
import { certificateFor } from '../src/network/wire/certificate.ts';
import { decodeProof } from '../src/protocol/swarm/proof.ts';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeFile, makeTree } from './harness/files.ts';
import { RawSwarm } from './harness/raw-swarm.ts';
import { TestMember } from './harness/test-member.ts';
import { freshKey } from './support/fresh-key.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

describe('limits of a registry and its peers', () => {
  it('a registry that is asked too much says when to come again, and a peer waits until then and gets in', async () => {
    const { lines, log } = noting('debug', 'warn');
    const limits = { handshakes: 100, handshakesOfOne: 1 };
    await using cluster = await Cluster.start({ mode: 'plaintext', limits, log });
    const { network, addresses } = parseJoinLink(cluster.registry.join);
    const challenge = () =>
      fetch(`http://127.0.0.1:${addresses[0]!.port}/v1/challenge`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ peer: 'ab'.repeat(16), network, nonce: '00'.repeat(32) }),
      });
    const refused = await eventually(
      async () => {
        const answer = await challenge();
        if (answer.status === 429) return answer;
        assert.equal(answer.status, 200);
        await answer.text();
        return undefined;
      },
      { every: 1 },
    );
    assert.equal(refused.headers.get('retry-after'), '1');
    const problem = (await refused.json()) as { code: string; retry: boolean; detail: string };
    assert.deepEqual(
      [problem.code, problem.retry, problem.detail],
      ['limit', true, 'too many handshakes a second'],
    );
    assert.equal(lines.filter((line) => line.startsWith('too many handshakes a second')).length, 1);

    const sent = () => lines.filter((line) => line === 'POST /v1/challenge 429').length;
    const before = sent();
    await using peer = (await cluster.peer('patient')).running;
    assert.equal(peer.ready.registered, true);
    assert.ok(sent() - before <= 2, `asked ${sent() - before} times too early`);
  });

  it('who says hello to a peer too often is told that it is busy, and a good download beside it waits and ends', async () => {
    const { lines, log } = noting('warn');
    await using cluster = await Cluster.start({ mode: 'plaintext' });
    const share = await makeTree(cluster.folder.join('share'), { 'a.txt': 'a' });
    const alice = await cluster.peer('alice', { shares: [share], limits: { handshakesOfOne: 1 }, log });
    const bob = await cluster.peer('bob');
    const mallory = await TestMember.join(cluster.registry.join);
    const port = alice.running.ready.listen[0]!.port;
    const meet = () => RawSwarm.meet(port, mallory, randomBytes(NONCE_BYTES));
    const isRefused = async () => {
      await using raw = await meet();
      // Who is let in is shown a proof, who is not a nonce only.
      if (decodeProof(raw.got('hello')[0]!.proof).signature.byteLength > 0) return false;
      await raw.ended();
      const [bye] = raw.got('bye');
      assert.deepEqual([bye?.reason, bye?.text], ['busy', 'too many handshakes a second']);
      return true;
    };
    await eventually(isRefused, { every: 1 });
    const events = await bob.get({ what: ['a.txt'], from: 'alice' });
    assert.equal(events.at(-1)?.event, 'end');
    await eventually(isRefused, { every: 1 });
    assert.ok(lines.some((line) => line.includes('too many handshakes a second')));
  });

  it('more entries of one peer than the index has room for are refused, those of others are kept', async () => {
    const { lines, log } = noting('warn');
    await using cluster = await Cluster.start({ mode: 'plaintext' });
    const tree = (n: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, at) => [`file ${at}.txt`, `${at}`]));
    const many = await makeTree(cluster.folder.join('many'), tree(60));
    const few = await makeTree(cluster.folder.join('few'), tree(10));
    await cluster.peer('bulky', { shares: [many] });
    await cluster.peer('modest', { shares: [few] });
    const alice = await cluster.peer('alice', { indexLimits: { entries: 30 }, log });
    await eventually(async () => (await found(alice, 'file')) === 10);
    await eventually(() => lines.some((line) => /bulky.*lists more than 30 entries/.test(line)));
    const { index } = await alice.client.status();
    assert.match(index.warnings.join(), /^cannot follow the index of bulky: .* lists more than 30 entries$/);
    assert.equal(await found(alice, 'file'), 10);
  });

  for (const tls of [false, true]) {
    it(`the listener for links ${tls ? 'with a certificate ' : ''}has so many connections of one address`, async () => {
      const { lines, log } = noting('warn');
      await using cluster = await Cluster.start({ mode: 'plaintext' });
      const share = await makeTree(cluster.folder.join('share'), { 'a.txt': 'a' });
      const limits = { connections: 8, connectionsOfOne: 3 };
      const linkCertificate = tls ? await certificateIn(cluster) : undefined;
      const config: Partial<PeerConfig> = {
        shares: [share],
        limits,
        log,
        linkListen: LOOPBACK,
        linkCertificate,
      };
      const alice = await cluster.peer('alice', config);
      const { link } = await alice.client.link({ body: { what: 'a.txt' } });
      const { port, protocol } = new URL(link.url);
      assert.equal(protocol, tls ? 'https:' : 'http:');
      const kept: Socket[] = [];
      for (let n = 0; n < 3; n += 1) kept.push(await reach(Number(port)));
      for (let n = 0; n < 3; n += 1) await once((await reach(Number(port))).resume(), 'close');
      assert.deepEqual(lines, ['too many connections of one address: one was refused']);
      for (const socket of kept) socket.destroy();
      const curl = () => promisify(execFile)('curl', ['-sSkf', link.url]);
      assert.equal((await eventually(curl)).stdout, 'a', 'a place is free again when its connection ended');
    });
  }

  it('sixteen connections of one downloader, again and again, meet none of them', async () => {
    const { lines, log } = noting('warn');
    await using cluster = await Cluster.start();
    const share = cluster.folder.join('share');
    await makeTree(share, { 'a.txt': 'a' });
    await makeFile(`${share}/big.bin`, 4 * 2 ** 20);
    const alice = await cluster.peer('alice', { shares: [share], log });
    const { link } = await alice.client.link({ body: { what: 'big.bin' } });
    for (let round = 0; round < 2; round += 1) {
      const parts = Array.from({ length: 16 }, async (_, n) => {
        const range = `${n * 2 ** 18}-${(n + 1) * 2 ** 18 - 1}`;
        const headers = { range: `bytes=${range}` };
        const [answer] = await once(
          get(link.url, { headers, agent: false, rejectUnauthorized: false }),
          'response',
        );
        return (await buffer(answer as IncomingMessage)).byteLength;
      });
      assert.deepEqual(new Set(await Promise.all(parts)), new Set([2 ** 18]));
    }
    assert.deepEqual(lines, []);
  });
});

/** A log that keeps the texts of these levels. */
function noting(...levels: readonly (keyof Log)[]): { lines: string[]; log: Log } {
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  return { lines, log: { ...silentLog, ...Object.fromEntries(levels.map((level) => [level, note])) } };
}

const found = async (peer: ClusterPeer, words: string): Promise<number> =>
  (await peer.client.find({ query: { words } })).total;

async function reach(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function certificateIn({ folder }: Cluster): Promise<{ chain: string; key: string }> {
  const key = freshKey();
  const files = { chain: folder.join('link.crt'), key: folder.join('link.key') };
  await writeFile(files.chain, certificateFor(key));
  await writeFile(files.key, key.pem);
  return files;
}
