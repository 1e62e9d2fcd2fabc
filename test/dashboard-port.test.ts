import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { LiveEvent } from '../src/protocol/http/local/live-event.ts';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeTree } from './harness/files.ts';
import { signInLink } from './harness/sign-in-link.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };
const PAGE = Buffer.from('<!doctype html><title>built</title>');
const FILES = new Map<string, Uint8Array>([
  ['index.html', PAGE],
  ['assets/index-a1.js', Buffer.from('1')],
]);

describe('the listener of the dashboard', () => {
  const things = new AsyncDisposableStack();
  let cluster: Cluster;
  let peer: ClusterPeer;
  let url: string;

  before(async () => {
    cluster = things.use(await Cluster.start());
    peer = await cluster.peer('a', { dashboard: { listen: LISTEN, files: (name) => FILES.get(name) } });
    url = peer.running.ready.dashboard!;
  });
  after(() => things.disposeAsync());

  const ask = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  const signIn = async (code: string) =>
    ask('/v1/dashboard/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
  const codeOf = async () => (await signInLink(peer)).split('#sign-in=')[1]!;
  const tokenOf = async () => ((await (await signIn(await codeOf())).json()) as { token: string }).token;

  it('gives its page and files to everybody, with a policy that lets no other script run', async () => {
    const page = await ask('/');
    assert.equal(page.status, 200);
    assert.equal(await page.text(), PAGE.toString());
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy')!;
    assert.match(policy, /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|http/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    const script = await ask('/assets/index-a1.js');
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.match(script.headers.get('cache-control')!, /immutable/);
    for (const other of ['/assets/none.js', '/assets/..%2f..%2fpackage.json', '/assets/']) {
      const { status } = await ask(other);
      assert.ok(status === 404 || status === 401, `${other}: ${status}`);
    }
  });

  it('wants the token of a session for all else, and takes none by cookie, query or from the data folder', async () => {
    const token = await tokenOf();
    assert.equal((await ask('/v1/status')).status, 401);
    assert.equal((await ask(`/v1/status?token=${token}`)).status, 401);
    assert.equal((await ask('/v1/status', { headers: { cookie: `token=${token}` } })).status, 401);
    assert.equal((await ask('/v1/status', bearer(peer.local.token))).status, 401);
    const known = await ask('/v1/status', bearer(token));
    assert.equal(known.status, 200);
    assert.equal(known.headers.get('cache-control'), 'no-store');
    assert.equal(known.headers.get('set-cookie'), null);
  });

  it('lets nobody in twice by one code, and forgets who signs out', async () => {
    const code = await codeOf();
    const { token } = (await (await signIn(code)).json()) as { token: string };
    assert.equal((await signIn(code)).status, 401);
    assert.equal((await ask('/v1/dashboard/sign-out', { method: 'POST', ...bearer(token) })).status, 204);
    assert.equal((await ask('/v1/status', bearer(token))).status, 401);
  });

  it('makes no link and ends no daemon for a session', async () => {
    const token = await tokenOf();
    for (const path of ['/v1/dashboard/links', '/v1/leave', '/metrics', '/openapi.json'])
      assert.equal((await ask(path, { method: 'POST', ...bearer(token) })).status, 404, path);
  });

  it('answers under names of its own only, and to no page of another site', async () => {
    const { authorization } = bearer(await tokenOf()).headers;
    assert.equal(await statusWith({ host: 'evil.example', authorization }), 403);
    assert.equal(await statusWith({ origin: 'http://evil.example', authorization }), 403);
    assert.equal(await statusWith({ origin: new URL(url).origin, authorization }), 200);
  });

  it('says in one sentence that it is not built', async () => {
    const other = await cluster.peer('unbuilt', { dashboard: { listen: LISTEN, files: () => undefined } });
    const page = await fetch(other.running.ready.dashboard!);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /The dashboard has not been built: run <code>npm run build:dashboard/);
  });

  it('takes a free port in place of the usual one when that is in use, and only then', async () => {
    const listen = { host: '127.0.0.1', port: Number(new URL(url).port) };
    const other = await cluster.peer('second', { dashboard: { listen, orFree: true } });
    assert.notEqual(other.running.ready.dashboard, url);
    await assert.rejects(cluster.peer('third', { dashboard: { listen } }), { code: 'conflict' });
  });

  it('tells all there is, then what changes, in server-sent events', async () => {
    const token = await tokenOf();
    using stop = new Stop();
    const stream = await ask('/v1/events', { ...bearer(token), signal: stop.signal });
    assert.equal(stream.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const events = eventsOf(stream);
    const first = await take(events, 4);
    assert.deepEqual(
      first.map(({ event }) => event),
      ['hello', 'status', 'jobs', 'peers'],
    );
    assert.deepEqual(first[2], { event: 'jobs', reset: true, rows: [], gone: [] });
    await cluster.peer('newcomer', {
      shares: [await makeTree(cluster.folder.join('new'), { 'x.txt': 'x' })],
    });
    const came = await until(
      events,
      (event) => event.event === 'peers' && event.rows.some(({ files }) => files === 1),
    );
    assert.ok(came.event === 'peers' && !came.reset);
    const ended = peer.get({ what: ['x.txt'] });
    const job = await until(events, (event) => event.event === 'jobs' && event.rows[0]?.state === 'done');
    assert.ok(job.event === 'jobs' && job.rows[0]!.what === 'x.txt' && job.rows[0]!.ended !== null);
    await ended;
  });

  it('tells who came in between what is again as somebody before was told', async () => {
    const share = await makeTree(cluster.folder.join('paused'), { 'y.txt': 'y' });
    await peer.client.share({ body: { path: share } });
    const { headers } = bearer(await tokenOf());
    const listen = async (stop: Stop) =>
      eventsOf(
        await ask('/v1/events', {
          headers,
          signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
        }),
      );
    const says = (state: string) => (event: LiveEvent) =>
      event.event === 'status' &&
      event.status.shares.some((one) => one.path === share && one.state === state);
    {
      using stop = new Stop();
      const events = await listen(stop);
      await until(events, says('ready'));
      // Of a look by the clock, after what everybody is told at first.
      await until(events, says('ready'));
    }
    await peer.client.pauseShare({ body: { path: share } });
    using stop = new Stop();
    const events = await listen(stop);
    await until(events, says('paused'));
    await peer.client.resumeShare({ body: { path: share } });
    await until(events, says('ready'));
  });

  it('takes so many listeners and no more, and one again when one has gone', async () => {
    const headers = bearer(await tokenOf());
    // One that nobody holds any more is ended with its garbage.
    const held: Response[] = [];
    const listen = async (signal: AbortSignal) => {
      const response = await ask('/v1/events', { ...headers, signal });
      held.push(response);
      return response.status;
    };
    using stop = new Stop();
    using first = new Stop();
    assert.equal(await listen(first.signal), 200);
    let listening = 1;
    let last = 200;
    for (; last === 200 && listening < 100; listening += 1) last = await listen(stop.signal);
    assert.equal(last, 429);
    assert.ok(listening >= 60 && listening <= 65, String(listening));
    first.abort();
    assert.equal(await eventually(async () => (await listen(stop.signal)) === 200), true);
  });

  function statusWith(headers: Record<string, string>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request(new URL('/v1/status', url), { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }
});

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

class Stop extends AbortController implements Disposable {
  [Symbol.dispose](): void {
    this.abort();
  }
}

async function* eventsOf(response: Response): AsyncGenerator<LiveEvent> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const pieces = (rest + chunk).split('\n\n');
    rest = pieces.pop()!;
    for (const piece of pieces) {
      const [type, data] = piece.split('\n');
      const event = JSON.parse(data!.slice('data: '.length)) as LiveEvent;
      assert.equal(type, `event: ${event.event}`);
      yield event;
    }
  }
}

async function take(events: AsyncGenerator<LiveEvent>, count: number): Promise<LiveEvent[]> {
  const taken: LiveEvent[] = [];
  while (taken.length < count) taken.push((await events.next()).value as LiveEvent);
  return taken;
}

async function until(
  events: AsyncGenerator<LiveEvent>,
  fits: (event: LiveEvent) => boolean,
): Promise<LiveEvent> {
  for (;;) {
    const { value, done } = await events.next();
    assert.ok(!done, 'the stream ended');
    if (fits(value)) return value;
  }
}
