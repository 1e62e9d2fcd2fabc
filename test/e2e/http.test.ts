import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { type CurlAnswer, curl as plainCurl } from '../harness/curl.ts';
import { makeFile, makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { TestMember } from '../harness/test-member.ts';
import { skipWithout } from '../runner/system-tools.ts';

const SIZE = 1_000_003;

describe('a peer over HTTP with curl', { skip: skipWithout('curl') }, () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bytes: Buffer;
  let base: string;
  let byId: string;
  let byPath: string;
  let curl: (...args: string[]) => Promise<CurlAnswer>;

  before(async () => {
    network = await ProcessNetwork.start(['--plaintext']);
    const root = await makeTree(network.folder.join('web'), {
      'page.html': '<script>alert(1)</script>',
      'Ünï "code".txt': 'name',
      'empty.bin': '',
    });
    await makeFile(path.join(root, 'sub dir/data.bin'), SIZE);
    await makeTree(network.folder.path, { 'secret.txt': 'outside of every share' });
    bytes = await readFile(path.join(root, 'sub dir/data.bin'));
    alice = await network.peer('alice', { shares: [root] });
    base = `http://127.0.0.1:${alice.port}/v1`;
    curl = await asMember(network, alice);
    const { results } = await alice.ask<FindAnswer>(['find', 'data']);
    byId = `${base}/contents/${results[0]!.content}`;
    byPath = `${base}/files/web/sub%20dir/data.bin`;
  });
  after(() => network[Symbol.asyncDispose]());

  it('gives a file by content id and by path', async () => {
    for (const url of [byId, byPath]) {
      const { status, headers, body } = await curl(url);
      assert.equal(status, 200, url);
      assert.ok(body.equals(bytes), url);
      assert.equal(headers['content-length'], String(SIZE));
      assert.equal(headers['accept-ranges'], 'bytes');
      assert.match(headers['content-disposition'] ?? '', /^attachment;.*data\.bin/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(headers['content-security-policy'] ?? '', /sandbox/);
      assert.ok(headers.etag);
    }
  });

  it('gives ranges', async () => {
    const cases: [string, number, number][] = [
      ['0-0', 0, 1],
      ['100-199', 100, 200],
      ['262100-262200', 262_100, 262_201],
      [`${SIZE - 5}-`, SIZE - 5, SIZE],
      ['-7', SIZE - 7, SIZE],
      ['999000-99999999', 999_000, SIZE],
    ];
    for (const [range, from, to] of cases) {
      const { status, headers, body } = await curl('-H', `Range: bytes=${range}`, byId);
      assert.equal(status, 206, range);
      assert.equal(headers['content-range'], `bytes ${from}-${to - 1}/${SIZE}`);
      assert.ok(body.equals(bytes.subarray(from, to)), range);
    }
    const beyond = await curl('-H', `Range: bytes=${SIZE}-`, byId);
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers['content-range'], `bytes */${SIZE}`);
    const nonsense = await curl('-H', 'Range: apples=1-2', byId);
    assert.equal(nonsense.status, 200, 'a range that cannot be read is ignored');
    const empty = await curl(`${base}/files/web/empty.bin`);
    assert.equal(empty.status, 200);
    assert.equal(empty.body.byteLength, 0);
  });

  it('answers 304 to who has it, and a range to who has the right part', async () => {
    const { headers } = await curl('-I', byId);
    const etag = headers.etag!;
    const same = await curl('-H', `If-None-Match: ${etag}`, byId);
    assert.equal(same.status, 304);
    assert.equal(same.body.byteLength, 0);
    assert.equal((await curl('-H', 'If-None-Match: "another"', byId)).status, 200);
    assert.equal((await curl('-H', `If-Range: ${etag}`, '-H', 'Range: bytes=0-9', byId)).status, 206);
    assert.equal((await curl('-H', 'If-Range: "another"', '-H', 'Range: bytes=0-9', byId)).status, 200);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    for (const url of [byId, byPath]) {
      const { status, headers, body } = await curl('-I', url);
      assert.equal(status, 200);
      assert.equal(headers['content-length'], String(SIZE));
      assert.equal(body.byteLength, 0);
    }
  });

  it('says 404 for what it has not, as problem details', async () => {
    for (const url of [
      `${base}/contents/${'0'.repeat(64)}`,
      `${base}/files/web/none.bin`,
      `${base}/files/other/x`,
      `${base}/nothing`,
    ]) {
      const { status, headers, body } = await curl(url);
      assert.equal(status, 404, url);
      assert.match(headers['content-type'] ?? '', /application\/problem\+json/);
      assert.equal(JSON.parse(body.toString()).code, 'not-found');
    }
  });

  it('gives nothing outside its shares, however the path is spelt', async () => {
    const tries = [
      'web/../../secret.txt',
      'web/%2e%2e/%2e%2e/secret.txt',
      'web/..%2f..%2fsecret.txt',
      '/etc/passwd',
      '%2fetc%2fpasswd',
      'web/sub%20dir%00/data.bin',
      'web%5c..%5csecret.txt',
      'web/%c0%ae%c0%ae/secret.txt',
    ];
    for (const attempt of tries) {
      const { status, body } = await curl('--path-as-is', `${base}/files/${attempt}`);
      assert.ok(status === 403 || status === 404 || status === 400, `${attempt}: ${status}`);
      assert.ok(
        !body.toString().includes('outside of every share') && !body.toString().includes('root:'),
        attempt,
      );
    }
  });

  it('never lets a browser run what it serves', async () => {
    const { headers } = await curl(`${base}/files/web/page.html`);
    assert.match(headers['content-disposition'] ?? '', /^attachment/);
    const named = await curl(`${base}/files/web/${encodeURIComponent('Ünï "code".txt')}`);
    assert.equal(named.status, 200);
    assert.match(
      named.headers['content-disposition'] ?? '',
      /filename\*=UTF-8''%C3%9Cn%C3%AF%20%22code%22\.txt/,
    );
  });

  it('answers only to its own names', async () => {
    assert.equal((await curl('-H', 'Host: evil.example', byId)).status, 403);
    assert.equal((await curl('-H', 'Host:', byId)).status, 403);
    assert.equal((await curl('-H', `Host: localhost:${alice.port}`, byId)).status, 200);
    assert.equal((await curl('-H', 'Origin: http://evil.example', byId)).status, 403);
  });

  it('stops serving a file that is not what it was', async () => {
    await writeFile(network.folder.join('web/page.html'), 'something else of another length');
    const { results } = await alice.ask<FindAnswer>(['find', 'page']);
    const answer = await curl(`${base}/contents/${results[0]!.content}`);
    // Either the scan was faster and the new content is served, or the old one is refused; never other bytes than the id says.
    if (answer.status === 200) assert.equal(answer.body.toString(), 'something else of another length');
    else assert.ok([404, 409].includes(answer.status), String(answer.status));
  });

  it('takes many connections and requests of nonsense without ending', async () => {
    const junk = path.join(network.folder.path, 'junk');
    await makeFile(junk, 200_000, 99);
    await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        curl('--http0.9', '-X', 'POST', '--data-binary', `@${junk}`, `${base}/contents/x`),
      ),
    );
    assert.equal((await curl('-I', byId)).status, 200);
  });
});

