import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../test/fuzz/runs.ts';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { type SampleContent, sampleContent } from '../../test/support/sample-content.ts';
import { ScriptedSource } from '../../test/support/scripted-source.ts';
import { settle } from '../../test/support/settle.ts';
import { PeerdexError } from '../core/errors.ts';
import { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES, leafCount } from '../core/leaf-layout.ts';
import { MemoryBudget } from '../core/memory-budget.ts';
import type { Partial } from '../core/ports/partial.ts';
import { seededRandom } from '../core/random.ts';
import { RateLimiter } from '../core/rate-limiter.ts';
import { MemoryHashStore } from '../storage/memory/hash-store.ts';
import { MemoryPartialStore } from '../storage/memory/partial-store.ts';
import { ContentDownload } from './content-download.ts';
import { ContentSwarms } from './content-swarms.ts';
import { InFlight } from './in-flight.ts';
import { LinkWindows } from './link-window.ts';
import { SILENCE_MS } from './silence-watch.ts';
import { rarestFirst } from './swarm/policies.ts';

const CONTENT = sampleContent(20 * LEAF_BYTES + 5);
const LEAVES = 21;
const away = new PeerdexError('unavailable', 'gone');

describe('a download', () => {
  it('takes all from one source, verified, and gives its memory back', async () => {
    const one = await begin();
    const source = one.add(1);
    assert.ok(source.pending.size > 1, 'several requests in flight');
    await settle();
    while (one.download.bytes < CONTENT.size) {
      assert.ok(source.pending.size > 0);
      source.give([...source.pending][0]!);
      await settle();
    }
    await one.download.done;
    assert.equal(one.budget.used, 0);
    assert.equal(source.closed, true);
    assert.deepEqual(one.lost, [], 'a source that did its work is not lost');
    assert.deepEqual(
      [...source.asked].sort(byNumber),
      Array.from({ length: LEAVES }, (_, n) => n),
    );
    assert.deepEqual(one.download.shares(), [{ peer: source.peer, bytes: CONTENT.size, rate: 0 }]);
    assert.ok(await one.isRight());
  });

  it('asks the source that it has for the hashes, once', async () => {
    const one = await begin();
    const source = one.add(1);
    await one.finish();
    assert.deepEqual([source.pagesAsked, source.groupsAsked], [[0], [0]]);
    const again = await begin({ hashes: one.hashes });
    const other = again.add(2);
    await again.finish();
    assert.deepEqual([other.pagesAsked, other.groupsAsked], [[], []], 'what is known is not asked for');
  });

  it('asks for nothing that it has', async () => {
    const one = await begin({ had: [0, 3, 20] });
    assert.equal(one.download.bytes, 2 * LEAF_BYTES + 5);
    const source = one.add(1);
    await one.finish();
    assert.deepEqual(
      source.asked.filter((leaf) => [0, 3, 20].includes(leaf)),
      [],
    );
    assert.equal(one.download.shares()[0]?.bytes, CONTENT.size - 2 * LEAF_BYTES - 5);
  });

  it('is done at once when nothing is missing', async () => {
    const one = await begin({ had: Array.from({ length: LEAVES }, (_, n) => n) });
    await one.download.done;
    const source = new ScriptedSource(1, CONTENT);
    one.download.add(source);
    assert.deepEqual(source.asked, []);
  });

  it('shares the work among its sources, each leaf asked for once', async () => {
    const one = await begin();
    const [a, b] = [one.add(1), one.add(2)];
    assert.ok(a.asked.length > 0 && b.asked.length > 0);
    assert.equal(new Set([...a.asked, ...b.asked]).size, a.asked.length + b.asked.length);
    await one.finish();
    assert.equal(
      one.download.shares().reduce((sum, { bytes }) => sum + bytes, 0),
      CONTENT.size,
    );
  });

  it('a source silent for 10 s loses its requests to another', async () => {
    const one = await begin();
    const silent = one.add(1);
    await settle();
    const owed = [...silent.pending];
    one.clock.advance(SILENCE_MS - 1000);
    const other = one.add(2);
    other.giveAll();
    await settle();
    assert.deepEqual(one.lost, []);
    one.clock.advance(2000);
    assert.deepEqual(one.lost, [[silent.peer, 'unavailable', 'it has been silent for 10 s', true]]);
    assert.equal(silent.closed, true);
    await one.finish();
    for (const leaf of owed) assert.ok(other.asked.includes(leaf), `leaf ${leaf}`);
    assert.ok(await one.isRight());
  });

  it('what nobody asked for is no sign of life', async () => {
    const one = await begin();
    const noisy = one.add(1);
    await settle();
    for (let s = 0; s < 11; s += 1) {
      noisy.listener.holding(CONTENT.size, true);
      one.clock.advance(1000);
    }
    assert.equal(one.lost[0]?.[2], 'it has been silent for 10 s');
    const repeating = one.add(2);
    await settle();
    repeating.listener.leaves(0, CONTENT.group(0));
    assert.equal(one.lost.length, 1, 'they may come before a leaf that stands in for another');
    repeating.listener.leaves(0, CONTENT.group(0));
    assert.equal(one.lost[1]?.[1], 'verification');
    await one.stop();
  });

  it('a slow source that gives something now and then keeps its requests', async () => {
    const one = await begin();
    const slow = one.add(1);
    await settle();
    for (let s = 0; s < 6; s += 1) {
      one.clock.advance(9000);
      slow.give([...slow.pending][0]!);
      await settle();
    }
    assert.deepEqual(one.lost, []);
    await one.stop();
  });

  it('at the end an idle source repeats what another owes; the first copy counts, the other is passed over', async () => {
    const one = await begin();
    const slow = one.add(1);
    await settle();
    const quick = one.add(2);
    while (one.download.bytes < CONTENT.size - 10 * LEAF_BYTES && quick.pending.size > 0) {
      quick.giveAll();
      await settle();
    }
    const repeated = () =>
      quick.asked.filter((leaf) => slow.pending.has(leaf) || slow.cancelled.includes(leaf));
    assert.ok(repeated().length > 0, 'something is asked for twice');
    const leaf = repeated()[0]!;
    quick.giveAll();
    await settle();
    assert.ok(slow.cancelled.includes(leaf));
    assert.equal(slow.give(leaf), true, 'what was on its way already is passed over without a word');
    assert.equal(slow.give(leaf), false, 'but only once');
    await one.finish();
    assert.ok(await one.isRight());
    assert.equal(
      one.download.shares().reduce((sum, { bytes }) => sum + bytes, 0),
      CONTENT.size,
      'nothing counts twice',
    );
  });

  it('a bad leaf drops its source, says so to it, and is fetched from another', async () => {
    const one = await begin();
    const liar = one.add(1);
    await settle();
    const leaf = [...liar.pending][0]!;
    liar.giveWrong(leaf);
    await settle();
    assert.deepEqual(liar.complaints, [leaf]);
    assert.equal(liar.closed, true);
    assert.equal(one.lost[0]?.[1], 'verification');
    assert.equal(one.lost[0]?.[3], false, 'it is not tried again');
    const honest = one.add(2);
    await one.finish();
    assert.ok(honest.asked.includes(leaf));
    assert.ok(await one.isRight());
  });

  it('data before the hashes is not taken', async () => {
    const one = await begin();
    const source = one.add(1, { hashes: false });
    source.give([...source.pending][0]!);
    await settle();
    assert.equal(one.lost[0]?.[1], 'verification');
    assert.equal(one.download.bytes, 0);
    await one.stop();
  });

  it('data that nobody asked for ends the link', async () => {
    const one = await begin();
    const source = one.add(1);
    await settle();
    const [leaf] = [...source.pending];
    const unasked = Array.from({ length: LEAVES }, (_, n) => n).find((n) => !source.asked.includes(n))!;
    assert.equal(source.listener.data(unasked, 0, new Uint8Array(5)), false);
    assert.equal(source.listener.data(leaf!, 1, new Uint8Array(5)), false, 'not from the start');
    assert.equal(source.listener.data(leaf!, 0, new Uint8Array(LEAF_BYTES + 1)), false, 'beyond its end');
    for (const strange of [-1, 2 ** 32 - 1, Number.NaN])
      assert.equal(source.listener.data(strange, 0, new Uint8Array(5)), false);
    source.drop(away);
    assert.equal(source.listener.data(leaf!, 0, new Uint8Array(5)), true, 'after its end all is passed over');
    await one.stop();
  });

  for (const [what, lie] of Object.entries<(source: ScriptedSource) => void>({
    'claims another size and cannot prove it': (source) => {
      source.listener.holding(CONTENT.size + 1, true);
      source.listener.manifest(0, CONTENT.manifest.groups);
    },
    'claims one size after the other': (source) => {
      source.listener.holding(CONTENT.size + 1, true);
      source.listener.holding(CONTENT.size + 2, true);
    },
    'sends another manifest': (source) => source.listener.manifest(0, new Uint8Array(32)),
    'sends a manifest of wrong length': (source) => source.listener.manifest(0, new Uint8Array(64)),
    'sends a page that does not exist': (source) => source.listener.manifest(7, new Uint8Array(32)),
    'sends hashes before the manifest': (source) => source.listener.leaves(0, CONTENT.group(0)),
    'sends hashes of a group that nobody asked for': (source) => source.listener.leaves(9, CONTENT.group(0)),
    'sends wrong hashes': (source) => {
      source.listener.manifest(0, CONTENT.manifest.groups);
      source.listener.leaves(0, new Uint8Array(CONTENT.group(0).byteLength));
    },
  })) {
    it(`a source that ${what} is dropped`, async () => {
      const one = await begin();
      const liar = one.add(1, { hashes: false });
      lie(liar);
      assert.equal(liar.closed, true);
      assert.equal(one.lost[0]?.[1], 'verification');
      assert.equal(one.budget.used, 0);
      one.add(2);
      await one.finish();
      assert.ok(await one.isRight());
    });
  }

  it('a source that refuses, or is lost, gives its leaves to the others', async () => {
    const one = await begin();
    const [refusing, leaving] = [one.add(1), one.add(2)];
    await settle();
    refusing.listener.refused(undefined, 'changed');
    leaving.drop(away);
    assert.deepEqual(
      one.lost.map(([, code, , retry]) => [code, retry]),
      [
        ['conflict', false],
        ['unavailable', true],
      ],
    );
    assert.equal(one.budget.used, 0);
    one.add(3);
    await one.finish();
    assert.ok(await one.isRight());
  });

  it('a source may come back', async () => {
    const one = await begin();
    one.add(1).drop(away);
    one.add(1);
    await one.finish();
    assert.ok(await one.isRight());
  });

  it('never holds more memory than there is, and shares the little there is', async () => {
    const one = await begin({ memory: 2 * LEAF_BYTES });
    const sources = [one.add(1), one.add(2), one.add(3)];
    assert.equal(one.budget.used, 2 * LEAF_BYTES);
    assert.equal(
      sources.reduce((sum, { pending }) => sum + pending.size, 0),
      2,
    );
    await one.finish(() => assert.ok(one.budget.used <= 2 * LEAF_BYTES));
    assert.equal(one.budget.used, 0);
    assert.ok(await one.isRight());
  });

  it('goes on when memory that others had comes free', async () => {
    const one = await begin({ memory: 4 * LEAF_BYTES });
    assert.equal(one.budget.tryReserve(4 * LEAF_BYTES), true);
    const source = one.add(1);
    assert.equal(source.pending.size, 0);
    one.budget.release(4 * LEAF_BYTES);
    assert.equal(source.pending.size, 4);
    await one.finish();
    assert.equal(one.budget.used, 0);
  });

  it('under a rate limit asks for one leaf at a time, and as usual where it is lifted', async () => {
    const one = await begin({ rate: 1000 });
    const sources = [one.add(1), one.add(2)];
    const asked = () => sources.reduce((sum, source) => sum + source.asked.length, 0);
    const keepBusy = () => {
      // As if what came had to wait for the limit.
      one.limiter.spend(100);
      one.limiter.whenFree(() => {});
    };
    for (let ms = 0; ms < 1000; ms += 50) {
      keepBusy();
      one.clock.advance(50);
      await settle();
    }
    assert.equal(asked(), 1);
    keepBusy();
    for (const source of sources) source.giveAll();
    await settle();
    assert.equal(asked(), 2, 'the next one when it has come');
    one.limiter.rate = undefined;
    await settle();
    assert.ok(asked() > 10, 'asked without time going by');
    await one.finish();
  });

  it('asks another source besides when it is not the limit that is waited for', async () => {
    const one = await begin({ rate: 1000 });
    const sources = [one.add(1), one.add(2)];
    assert.deepEqual(
      sources.map((source) => source.asked.length),
      [1, 0],
    );
    one.clock.advance(201);
    assert.equal(sources[0]!.asked.length + sources[1]!.asked.length, 2);
    await one.stop();
  });

  it('stop waits for what is being written, keeps it, and takes nothing more', async () => {
    const gate = Promise.withResolvers<void>();
    const one = await begin({ beforeWrite: () => gate.promise });
    const source = one.add(1);
    await settle();
    const [written] = [...source.pending];
    source.give(written!);
    await settle();
    let stopped = false;
    const stop = one.download.stop().then(() => {
      stopped = true;
    });
    await settle();
    assert.equal(stopped, false);
    assert.equal(source.closed, true);
    gate.resolve();
    await stop;
    assert.deepEqual([...one.partial.have], [written]);
    assert.equal(one.budget.used, 0);
    await assert.rejects(one.download.done, { code: 'interrupted' });
    await one.download.stop();
    one.clock.advance(60_000);
    assert.deepEqual(one.lost, [], 'nobody is blamed');
  });

  it('a write that fails ends the download with its reason', async () => {
    const one = await begin({
      beforeWrite: () => Promise.reject(new PeerdexError('no-space', 'the disk is full')),
    });
    const source = one.add(1);
    await settle();
    source.giveAll();
    await assert.rejects(one.download.done, { code: 'no-space' });
    await one.download.stop();
    assert.equal(one.budget.used, 0);
    assert.equal(source.closed, true);
  });

  it('ends whole whatever its sources do, as long as one is honest', async () => {
    const step = fc.record({
      source: fc.nat(3),
      what: fc.constantFrom(
        'give',
        'give',
        'give',
        'giveAll',
        'wrong',
        'drop',
        'refuse',
        'wait',
        'size',
        'noise',
        'join',
      ),
      pick: fc.nat(30),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.nat(),
        fc.integer({ min: 1, max: 30 }),
        async (steps, seed, room) => {
          const one = await begin({ seed, memory: room * LEAF_BYTES });
          const sources = [one.add(1), one.add(2), one.add(3), one.add(4)];
          for (const { source: n, what, pick } of steps) {
            const source = sources[n]!;
            const leaf = [...source.pending][pick % Math.max(1, source.pending.size)];
            if (what === 'wait') one.clock.advance(pick * 500);
            else if (what === 'join' && source.closed) sources[n] = one.add(n + 1);
            else if (source.closed) continue;
            else if (what === 'give' && leaf !== undefined) source.give(leaf);
            else if (what === 'giveAll') source.giveAll();
            else if (what === 'wrong' && leaf !== undefined) source.giveWrong(leaf);
            else if (what === 'drop') source.drop(away);
            else if (what === 'refuse') source.listener.refused(undefined, 'busy');
            else if (what === 'size') source.listener.holding(pick, true);
            else if (what === 'noise') source.listener.data(pick, pick, new Uint8Array(pick));
            if (pick % 3 === 0) await settle();
            assert.ok(one.budget.used <= room * LEAF_BYTES);
          }
          one.add(9, { generous: true });
          for (let s = 0; s < 60 && !one.partial.have.isFull; s += 1) {
            await settle();
            one.clock.advance(1000);
          }
          await one.download.done;
          await settle();
          assert.equal(one.budget.used, 0);
          assert.ok(await one.isRight());
        },
      ),
      runs(60),
    );
  });
});

