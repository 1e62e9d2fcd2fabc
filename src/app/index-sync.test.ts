import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { SyncScene } from '../../test/support/sync-scene.ts';
import { until } from '../../test/support/until.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import { FORGET_AFTER_MS } from '../core/lease.ts';

let scene: SyncScene;

beforeEach(() => {
  scene = new SyncScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('following other peers', () => {
  it('asks each active peer once, with a head or without, and then when its head moves', async () => {
    const a = scene.remote('1', 25);
    const b = scene.remote('2', 3);
    scene.directory.set(a.id, a.log.head());
    scene.directory.set(b.id);
    scene.begin();
    await scene.sync.initialPull(10_000);
    assert.equal(scene.store.owner(a.id)?.files, 25);
    assert.equal(scene.store.owner(b.id)?.files, 3);
    assert.equal(scene.sync.busy(), false);
    const asked = a.asked.length;
    scene.directory.set(a.id, a.log.head());
    scene.directory.set(b.id);
    assert.equal(scene.sync.busy(), false);
    a.put('s/new');
    scene.directory.set(a.id, a.log.head());
    await until(() => scene.store.owner(a.id)?.files === 26);
    assert.equal(a.asked.length, asked + 1);
    assert.equal(a.asked.at(-1)?.since, 25);
  });

  it('goes on where it was after a restart', async () => {
    const a = scene.remote('1', 25);
    scene.directory.set(a.id, a.log.head());
    scene.begin();
    await scene.sync.initialPull(10_000);
    await scene.sync.stop();
    a.asked = [];
    scene.begin();
    await scene.sync.initialPull(10_000);
    assert.deepEqual(
      a.asked.map(({ since }) => since),
      [25],
    );
  });

  it('waits for nobody longer than told, and tries again while the peer is active', async () => {
    const a = scene.remote('1', 2);
    a.fail = true;
    scene.directory.set(a.id, a.log.head());
    const waits: { ms: number; run: () => void }[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (ms, run) => {
        const wait = { ms, run };
        waits.push(wait);
        return () => waits.splice(waits.indexOf(wait), 1);
      },
    };
    scene.begin({ clock });
    await scene.sync.initialPull(10_000);
    for (const least of [800, 1600, 3200]) {
      await until(() => waits.some(({ ms }) => ms >= least && ms < 2 * least));
      const at = waits.findIndex(({ ms }) => ms >= least && ms < 2 * least);
      if (least === 3200) a.fail = false;
      waits.splice(at, 1)[0]!.run();
    }
    await until(() => scene.store.owner(a.id)?.files === 2);
    assert.equal(a.asked.length, 4);
  });

  it('does not run after a head that the log never reaches', async () => {
    const a = scene.remote('1', 2);
    scene.directory.set(a.id, { ...a.log.head(), seq: 1000 });
    scene.begin();
    await scene.sync.initialPull(10_000);
    await until(() => !scene.sync.busy());
    const { length } = a.asked;
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(a.asked.length, length);
    assert.equal(length, 1);
  });

  it('asks four peers at a time, and says how many it has nothing of yet', async () => {
    let running = 0;
    let most = 0;
    const coming: number[] = [];
    for (const digit of '123456789') scene.directory.set(scene.remote(digit, 1).id);
    scene.begin({
      fetchPage: async (peer, _owner, request) => {
        running += 1;
        most = Math.max(most, running);
        coming.push(scene.sync.coming);
        const page = await scene.remotes.get(peer.id)!.answer(request);
        running -= 1;
        return { page };
      },
    });
    await scene.sync.initialPull(10_000);
    assert.equal(most, 4);
    assert.equal(scene.store.owners().length, 9);
    assert.ok(Math.max(...coming) >= 6, coming.join());
    assert.ok(coming.at(-1)! <= 4, coming.join());
    assert.equal(scene.sync.coming, 0);
  });

  it('comes to one that answers soon, beside hundreds that do not, and asks those less and less', async () => {
    const clock = new ManualClock();
    const good = scene.remote('1', 3);
    let tries = 0;
    const strangers = Array.from({ length: 500 }, (_, at) => `2${String(at).padStart(31, '0')}`);
    for (const id of strangers) scene.directory.set(id, { index: 'ab'.repeat(8), seq: 5 });
    scene.directory.set(good.id, good.log.head());
    scene.begin({
      clock,
      reach(server, signal) {
        if (server.id === good.id) return Promise.resolve();
        tries += 1;
        if (Number(server.id.slice(1)) % 5 === 0)
          return Promise.reject(new PeerdexError('unavailable', 'refused'));
        return new Promise((_, reject) => {
          clock.after(5000, () => reject(new PeerdexError('unavailable', 'it does not answer')));
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    });
    const advance = async (seconds: number) => {
      for (let i = 0; i < seconds * 4; i += 1) {
        clock.advance(250);
        for (let j = 0; j < 20; j += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await advance(4);
    assert.equal(scene.store.owner(good.id)?.files, 3);
    await advance(60);
    assert.ok(scene.sync.isOutOfReach(strangers[0]!) && !scene.sync.isOutOfReach(good.id));
    const before = tries;
    good.put('s/new');
    scene.directory.set(good.id, good.log.head());
    await until(() => scene.store.owner(good.id)?.files === 4);
    await advance(60);
    assert.ok(tries - before < 1000, `${tries - before} tries in a minute`);
  });

  it('takes what an owner brings while it waits to be asked', async () => {
    const clock = new ManualClock();
    const bringer = scene.remote('1', 3);
    const silent = (_: unknown, signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    for (let at = 0; at < 300; at += 1) scene.directory.set(`2${String(at).padStart(31, '0')}`);
    scene.directory.set(bringer.id);
    scene.begin({ clock, reach: silent });
    const first = (await scene.sync.brought(bringer.id, undefined))!;
    await scene.sync.brought(bringer.id, { page: await bringer.answer(first) });
    assert.equal(scene.store.owner(bringer.id)?.files, 3);
  });

  it('drops what belongs to peers that nobody has seen for 30 days', async () => {
    const a = scene.remote('1', 250);
    const b = scene.remote('2', 2);
    for (const one of [a, b]) scene.directory.set(one.id, one.log.head());
    scene.begin();
    await scene.sync.initialPull(10_000);
    await scene.sync.stop();
    scene.directory.set(a.id, undefined, { active: false, lastSeen: Date.now() - FORGET_AFTER_MS - 1 });
    scene.directory.set(b.id, undefined, { active: false });
    scene.begin();
    await until(() => scene.store.owner(a.id) === undefined);
    assert.equal(scene.store.owner(b.id)?.files, 2);
  });

  it('has all of a peer that comes back while what there was of it is dropped', async () => {
    const a = scene.remote('1', 1000);
    scene.directory.set(a.id, a.log.head());
    scene.begin({ pageRecords: 100 });
    await until(() => scene.store.owner(a.id)?.files === 1000);
    await scene.sync.stop();
    scene.directory.set(a.id, undefined, { active: false, lastSeen: Date.now() - FORGET_AFTER_MS - 1 });
    const { store } = scene;
    const drop = store.dropOwner.bind(store);
    let steps = 0;
    store.dropOwner = (owner, limit) => {
      steps += 1;
      if (steps === 2) scene.directory.set(a.id, a.log.head());
      return drop(owner, limit);
    };
    scene.begin({ pageRecords: 100 });
    await until(() => steps > 2 && !scene.sync.busy());
    assert.equal(store.owner(a.id)?.files, 1000);
  });

  it('remembers nothing of peers that came and went without an index', async () => {
    const clock = new ManualClock();
    const kept = scene.remote('1', 2);
    scene.directory.set(kept.id, kept.log.head());
    scene.begin({ clock });
    const passing = ['2', '3', '4'].map((digit) => {
      const one = scene.remote(digit, 0);
      one.fail = true;
      scene.directory.set(one.id);
      return one;
    });
    await until(() => passing.every(({ asked }) => asked.length > 0) && !scene.sync.busy());
    assert.equal(scene.sync.size, 4);
    for (const { id } of passing) {
      scene.directory.set(id, undefined, { active: false });
      scene.directory.peers.delete(id);
    }
    clock.advance(3600 * 1000);
    await until(() => scene.sync.size === 1);
  });
});
