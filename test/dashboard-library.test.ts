import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeTree, stampedBytes } from './harness/files.ts';
import { signInLink } from './harness/sign-in-link.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };
const MIB = 2 ** 20;
/** Bytes a second: the large file would take minutes. */
const SLOW = 400_000;
const LARGE = Buffer.from(stampedBytes(48 * MIB + 1000));
const SMALL = Buffer.from(stampedBytes(600_000, 2));
const TEXT = Buffer.from('first line\n'.repeat(100));

describe('what the library asks of its peer', () => {
  const things = new AsyncDisposableStack();
  let seed: ClusterPeer;
  let peer: ClusterPeer;
  let url: string;
  let token: string;

  before(async () => {
    const cluster = things.use(await Cluster.start());
    const files = {
      'film.mp4': LARGE,
      'small.png': SMALL,
      'notes.txt': TEXT,
      'page.html': '<script>1</script>',
    };
    const folder = await makeTree(cluster.folder.join('data'), files);
    seed = await cluster.peer('seed', { shares: [folder] });
    peer = await cluster.peer('a', { dashboard: { listen: LISTEN, files: () => undefined } });
    url = peer.running.ready.dashboard!;
    token = await signIn();
  });
  after(() => things.disposeAsync());

  const ask = (where: string, init: RequestInit & { readonly headers?: Record<string, string> } = {}) =>
    fetch(new URL(where, url), {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  const post = (where: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(where, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  async function signIn(): Promise<string> {
    const code = (await signInLink(peer)).split('#sign-in=')[1]!;
    const answer = await post('/v1/dashboard/sign-in', { code });
    return ((await answer.json()) as { token: string }).token;
  }
  async function contentOf(name: string): Promise<string> {
    const { results } = await peer.client.find({ query: { words: name } });
    return results[0]!.content;
  }
  async function preview(name: string, as = name): Promise<string> {
    const answer = await post('/v1/dashboard/previews', { content: await contentOf(name), name: as });
    assert.equal(answer.status, 200);
    return ((await answer.json()) as { url: string }).url;
  }
  const range = (where: string, bytes: string, signal?: AbortSignal) =>
    fetch(new URL(where, url), { headers: { range: `bytes=${bytes}` }, ...(signal ? { signal } : {}) });

  it('shows a content that is nowhere here: whole, a range, its end, and nothing outside', async () => {
    const where = await preview('small.png');
    const whole = await fetch(new URL(where, url));
    assert.equal(whole.status, 200);
    assert.equal(whole.headers.get('content-type'), 'image/png');
    assert.equal(whole.headers.get('content-length'), String(SMALL.byteLength));
    assert.ok(SMALL.equals(Buffer.from(await whole.arrayBuffer())));
    const part = await range(where, '262000-262300');
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), `bytes 262000-262300/${SMALL.byteLength}`);
    assert.ok(SMALL.subarray(262000, 262301).equals(Buffer.from(await part.arrayBuffer())));
    const end = await range(where, '-5');
    assert.ok(SMALL.subarray(-5).equals(Buffer.from(await end.arrayBuffer())));
    const outside = await range(where, '700000-');
    assert.equal(outside.status, 416);
    assert.equal(outside.headers.get('content-range'), `bytes */${SMALL.byteLength}`);
    await outside.body?.cancel();
    const head = await fetch(new URL(where, url), { method: 'HEAD' });
    assert.equal(head.headers.get('accept-ranges'), 'bytes');
    assert.deepEqual(await readdir(path.join(peer.data, 'downloads')), [], 'nothing was kept');
    assert.deepEqual(await readdir(path.join(peer.data, 'previews')), [], 'and nothing has a name');
  });

  it('hands nothing over that a browser would run, and gives no type but by the name it was made for', async () => {
    const { headers } = await fetch(new URL(await preview('page.html'), url), { method: 'HEAD' });
    assert.equal(headers.get('content-type'), 'application/octet-stream');
    assert.match(headers.get('content-disposition')!, /^attachment/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('content-security-policy')!, /sandbox/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
    const where = await preview('notes.txt');
    const renamed = await fetch(new URL(where.replace(/[^/]+$/, 'x.mp4'), url), { method: 'HEAD' });
    assert.equal(renamed.headers.get('content-type'), 'application/octet-stream');
  });

  it('wants a token that counts, of a session that has not ended', async () => {
    const refused = await fetch(new URL('/v1/dashboard/previews', url), { method: 'POST' });
    assert.equal(refused.status, 401);
    assert.equal((await range('/preview/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/x.png', '0-1')).status, 404);
    const first = token;
    token = await signIn();
    const where = await preview('small.png');
    assert.equal((await range(where, '0-1')).status, 206);
    await ask('/v1/dashboard/sign-out', { method: 'POST' });
    assert.equal((await range(where, '0-1')).status, 404);
    token = first;
    const none = await post('/v1/dashboard/previews', { content: 'a'.repeat(64), name: 'x.png' });
    assert.equal(none.status, 404);
  });

  it('gives what is asked for first, of a content that comes for it alone', async () => {
    await seed.client.limit({ body: { up: SLOW } });
    const where = await preview('film.mp4');
    const end = await range(where, '-1000');
    assert.ok(LARGE.subarray(-1000).equals(Buffer.from(await end.arrayBuffer())));
    const middle = await range(where, '30000000-30000999');
    assert.ok(LARGE.subarray(30_000_000, 30_001_000).equals(Buffer.from(await middle.arrayBuffer())));
  });

  it('and of a job that is under way, which goes on', async () => {
    const stop = new AbortController();
    const job = peer.client.get({ body: { what: ['film.mp4'] } }, { signal: stop.signal });
    const events = job[Symbol.asyncIterator]();
    await events.next();
    await eventually(async () => (await peer.client.jobs()).jobs.some(({ bytes }) => bytes > 0));

    const content = await contentOf('film.mp4');
    const standing = await post('/v1/dashboard/standing', {
      contents: [content, await contentOf('notes.txt')],
    });
    const told = (await standing.json()) as { here: string[]; coming: { content: string; size: number }[] };
    assert.deepEqual(told.here, []);
    assert.deepEqual(
      told.coming.map((one) => [one.content, one.size]),
      [[content, LARGE.byteLength]],
    );
    const where = await preview('film.mp4');

    const at = 40_000_000;
    const part = await range(where, `${at}-${at + 999}`);
    assert.ok(LARGE.subarray(at, at + 1000).equals(Buffer.from(await part.arrayBuffer())));
    const { jobs } = await peer.client.jobs();
    assert.ok(jobs[0]!.bytes < LARGE.byteLength / 2, `${jobs[0]!.bytes} had come`);
    stop.abort();
    await peer.client.cancel({ params: { job: jobs[0]!.id } });
  });

  it('forgets readers that went away, and refuses more than it has room for', async () => {
    const where = await preview('film.mp4');
    for (let i = 0; i < 30; i += 1) {
      const gone = new AbortController();
      const answer = await range(where, '0-20000000', gone.signal);
      assert.equal(answer.status, 206, String(i));
      gone.abort();
      await answer.text().catch(() => {});
    }
    const all = new AbortController();
    const open = await Promise.all(Array.from({ length: 30 }, () => range(where, '0-40000000', all.signal)));
    assert.ok(open.some(({ status }) => status === 503));
    assert.ok(open.filter(({ status }) => status === 206).length >= 20);
    all.abort();
    await Promise.all(open.map((one) => one.text().catch(() => {})));
    await eventually(async () => (await range(where, '0-1')).status === 206);
    await seed.client.limit({ body: { up: null } });
  });

  it('tells who holds a content', async () => {
    const answer = await ask(`/v1/dashboard/contents/${await contentOf('notes.txt')}`);
    const { size, holders } = (await answer.json()) as { size: number; holders: Record<string, unknown>[] };
    assert.equal(size, TEXT.byteLength);
    assert.equal(holders.length, 1);
    const { modified: _, ...holder } = holders[0]!;
    const expected = { peer: seed.id, name: 'seed', path: 'data/notes.txt', self: false, active: true };
    assert.deepEqual(holder, expected);
    assert.equal((await ask(`/v1/dashboard/contents/${'b'.repeat(64)}`)).status, 404);
  });

  const put = (where: string, body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) =>
    ask(`/v1/dashboard/files?path=${encodeURIComponent(where)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', ...headers },
      body,
    });
  const downloads = () => path.join(peer.data, 'downloads');

  it('takes in a file that is dropped: it is in the index when the answer comes', async () => {
    const bytes = Buffer.from(stampedBytes(5 * MIB, 9));
    const answer = await put('new/été.bin', bytes);
    const told = (await answer.json()) as { path: string; size: number; content: string };
    assert.equal(answer.status, 200);
    assert.equal(told.path, 'downloads/new/été.bin');
    assert.ok(bytes.equals(await readFile(path.join(downloads(), 'new/été.bin'))));
    const { results } = await peer.client.find({ query: { words: 'ete' } });
    assert.deepEqual([results[0]?.content, results[0]?.size], [told.content, bytes.byteLength]);
    await eventually(async () => (await seed.client.find({ query: { words: 'ete' } })).total === 1);
    const fetched = await seed.get({ what: ['a:downloads/new/été.bin'] });
    assert.equal(fetched.at(-1)!.event, 'end');
    assert.ok(fetched.some(({ event }) => event === 'done'));
  });

  it('replaces nothing, and lets nothing out of the folder', async () => {
    assert.equal((await put('x.txt', 'one')).status, 200);
    const again = await put('x.txt', 'two');
    assert.equal(again.status, 409);
    assert.match(
      ((await again.json()) as { detail: string }).detail,
      /x\.txt is in the downloads folder already/,
    );
    assert.equal(await readFile(path.join(downloads(), 'x.txt'), 'utf8'), 'one');
    const before = await readdir(downloads());
    for (const bad of [
      '../y',
      'a/../../y',
      '/etc/y',
      '',
      '.',
      'a//b',
      'a\nb',
      '.peerdex-y',
      'a\0b',
      'x'.repeat(300),
    ])
      assert.ok([400, 403].includes((await put(bad, 'y')).status), JSON.stringify(bad));
    assert.equal((await put('peer-key.pem', 'y')).status, 409);
    assert.deepEqual(await readdir(downloads()), before);
  });

  it('leaves nothing of a file that did not come whole, and takes no other body', async () => {
    const before = await readdir(downloads());
    const half = request(new URL('/v1/dashboard/files?path=half.bin', url), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/octet-stream',
        'content-length': 1_000_000,
      },
    });
    half.on('error', () => {}).write(Buffer.alloc(500_000));
    await eventually(async () => (await readdir(downloads())).length > before.length);
    half.destroy();
    await eventually(async () => (await readdir(downloads())).length === before.length);
    assert.equal((await put('z.txt', 'x', { authorization: '' })).status, 401);
    assert.equal((await put('z.txt', 'x', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await put('z.txt', 'x', { origin: 'http://evil.example' })).status, 403);
    assert.deepEqual(await readdir(downloads()), before);
    // A stream to an operation that wants JSON is as wrong as before.
    const other = await post('/v1/dashboard/sign-in', {}, { 'content-type': 'application/octet-stream' });
    assert.ok([400, 415].includes(other.status), String(other.status));
  });
});