interface BeginOptions {
  readonly had?: readonly number[];
  readonly memory?: number;
  readonly rate?: number;
  readonly seed?: number;
  readonly hashes?: MemoryHashStore;
  readonly beforeWrite?: () => Promise<void>;
}

async function begin(options: BeginOptions = {}) {
  const clock = new ManualClock();
  const store = new MemoryPartialStore();
  const budget = new MemoryBudget(options.memory ?? 64 * LEAF_BYTES);
  const hashes = options.hashes ?? new MemoryHashStore(clock);
  const destination = { root: '/to', relative: 'file' };
  const opened = await store.open(CONTENT.id, CONTENT.size, destination);
  for (const leaf of options.had ?? []) await opened.write(leaf, CONTENT.leaf(leaf));
  const partial = withDelay(opened, options.beforeWrite);
  const lost: [peer: string, code: string, message: string, retry: boolean][] = [];
  const limiter = new RateLimiter(clock, options.rate);
  const download = new ContentDownload({
    content: CONTENT.id,
    partial,
    store: hashes,
    swarms: new ContentSwarms({ self: 'ff'.repeat(16), clock, random: seededRandom(1) }),
    policy: rarestFirst,
    budget,
    buffers: new LeafBuffers(8),
    windows: new LinkWindows(clock, new InFlight(clock, limiter)),
    clock,
    random: seededRandom(options.seed ?? 1),
    onLost: (peer, { code, message, retry }) => lost.push([peer, code, message, retry]),
  });
  const sources: ScriptedSource[] = [];
  return {
    clock,
    budget,
    hashes,
    limiter,
    partial,
    download,
    lost,
    add(n: number, scripted: { hashes?: boolean; generous?: boolean } = {}): ScriptedSource {
      const source = new ScriptedSource(n, CONTENT as SampleContent, scripted);
      sources.push(source);
      download.add(source);
      return source;
    },
    /** Every source that is still there gives all it is asked for. */
    async finish(check: () => void = () => {}): Promise<void> {
      for (let turn = 0; turn < 200 && !partial.have.isFull; turn += 1) {
        await settle();
        check();
        for (const source of sources) if (!source.closed) source.giveAll();
      }
      await download.done;
      await settle();
      assert.equal(budget.used, 0);
    },
    async isRight(): Promise<boolean> {
      await opened.finish(false);
      return Buffer.compare(store.files.get('/to/file')!, CONTENT.bytes) === 0;
    },
    async stop(): Promise<void> {
      await download.stop();
      assert.equal(budget.used, 0);
    },
  };
}

function withDelay(partial: Partial, before: (() => Promise<void>) | undefined): Partial {
  if (!before) return partial;
  return new Proxy(partial, {
    get(target, key) {
      if (key !== 'write') return Reflect.get(target, key, target) as unknown;
      return async (leaf: number, bytes: Uint8Array) => {
        await before();
        await target.write(leaf, bytes);
      };
    },
  });
}

const byNumber = (a: number, b: number): number => a - b;
assert.equal(leafCount(CONTENT.size), LEAVES);
