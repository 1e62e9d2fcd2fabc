import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { link, mkdir, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeTree, seededBytes, stampedBytes } from './harness/files.ts';
import { TestMember } from './harness/test-member.ts';

const BYTES = Buffer.from(seededBytes(700_001, 4));
const SIZE = BYTES.byteLength;
const NAME = 'Ünï "quoted" \\ 写真.html';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

describe("a peer's contents over HTTP", () => {
  let cluster: Cluster;
  let alice: ClusterPeer;
  let share: string;
  let byId: string;
  let authorization: string;
  const byPath = '/v1/files/share/sub/data.bin';

  before(async () => {
    cluster = await Cluster.start({ mode: 'plaintext' });
    await makeTree(cluster.folder.path, { 'secret.txt': 'outside of every share' });
    share = await makeTree(cluster.folder.join('share'), {
      'sub/data.bin': BYTES,
      [NAME]: '<script>alert(1)</script>',
      'empty.bin': '',
      'photo.JPG': 'not really',
      'picture.svg': '<svg onload="alert(1)"/>',
      'changes.bin': 'as it was',
      'goes.bin': 'soon gone',
      'swapped.bin': 'inside',
      'deep/in/it.txt': 'deep',
    });
    await symlink(cluster.folder.join('secret.txt'), path.join(share, 'leak.txt'));
    await symlink('/', path.join(share, 'root'));
    // Its scans are as good as over once it is ready: what changes from here on it has not seen.
    alice = await cluster.peer('alice', { shares: [share], scanSeconds: 3600 });
    const member = await TestMember.join(cluster.registry.join);
    authorization = await member.authorization(alice.id, alice.running.ready.listen[0]!.port);
    byId = `/v1/contents/${await contentOf('data.bin')}`;
  });
  after(() => cluster[Symbol.asyncDispose]());

  const contentOf = async (name: string): Promise<string> =>
    (await alice.client.find({ query: { words: name } })).results[0]!.content;
  const get = async (
    where: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<Answer> => {
    const sent = request({
      host: '127.0.0.1',
      port: alice.running.ready.listen[0]!.port,
      path: where,
      method,
      headers: { authorization, ...headers },
      agent: false,
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers as Record<string, string | undefined>,
      body: Buffer.concat(chunks),
    };
  };
  const problemOf = ({ status, headers, body }: Answer): string => {
    assert.equal(headers['content-type'], 'application/problem+json');
    const problem = JSON.parse(body.toString()) as { code: string; status: number; detail: string };
    assert.equal(problem.status, status);
    assert.ok(problem.detail);
    return problem.code;
  };

  it('200: the whole, by id and by path', async () => {
    for (const where of [byId, byPath]) {
      const { status, headers, body } = await get(where);
      assert.equal(status, 200);
      assert.ok(body.equals(BYTES));
      assert.equal(headers['content-length'], String(SIZE));
      assert.equal(headers['accept-ranges'], 'bytes');
      assert.equal(headers.etag, `"${byId.slice('/v1/contents/'.length)}"`);
      assert.equal(headers['content-range'], undefined);
    }
  });

  it('206: a range of any kind', async () => {
    for (const [range, from, to] of [
      ['0-0', 0, 1],
      ['0-', 0, SIZE],
      ['-1', SIZE - 1, SIZE],
      [`-${SIZE + 5}`, 0, SIZE],
      [`${SIZE - 1}-`, SIZE - 1, SIZE],
      ['262143-262144', 262_143, 262_145],
      ['262144-524288', 262_144, 524_289],
      [`5-${SIZE + 100}`, 5, SIZE],
    ] as const) {
      const { status, headers, body } = await get(byId, { range: `bytes=${range}` });
      assert.equal(status, 206, range);
      assert.equal(headers['content-range'], `bytes ${from}-${to - 1}/${SIZE}`);
      assert.equal(headers['content-length'], String(to - from));
      assert.ok(body.equals(BYTES.subarray(from, to)), range);
    }
  });

  it('200 where a range makes no sense, or there are several', async () => {
    for (const range of ['apples=0-1', 'bytes=', 'bytes=a-b', 'bytes=5', 'bytes=0-1,5-6', 'bytes=0-0,-1']) {
      const { status, body } = await get(byId, { range });
      assert.equal(status, 200, range);
      assert.equal(body.byteLength, SIZE, range);
    }
  });

  it('416 for what lies outside, with the size', async () => {
    for (const range of [
      `bytes=${SIZE}-`,
      `bytes=${SIZE}-${SIZE + 5}`,
      'bytes=99999999999999999999-',
      'bytes=-0',
    ]) {
      const answer = await get(byId, { range });
      assert.equal(answer.status, 416, range);
      assert.equal(problemOf(answer), 'range');
      assert.equal(answer.headers['content-range'], `bytes */${SIZE}`);
    }
  });

  it('304 to who has it', async () => {
    const etag = (await get(byId)).headers.etag!;
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*', `"a",W/${etag},"b"`]) {
      const { status, headers, body } = await get(byId, { 'if-none-match': header });
      assert.equal(status, 304, header);
      assert.equal(headers.etag, etag);
      assert.equal(body.byteLength, 0);
    }
    for (const header of ['"other"', etag.slice(1, -1), ''])
      assert.equal((await get(byId, { 'if-none-match': header })).status, 200, header);
    const both = await get(byId, { 'if-none-match': etag, range: 'bytes=0-1' });
    assert.equal(both.status, 304, 'whoever has it needs no part of it');
  });

  it('the time of the file, and 304 to who has it since then', async () => {
    const { mtimeMs } = await stat(path.join(share, 'sub/data.bin'));
    const modified = new Date(Math.floor(mtimeMs / 1000) * 1000);
    const since = (ms: number) => ({ 'if-modified-since': new Date(modified.getTime() + ms).toUTCString() });
    for (const where of [byId, byPath]) {
      assert.equal((await get(where)).headers['last-modified'], modified.toUTCString());
      assert.equal((await get(where, since(0))).status, 304);
      assert.equal((await get(where, since(86_400_000), 'HEAD')).status, 304);
      assert.equal((await get(where, since(-1000))).status, 200);
      assert.equal((await get(where, { 'if-modified-since': 'yesterday' })).status, 200);
      assert.equal(
        (await get(where, { ...since(0), 'if-none-match': '"other"' })).status,
        200,
        'the tag counts',
      );
    }
  });

  it('If-Range gives the part only of what the caller knows', async () => {
    const etag = (await get(byId)).headers.etag!;
    const range = 'bytes=10-19';
    assert.equal((await get(byId, { range, 'if-range': etag })).status, 206);
    for (const header of ['"other"', `W/${etag}`, 'Wed, 21 Oct 2015 07:28:00 GMT'])
      assert.equal((await get(byId, { range, 'if-range': header })).status, 200, header);
  });

  it('HEAD is GET without the body, and knows no ranges', async () => {
    for (const where of [byId, byPath]) {
      for (const range of ['bytes=0-9', `bytes=${SIZE}-`, 'nonsense']) {
        const answer = await get(where, { range }, 'HEAD');
        assert.equal(answer.status, 200);
        assert.equal(answer.headers['content-length'], String(SIZE));
        assert.equal(answer.body.byteLength, 0);
      }
    }
    assert.equal((await get('/v1/files/share/none', {}, 'HEAD')).status, 404);
  });

  it('an empty file is empty, and every range of it outside', async () => {
    const empty = await get('/v1/files/share/empty.bin');
    assert.deepEqual([empty.status, empty.headers['content-length'], empty.body.byteLength], [200, '0', 0]);
    const part = await get('/v1/files/share/empty.bin', { range: 'bytes=0-' });
    assert.equal(part.status, 416);
    assert.equal(part.headers['content-range'], 'bytes */0');
  });

  it('names travel by RFC 8187, and with them nothing that a browser would run', async () => {
    const { status, headers, body } = await get(`/v1/files/share/${encodeURIComponent(NAME)}`);
    assert.equal(status, 200);
    assert.equal(body.toString(), '<script>alert(1)</script>');
    const disposition = headers['content-disposition'] ?? '';
    assert.match(disposition, /^attachment; filename="/);
    const encoded = /filename\*=UTF-8''([^;]+)$/.exec(disposition)?.[1];
    assert.equal(decodeURIComponent(encoded ?? ''), NAME);
    assert.equal(headers['content-type'], 'application/octet-stream');
    for (const where of [byId, '/v1/files/share/photo.JPG', '/v1/files/share/picture.svg']) {
      const one = await get(where);
      assert.equal(one.headers['x-content-type-options'], 'nosniff');
      assert.match(one.headers['content-security-policy'] ?? '', /^sandbox; default-src 'none'/);
      const inline = where.endsWith('JPG');
      assert.match(one.headers['content-disposition'] ?? '', inline ? /^inline/ : /^attachment/, where);
      assert.equal(one.headers['content-type'], inline ? 'image/jpeg' : 'application/octet-stream');
    }
    const refused = await get('/v1/files/share/none');
    assert.equal(refused.headers['x-content-type-options'], 'nosniff');
  });

  it('405 names the methods that there are, HEAD among them', async () => {
    for (const where of [byId, byPath]) {
      const answer = await get(where, {}, 'DELETE');
      assert.deepEqual([answer.status, answer.headers.allow], [405, 'GET, HEAD']);
    }
    assert.equal((await get('/v1/peer', {}, 'DELETE')).headers.allow, 'GET');
  });

  it('404 for what is not shared', async () => {
    for (const where of [
      `/v1/contents/${'0'.repeat(64)}`,
      '/v1/files/share',
      '/v1/files/share/sub',
      '/v1/files/share/',
      '/v1/files/share/sub/',
      '/v1/files/share/none',
      '/v1/files/other/data.bin',
      '/v1/files/share/SUB/data.bin',
      '/v1/files/share/leak.txt',
      '/v1/files/share/root/etc/passwd',
      `/v1/contents/${'0'.repeat(64)}/manifest`,
    ]) {
      const answer = await get(where);
      assert.equal(answer.status, 404, where);
      assert.equal(problemOf(answer), 'not-found');
    }
  });

  it('never gives anything outside, however the path is spelt', async () => {
    for (const where of [
      '/v1/files/share/../../secret.txt',
      '/v1/files/share/%2e%2e/%2e%2e/secret.txt',
      '/v1/files/share/..%2f..%2fsecret.txt',
      '/v1/files/share/%252e%252e/secret.txt',
      '/v1/files/../secret.txt',
      '/v1/files//etc/passwd',
      '/v1/files/%2fetc%2fpasswd',
      '/v1/files/share/sub%00/data.bin',
      '/v1/files/share%5c..%5csecret.txt',
      '/v1/files/share/./sub/data.bin',
      '/v1/files/share/sub//data.bin',
      '/v1/files/share/%c0%ae%c0%ae/secret.txt',
      '/v1/files/share/%ff',
      '/v1/files/share/%',
    ]) {
      const { status, body } = await get(where);
      assert.ok([400, 403, 404].includes(status), `${where}: ${status}`);
      assert.doesNotMatch(body.toString(), /outside of every share|root:/);
    }
  });

  it('409 when the file is not what it was, and never other bytes than the id says', async () => {
    const content = await contentOf('changes.bin');
    const file = path.join(share, 'changes.bin');
    const { atime, mtime } = await stat(file);
    await writeFile(file, 'otherwise');
    const refused = await get(`/v1/contents/${content}`);
    assert.equal(refused.status, 409);
    assert.equal(problemOf(refused), 'conflict');
    // The peer looked again at once, so that now nothing of the old is shared any more.
    await eventually(async () => (await get(`/v1/contents/${content}`)).status === 404);
    await utimes(file, atime, mtime);
    const later = await get('/v1/files/share/changes.bin');
    if (later.status === 200) assert.equal(later.body.toString(), 'otherwise');
    else assert.ok([404, 409].includes(later.status));
  });

  it('404 or 409 when the file has gone, or a link or a folder stands in its place', async () => {
    const gone = await contentOf('goes.bin');
    await rm(path.join(share, 'goes.bin'));
    assert.ok([404, 409].includes((await get(`/v1/contents/${gone}`)).status));
    const swapped = await contentOf('swapped.bin');
    await rm(path.join(share, 'swapped.bin'));
    await symlink(cluster.folder.join('secret.txt'), path.join(share, 'swapped.bin'));
    for (const where of [`/v1/contents/${swapped}`, '/v1/files/share/swapped.bin']) {
      const { status, body } = await get(where);
      assert.ok([403, 404, 409].includes(status), `${status}`);
      assert.doesNotMatch(body.toString(), /outside of every share/);
    }
    const deep = await contentOf('it.txt');
    await rename(path.join(share, 'deep'), cluster.folder.join('moved'));
    await symlink(cluster.folder.join('moved'), path.join(share, 'deep'));
    const through = await get(`/v1/contents/${deep}`);
    assert.ok([403, 404, 409].includes(through.status), `${through.status}`);
  });

  it('a reader that goes away at once leaves no file open', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const sent = request({
          host: '127.0.0.1',
          port: alice.running.ready.listen[0]!.port,
          path: byId,
          headers: { authorization },
          agent: false,
        });
        sent.on('error', () => {});
        sent.end();
        if (n % 2 === 0)
          await once(sent, 'response').then(([response]) => (response as IncomingMessage).destroy());
        else await once(sent, 'finish');
        sent.destroy();
      }),
    );
    await eventually(() => openFilesCalled('data.bin') === 0);
  });

  it('503 while more are being read than there is memory for, until a reader is done', async () => {
    await makeTree(share, { 'slow/large.bin': seededBytes(32 * 2 ** 20, 7) });
    await alice.client.rescan({});
    const where = '/v1/files/share/slow/large.bin';
    await eventually(async () => (await get(where, {}, 'HEAD')).status === 200);
    const answers = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const sent = request({
          host: '127.0.0.1',
          port: alice.running.ready.listen[0]!.port,
          path: where,
          headers: { authorization },
          agent: false,
        });
        sent.on('error', () => {});
        sent.end();
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        return response; // which nobody reads
      }),
    );
    const given = answers.filter(({ statusCode }) => statusCode === 200);
    const refused = answers.filter(({ statusCode }) => statusCode === 503);
    // A quarter of what uploads have of the 32 MiB of the cluster's peers, 128 KiB each.
    assert.deepEqual([given.length, refused.length], [32, 8]);
    for (const { headers } of refused) assert.equal(headers['retry-after'], '5');
    assert.equal(problemOf(await get(where)), 'unavailable');
    for (const response of answers) response.destroy();
    await eventually(async () => (await get(where, { range: 'bytes=5-9' })).status === 206);
  });

  it('a file that is cut short while it is read ends the answer, it does not pad it', async () => {
    await mkdir(path.join(share, 'late'));
    const file = path.join(share, 'late/cut.bin');
    await writeFile(file, stampedBytes(60 * 2 ** 20, 6));
    await utimes(file, 1_600_000_000, 1_600_000_000);
    await link(file, path.join(share, 'late/same.bin'));
    await alice.client.rescan({});
    await eventually(async () => (await get('/v1/files/share/late/cut.bin', {}, 'HEAD')).status === 200);
    const sent = request({
      host: '127.0.0.1',
      port: alice.running.ready.listen[0]!.port,
      path: '/v1/files/share/late/cut.bin',
      headers: { authorization },
      agent: false,
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.once('data', () => response.pause());
    await once(response, 'data');
    const ended = assert.rejects(once(response, 'end'), { code: 'ECONNRESET' });
    await truncate(file, 100);
    response.resume();
    await ended;
  });
});

/** How many files of that name this process, which the peer runs in, holds open. */
const openFilesCalled = (name: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => targetOf(fd).endsWith(`/${name}`)).length;

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ''; // closed meanwhile
  }
}
