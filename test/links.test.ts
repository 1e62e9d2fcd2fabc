import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Log, silentLog } from '../src/core/ports/log.ts';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeFile, makeTree } from './harness/files.ts';

const BIG = 64 * 2 ** 20;

describe('files behind a link', () => {
  let cluster: Cluster;
  let alice: ClusterPeer;
  let share: string;
  const logged: string[] = [];

  before(async () => {
    cluster = await Cluster.start({ mode: 'plaintext' });
    share = await makeTree(cluster.folder.join('share'), {
      'hello.txt': 'hello',
      'photo.jpg': 'not really',
      'page.html': '<script>alert(1)</script>',
      'moves.txt': 'moves about',
      'changes.txt': 'as it was',
      'set/in/deep.txt': 'deep',
      'set/empty.bin': '',
    });
    await makeFile(path.join(share, 'set/big.bin'), BIG);
    const note = (message: string, fields?: object) =>
      logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
    const log: Log = { ...silentLog, debug: note, info: note, warn: note, error: note };
    alice = await cluster.peer('alice', { shares: [share], scanSeconds: 3600, log });
  });
  after(() => cluster[Symbol.asyncDispose]());

  const link = async (what: string, seconds?: number) =>
    (await alice.client.link({ body: { what, ...(seconds === undefined ? {} : { seconds }) } })).link;
  const used = async (id: string) => (await alice.client.links()).links.find((one) => one.id === id)!.used;

  async function open(url: string, headers: Record<string, string> = {}, method = 'GET') {
    const sent = request(url, { method, headers, agent: false });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }
  async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
    const response = await open(url, headers, method);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) };
  }

  it('come whole, in ranges, by HEAD, and not again to who has them', async () => {
    const { url, size, id } = await link('hello.txt');
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/l\/[\w-]{32}\/hello\.txt$/);
    assert.equal(size, 5);
    const whole = await get(url);
    assert.deepEqual([whole.status, whole.body.toString()], [200, 'hello']);
    assert.equal(whole.headers['referrer-policy'], 'no-referrer');
    const part = await get(url, { range: 'bytes=1-2' });
    assert.deepEqual([part.status, part.body.toString()], [206, 'el']);
    assert.equal((await get(url, { range: 'bytes=9-' })).status, 416);
    assert.equal((await get(url, { 'if-none-match': whole.headers.etag! })).status, 304);
    const head = await get(url, {}, 'HEAD');
    assert.deepEqual([head.status, head.headers['content-length'], head.body.byteLength], [200, '5', 0]);
    assert.equal(await used(id), 1, 'parts, HEAD and 304 are no uses');
    await get(url, { range: 'bytes=0-' });
    assert.equal(await used(id), 2);
  });

  it('have a name in the URL for people only', async () => {
    const { url } = await link('hello.txt');
    const bare = url.slice(0, url.lastIndexOf('/'));
    for (const one of [bare, `${bare}/`, `${bare}/other.html`, `${bare}/a/b/c`]) {
      const { status, headers, body } = await get(one);
      assert.deepEqual([status, body.toString()], [200, 'hello'], one);
      assert.match(headers['content-disposition'] ?? '', /^attachment; filename=hello\.txt/);
    }
  });

  it('are served so that a browser runs nothing of them', async () => {
    for (const [name, type, disposition] of [
      ['page.html', 'application/octet-stream', /^attachment/],
      ['photo.jpg', 'image/jpeg', /^inline/],
    ] as const) {
      const { headers } = await get((await link(name)).url);
      assert.equal(headers['content-type'], type);
      assert.match(headers['content-disposition'] ?? '', disposition);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(String(headers['content-security-policy']), /^sandbox; default-src 'none'/);
    }
  });

  it('lie below a folder at their path', async () => {
    const { url, what, size } = await link('set/');
    assert.deepEqual([what, size], ['share/set', null]);
    assert.equal((await get(`${url}in/deep.txt`)).body.toString(), 'deep');
    assert.equal((await get(`${url}empty.bin`)).headers['content-length'], '0');
    assert.equal((await get(`${url}in/deep.txt/`)).status, 404);
    assert.equal((await get(`${url}none`)).status, 404);
    const listing = await get(url, { accept: 'application/json' });
    const { entries } = JSON.parse(listing.body.toString()) as { entries: { name: string }[] };
    assert.deepEqual(entries.map(({ name }) => name).sort(), ['big.bin', 'empty.bin', 'in']);
    const big = await get(`${url}big.bin`);
    assert.ok(big.body.equals(await readFile(path.join(share, 'set/big.bin'))));
  });

  it('end at their end', async () => {
    const { url } = await link('hello.txt', 0.05);
    await eventually(async () => (await get(url)).status === 410);
  });

  it('stop in the middle of a download when the link is withdrawn, and the rest goes on', async () => {
    const [one, other] = [await link('big.bin'), await link('set/')];
    const [stopped, goesOn] = [await open(one.url), await open(`${other.url}big.bin`)];
    let bytes = 0;
    stopped.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      stopped.pause();
    });
    await once(stopped, 'data');
    const withdrawn = await alice.client.revokeLink({ params: { id: one.id.slice(0, 10) } });
    assert.equal(withdrawn.link.state, 'revoked');
    stopped.removeAllListeners('data').on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
    });
    stopped.resume();
    await assert.rejects(once(stopped, 'end'), { code: 'ECONNRESET' });
    assert.ok(bytes < BIG, `${bytes} of ${BIG} bytes came`);
    assert.equal((await get(one.url)).status, 410);
    let whole = 0;
    for await (const chunk of goesOn) whole += (chunk as Buffer).byteLength;
    assert.equal(whole, BIG);
    assert.equal(
      (await alice.client.revokeLink({ params: { id: one.id } })).link.revoked,
      withdrawn.link.revoked,
    );
  });

  it('take no part of more than the upload limit gives', async () => {
    const { url } = await link('set/');
    await alice.client.limit({ body: { up: 4 * 2 ** 20 } });
    try {
      const response = await open(`${url}big.bin`);
      const began = performance.now();
      let bytes = 0;
      for await (const chunk of response) {
        bytes += (chunk as Buffer).byteLength;
        if (bytes > 3 * 2 ** 20) break;
      }
      assert.ok(performance.now() - began > 400, '3 MiB at 4 MiB/s');
      assert.ok((await alice.client.status()).rates.up > 0);
    } finally {
      await alice.client.limit({ body: { up: null } });
    }
  });

  it('are found where they moved to, and not once they changed', async () => {
    const [moved, changed] = [await link('moves.txt'), await link('changes.txt')];
    await rename(path.join(share, 'moves.txt'), path.join(share, 'set/moved.txt'));
    await writeFile(path.join(share, 'changes.txt'), 'something else');
    await alice.client.rescan({});
    await eventually(async () => (await get(moved.url)).body.toString() === 'moves about');
    const { status, body } = await get(changed.url);
    assert.equal(status, 404);
    assert.match(body.toString(), /no longer shared, or has changed/);
    await rm(path.join(share, 'set/moved.txt'));
    assert.ok([404, 409].includes((await get(moved.url)).status));
  });

  it('are behind the same checks of Host and Origin as everything', async () => {
    const { url } = await link('hello.txt');
    const foreign: Record<string, string>[] = [
      { host: 'evil.example' },
      { host: 'evil.example:80' },
      { origin: 'http://evil.example' },
    ];
    for (const headers of foreign)
      assert.equal((await get(url, headers)).status, 403, JSON.stringify(headers));
    assert.equal((await get(url, { host: 'localhost' })).status, 200);
    assert.equal((await get(url, {}, 'POST')).status, 405);
  });

  it('leave no token in a log', async () => {
    const { url } = await link('hello.txt');
    await get(url);
    const token = url.split('/l/')[1]!.split('/')[0]!;
    assert.ok(logged.some((line) => line.startsWith('GET /l/…/hello.txt 200')));
    assert.ok(!logged.some((line) => line.includes(token)));
  });

  it('and links outlive a restart', async () => {
    const bob = await cluster.peer('bob', { shares: [share], scanSeconds: 3600 });
    const { url } = (await bob.client.link({ body: { what: 'photo.jpg' } })).link;
    const { port } = new URL(url);
    await bob.running.close();
    await cluster.peer('bob', { listen: { host: '127.0.0.1', port: Number(port) }, scanSeconds: 3600 });
    assert.equal((await get(url)).status, 200);
  });
});
