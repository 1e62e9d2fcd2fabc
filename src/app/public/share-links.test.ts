import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { freshKey } from '../../../test/support/fresh-key.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { TestNetwork } from '../../../test/support/signers.ts';
import { MemoryBudget } from '../../core/memory-budget.ts';
import { silentLog } from '../../core/ports/log.ts';
import { RateLimiter } from '../../core/rate-limiter.ts';
import { RateMeter } from '../../core/rate-meter.ts';
import { createHttpServer, type HttpServer } from '../../network/http/server.ts';
import { peerOperations } from '../../protocol/http/peer/operations.ts';
import { contentFiles } from '../../storage/disk/content-files.ts';
import { systemVerifier } from '../../storage/disk/ecdsa.ts';
import { MemoryEntryStore } from '../../storage/memory/entry-store.ts';
import { MemoryHashStore } from '../../storage/memory/hash-store.ts';
import { MemoryLinkStore } from '../../storage/memory/link-store.ts';
import { FallenIndex } from '../fallen-index.ts';
import { Sessions } from '../trust/sessions.ts';
import { AnswerSlots } from './answer-slots.ts';
import { publicHandlers } from './public-handlers.ts';
import { ShareLinks } from './share-links.ts';

const SELF = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const DAY = 86_400;
const FOLDER = { kind: 'folder' as const, what: 'share/f', path: 'share/f' };
const HOSTILE = ['<img src=x onerror=alert(1)>.png', '\u202egpj.exe', 'it\'s "&".txt', `${'é'.repeat(127)}`];

