import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { SyncScene } from '../../test/support/sync-scene.ts';
import { until } from '../../test/support/until.ts';
import { PeerdexError } from '../core/errors.ts';
import { silentLog } from '../core/ports/log.ts';
import { serveLog } from '../index/serve-log.ts';

let scene: SyncScene;

beforeEach(() => {
  scene = new SyncScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('following peers of which not all is taken', () => {
  it('refuses a page that cannot be right and keeps what it had', async () => {
    const a = scene.remote('1', 2);
    scene.directory.set(a.id, a.log.head());
    const warnings: string[] = [];
    scene.begin({ log: { ...silentLog, warn: (message) => warnings.push(message) } });
    await scene.sync.initialPull(10_000);
    a.spoil = (page) => ({
      ...page,
      records: page.records.map((record) => ({ ...record, path: '../../etc/x' })),
    });
    a.put('s/more');
    scene.directory.set(a.id, a.log.head());
    await until(() => warnings.length > 0);
    assert.match(warnings[0]!, /refused/);
    assert.equal(scene.store.owner(a.id)?.files, 2);
  });

  it('gives up a log that begins anew all the time', async () => {
    const a = scene.remote('1', 30);
    let made = 0;
    a.spoil = (page) => ({
      ...page,
      index: String(++made).padStart(16, '0'),
      since: 0,
      more: true,
      records: page.records.slice(0, 5),
    });
    scene.directory.set(a.id, a.log.head());
    scene.begin();
    await scene.sync.initialPull(10_000);
    assert.ok(a.asked.length < 10);
    assert.match(scene.sync.warnings()[0]!, /begins anew all the time/);
  });

  it('says once who sent what is refused, and leaves it alone for longer each time, also when it comes back', async () => {
    const a = scene.remote('1', 2);
    const clock = new ManualClock();
    const warnings: string[] = [];
    scene.begin({
      clock,
      log: { ...silentLog, warn: (message) => warnings.push(message) },
      fetchPage: async (server, _owner, request) => {
        await a.answer(request);
        throw new PeerdexError('verification', `the index page that ${server.id} sent is refused: forged`);
      },
    });
    scene.directory.set(a.id, a.log.head());
    await until(() => a.asked.length === 1 && !scene.sync.busy());
    clock.advance(47_000);
    // It leaves and comes back, and has news.
    scene.directory.set(a.id, undefined, { active: false });
    a.put('s/new');
    scene.directory.set(a.id, a.log.head());
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(a.asked.length, 1);
    clock.advance(26_000);
    await until(() => a.asked.length === 2 && !scene.sync.busy());
    clock.advance(95_000);
    assert.equal(a.asked.length, 2, 'the second time for two minutes');
    clock.advance(50_000);
    await until(() => a.asked.length === 3 && !scene.sync.busy());
    assert.equal(warnings.length, 1);
    assert.ok(warnings[0]!.includes(a.id));
  });

  it('takes what one owner has up to a bound, and warns once', async () => {
    const a = scene.remote('1', 60);
    const b = scene.remote('2', 3);
    const clock = new ManualClock();
    const warnings: string[] = [];
    for (const one of [a, b]) scene.directory.set(one.id, one.log.head());
    scene.begin({
      clock,
      limits: { entries: 45 },
      log: { ...silentLog, warn: (message) => warnings.push(message) },
    });
    await until(() => b.asked.length === 1 && a.asked.length === 5 && !scene.sync.busy());
    assert.equal(scene.store.owner(a.id)?.records, 40);
    assert.equal(scene.store.owner(b.id)?.records, 3);
    clock.advance(75_000);
    await until(() => a.asked.length === 6 && !scene.sync.busy());
    assert.equal(scene.store.owner(a.id)?.records, 40);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /lists more than 45 entries/);
    assert.deepEqual(scene.sync.warnings(), warnings, 'said as long as it holds');
    scene.directory.set(a.id, a.log.head(), { active: false });
    assert.deepEqual(scene.sync.warnings(), []);
  });

  it('refuses sizes whose sum nobody can have', async () => {
    const a = scene.remote('1', 600);
    const b = scene.remote('2', 3);
    const warnings: string[] = [];
    a.spoil = (page) => ({
      ...page,
      records: page.records.map((record) => ({ ...record, size: 2 ** 44 })),
    });
    for (const one of [a, b]) scene.directory.set(one.id, one.log.head());
    scene.begin({ pageRecords: 2000, log: { ...silentLog, warn: (message) => warnings.push(message) } });
    await until(() => warnings.length === 1 && b.asked.length === 1 && !scene.sync.busy());
    assert.match(warnings[0]!, /lists more than \d+ bytes/);
    assert.deepEqual(scene.sync.warnings(), warnings);
    assert.deepEqual([a.asked.length, scene.store.owner(a.id)?.files ?? 0], [1, 0]);
    assert.equal(scene.store.owner(b.id)?.files, 3);
  });

  it('lets a log without an end take no turn of others, and gives it up', async () => {
    const clock = new ManualClock();
    const endless = ['1', '2', '3', '4'].map((digit) => scene.remote(digit, 1));
    const honest = scene.remote('5', 30);
    const warnings: string[] = [];
    let most = 0;
    for (const one of endless) {
      one.spoil = (page) => {
        clock.advance(100);
        const seq = one.asked.at(-1)!.since + 1;
        return { ...page, since: seq - 1, last: 1e9, more: true, records: [{ ...page.records[0]!, seq }] };
      };
      one.answer = async (request) => {
        one.asked.push(request);
        await new Promise((resolve) => setImmediate(resolve));
        return one.spoil(serveLog(one.store, one.id, { since: 0, limit: 1 }, 1));
      };
      scene.directory.set(one.id, { index: one.log.head().index, seq: 1e9 });
    }
    scene.directory.set(honest.id, honest.log.head());
    scene.begin({
      clock,
      limits: { entries: 100 },
      log: { ...silentLog, warn: (message) => warnings.push(message) },
    });
    await until(() => {
      most = Math.max(most, ...endless.map(({ asked }) => asked.length));
      return scene.store.owner(honest.id)?.files === 30;
    });
    assert.ok(most < 100, `the honest one waited while another gave ${most} pages`);
    await until(() => warnings.length === 4);
    for (const warning of warnings) assert.match(warning, /has no end/);
    for (const { id } of endless) assert.equal(scene.store.owner(id)?.records, 1);
  });

  it('asks members that may only fetch for nothing, and drops what there is of them', async () => {
    const may = new Set<string>();
    const [a, b, c] = [scene.remote('1', 250), scene.remote('2', 3), scene.remote('3', 120)];
    for (const one of [a, b, c]) {
      may.add(one.id);
      scene.directory.set(one.id, one.log.head());
    }
    let changes = 0;
    scene.begin({ isWanted: (owner) => may.has(owner) });
    scene.sync.onChange(() => {
      changes += 1;
    });
    await scene.sync.initialPull(10_000);
    assert.equal(scene.store.owner(a.id)?.files, 250);
    await until(() => !scene.sync.busy());
    changes = 0;
    may.delete(a.id);
    scene.directory.set(a.id, a.log.head());
    await until(() => scene.store.owner(a.id) === undefined && changes > 0);
    assert.equal(scene.store.owner(b.id)?.files, 3);
    await scene.sync.stop();

    // What was kept of one that is away goes too, at the start.
    may.delete(c.id);
    scene.directory.set(c.id, undefined, { active: false });
    for (const one of [a, b, c]) one.asked = [];
    scene.begin({ isWanted: (owner) => may.has(owner) });
    await scene.sync.initialPull(10_000);
    await until(() => scene.store.owner(c.id) === undefined);
    assert.deepEqual([a.asked.length, b.asked.length, c.asked.length], [0, 1, 0]);

    // Whoever may publish again is asked again.
    may.add(a.id);
    scene.directory.set(a.id);
    await until(() => scene.store.owner(a.id)?.files === 250);
  });

  it('keeps nothing of a page that was on its way when its owner lost the right', async () => {
    const a = scene.remote('1', 30);
    let may = true;
    scene.directory.set(a.id, a.log.head());
    scene.begin({
      isWanted: () => may,
      fetchPage: async (_server, _owner, request) => {
        const page = await a.answer(request);
        if (request.since > 0) may = false;
        return { page };
      },
    });
    await scene.sync.initialPull(10_000);
    await until(() => !scene.sync.busy());
    assert.equal(scene.store.owner(a.id), undefined);
    assert.equal(a.asked.length, 2);
  });
});