describe('a peer of a TLS network over HTTPS with curl', { skip: skipWithout('curl') }, () => {
  it('gives files and ranges to a member, and nothing over plain HTTP', async () => {
    await using network = await ProcessNetwork.start();
    const root = await network.makeFolder('web');
    const file = await makeFile(path.join(root, 'data.bin'), SIZE);
    const bytes = await readFile(file);
    const alice = await network.peer('alice', { shares: [root] });
    const curl = await asMember(network, alice);
    const { results } = await alice.ask<FindAnswer>(['find', 'data']);
    const base = `https://127.0.0.1:${alice.port}/v1`;
    const byId = `${base}/contents/${results[0]!.content}`;
    for (const url of [byId, `${base}/files/web/data.bin`]) {
      const { status, headers, body } = await curl(url);
      assert.equal(status, 200, url);
      assert.ok(body.equals(bytes), url);
      assert.equal(headers['content-length'], String(SIZE));
    }
    const part = await curl('-H', 'Range: bytes=100-199', byId);
    assert.equal(part.status, 206);
    assert.ok(part.body.equals(bytes.subarray(100, 200)));
    assert.equal((await curl('-I', byId)).headers['content-length'], String(SIZE));
    assert.equal((await curl(`${base}/files/web/none.bin`)).status, 404);
    assert.equal((await plainCurl('-k', `${base}/index/log`)).status, 401);
    assert.equal((await curl(`${base}/index/log`)).status, 200);
    await assert.rejects(curl(byId.replace('https:', 'http:')), /ended with/);
  });
});

/** Curl with what shows the peer that a member asks. */
async function asMember(network: ProcessNetwork, { id, port }: PeerProcess) {
  const member = await TestMember.join(network.join);
  const header = `Authorization: ${await member.authorization(id, port)}`;
  // Nobody vouches for a peer's certificate.
  return (...args: string[]) => plainCurl('-k', '-H', header, ...args);
}