describe('links of a peer', () => {
  let clock: ManualClock;
  let links: ShareLinks;
  let entries: MemoryEntryStore;
  let server: HttpServer;
  let port: number;
  let seq = 0;
  let mayPublish = true;
  const key = randomBytes(32);

  before(async () => {
    clock = new ManualClock();
    entries = new MemoryEntryStore();
    links = new ShareLinks({ store: new MemoryLinkStore(), key, verifier: systemVerifier, clock });
    const network = new TestNetwork();
    const signer = freshKey();
    const trust = network.member(signer);
    const sessions = new Sessions({
      self: signer,
      network: () => network.id,
      admit: () => assert.fail('nobody signs in here'),
      recheck: () => {},
      clock,
    });
    server = await createHttpServer({
      title: 'test',
      version: '0',
      operations: peerOperations,
      handlers: publicHandlers({
        self: SELF,
        name: () => 'me',
        network: () => undefined,
        mode: 'plaintext',
        entries,
        links,
        mayPublish: () => mayPublish,
        hashes: new MemoryHashStore(clock),
        contents: { locate: () => [], recordWritten() {}, suspect() {} },
        files: contentFiles,
        limiter: new RateLimiter(clock),
        meter: new RateMeter(clock),
        authorize: (context) => void sessions.memberOf(context),
        slots: new AnswerSlots(new MemoryBudget(2 ** 20)),
        key: signer,
        fallen: new FallenIndex({ head: () => ({ index: '', seq: 0 }), beginIndexAnew() {} }, silentLog),
        others: () => undefined,
        search: async () => ({ results: [], total: 0, more: false }),
        trust,
        sessions,
      }),
      allowedHosts: () => [],
      log: silentLog,
    });
    ({ port } = await server.listen({ host: '127.0.0.1', port: 0 }));
    for (const owner of [SELF, OTHER])
      entries.addOwner(owner, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
    put(SELF, 'share/f');
    put(SELF, 'share/f/sub');
    for (const name of HOSTILE) put(SELF, `share/f/${name}`, 'file');
    put(SELF, 'share/secret.txt', 'file');
    put(OTHER, 'share/f/theirs.txt', 'file');
  });
  after(() => server.close());

  function put(owner: string, path: string, kind: 'file' | 'folder' = 'folder', flag: 0 | 1 = 1): void {
    seq += 1;
    const content = kind === 'file' && flag === 1 ? seq.toString(16).padStart(64, '0') : undefined;
    entries.put(owner, [{ seq, path, kind, size: 1, mtime: 0n, executable: false, content, flag }], 1);
  }

  async function get(path: string, headers: Record<string, string> = {}) {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { 'content-type': type = '', location } = response.headers;
    return { status: response.statusCode, type, location, body: await text(response) };
  }

  it('count until their end, and say when they have ended', async () => {
    const link = links.make(FOLDER, DAY);
    const path = `/l/${links.tokenOf(link)}/`;
    clock.advance(DAY * 1000 - 1);
    assert.equal((await get(path)).status, 200);
    clock.advance(1);
    const over = await get(path);
    assert.deepEqual([over.status, over.type], [410, 'application/problem+json']);
    assert.match(over.body, /"detail":"this link has ended"/);
    const page = await get(path, { accept: 'text/html,*/*' });
    assert.deepEqual([page.status, page.type], [410, 'text/html; charset=utf-8']);
    assert.match(page.body, /<h1><bdi>this link has ended/);
  });

  it('give nothing while who made them may only fetch', async () => {
    const path = `/l/${links.tokenOf(links.make(FOLDER, DAY))}/`;
    mayPublish = false;
    const refused = await get(path);
    assert.deepEqual([refused.status, /may not publish any more/.test(refused.body)], [403, true]);
    mayPublish = true;
    assert.equal((await get(path)).status, 200);
  });

  it('are told for 30 days after their end, then forgotten', async () => {
    const link = links.make(FOLDER, DAY);
    clock.advance(30 * DAY * 1000);
    links.make(FOLDER, DAY);
    assert.ok(links.all().some(({ id }) => id === link.id));
    clock.advance(DAY * 1000 + 1);
    links.make(FOLDER, DAY);
    assert.ok(!links.all().some(({ id }) => id === link.id));
    assert.equal((await get(`/l/${links.tokenOf(link)}/`)).status, 404);
  });

  it('withdrawn ones are gone; unknown, altered and foreign ones never were', async () => {
    const link = links.make(FOLDER, DAY);
    const token = links.tokenOf(link);
    const signal = links.withdrawal(link.id);
    assert.equal(links.revoke(link.id.slice(0, 12)).revoked, clock.now());
    assert.equal(signal.aborted, true);
    const gone = await get(`/l/${token}/`);
    assert.equal(gone.status, 410);
    assert.match(gone.body, /this link was withdrawn/);
    const other = { store: new MemoryLinkStore(), key: randomBytes(32), verifier: systemVerifier, clock };
    const foreign = new ShareLinks(other);
    const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const one of [
      flipped,
      foreign.tokenOf(link),
      foreign.tokenOf(foreign.make(FOLDER, DAY)),
      'x',
      '%00',
      '..%2f',
    ])
      for (const rest of ['', '/', '/name']) {
        const { status, body } = await get(`/l/${one}${rest}`);
        assert.equal(status, 404, one);
        assert.match(body, /no such link/);
      }
  });

  it('a folder lists live entries of this peer alone, as a page and as JSON', async () => {
    put(SELF, 'share/f/deleted.txt', 'file', 0);
    const path = `/l/${links.tokenOf(links.make(FOLDER, DAY))}/`;
    const json = await get(path, { accept: 'application/json' });
    assert.match(json.type, /^application\/json/);
    const { name, entries: listed } = JSON.parse(json.body) as {
      name: string;
      entries: { name: string; kind: string }[];
    };
    assert.equal(name, 'f');
    assert.deepEqual(listed.map((entry) => entry.name).sort(), [...HOSTILE, 'sub'].sort());
    const page = await get(path, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    assert.match(page.type, /^text\/html/);
    assert.doesNotMatch(page.body, /theirs|deleted|secret|<img|\u202e/);
    assert.equal(page.body.match(/<li>/g)?.length, HOSTILE.length + 1);
  });

  it('a folder without its slash is redirected, so that names in it are relative to it', async () => {
    const token = links.tokenOf(links.make(FOLDER, DAY));
    assert.deepEqual(
      [(await get(`/l/${token}`)).location, (await get(`/l/${token}/sub`)).location],
      [`${token}/`, 'sub/'],
    );
    assert.match((await get(`/l/${token}/sub/`)).body, /href="\.\.\/"/);
  });

  it('never leave the folder, however the path is spelt', async () => {
    const token = links.tokenOf(links.make(FOLDER, DAY));
    for (const rest of [
      '../secret.txt',
      '%2e%2e/secret.txt',
      '..%2fsecret.txt',
      '%2e%2e%2fsecret.txt',
      '.%2e/secret.txt',
      'sub/../../secret.txt',
      'sub/%2e%2e/%2e%2e/secret.txt',
      '%252e%252e/secret.txt',
      '..%5csecret.txt',
      '..%c0%afsecret.txt',
      '%c0%ae%c0%ae/secret.txt',
      './sub/',
      '/share/secret.txt',
      '%2fshare/secret.txt',
      'sub//',
      '//',
      'sub%00/',
      '%ff',
      '%',
      'theirs.txt',
      `${'x'.repeat(4096)}`,
      `${'y/'.repeat(1000)}`,
    ]) {
      const { status, body } = await get(`/l/${token}/${rest}`);
      assert.ok([400, 403, 404].includes(status!), `${rest}: ${status}`);
      assert.doesNotMatch(body, /share\/f/, 'what lies above is nobody’s business');
    }
  });

  it('what is no longer shared is not found', async () => {
    put(SELF, 'share/later');
    const token = links.tokenOf(
      links.make({ kind: 'folder', what: 'share/later', path: 'share/later' }, DAY),
    );
    assert.equal((await get(`/l/${token}/`)).status, 200);
    put(SELF, 'share/later', 'folder', 0);
    assert.match((await get(`/l/${token}/`)).body, /no longer shared/);
  });

  it('need no membership; the log and contents do', async () => {
    const id = '0'.repeat(64);
    for (const path of [
      '/v1/index/log',
      `/v1/contents/${id}`,
      `/v1/contents/${id}/manifest`,
      '/v1/files/share/secret.txt',
    ]) {
      const { status, body } = await get(path);
      assert.equal(status, 401, path);
      assert.match(body, /peerdex link/);
    }
    assert.equal((await get('/v1/peer')).status, 200);
    assert.equal((await get(`/l/${links.tokenOf(links.make(FOLDER, DAY))}/`)).status, 200);
  });
});
