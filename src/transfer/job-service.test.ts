import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryTransfers } from '../../test/support/memory-transfers.ts';
import { type SampleContent, sampleContent } from '../../test/support/sample-content.ts';
import { settle } from '../../test/support/settle.ts';
import { PeerdexError } from '../core/errors.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { WantedItem } from '../core/wanted.ts';
import { MemoryJobStore } from '../storage/memory/job-store.ts';
import type { JobEvent } from './job-events.ts';
import { JobService } from './job-service.ts';
import { SOURCELESS_MS } from './source-finder.ts';

const DAY_MS = 24 * 3600 * 1000;
const A = sampleContent(6 * LEAF_BYTES + 1, 1);
const B = sampleContent(3 * LEAF_BYTES, 2);
const C = sampleContent(10, 3);

describe('jobs', () => {
  it('put files and folders where they belong and say so', async () => {
    const one = start();
    one.world.hold(A);
    one.world.hold(C);
    one.create('j', [file('set/a', A), folder('set/empty'), file('c', C)]);
    await one.until('done');
    assert.ok(one.has('/to/set/a', A) && one.has('/to/c', C));
    assert.equal(one.world.file('/to/set/empty'), null);
    const view = one.service.view('j');
    assert.deepEqual(
      [view.shown, view.bytes, view.size, view.rate, view.why],
      ['done', A.size + C.size, A.size + C.size, 0, undefined],
    );
    assert.ok(view.ended);
    assert.deepEqual(one.world.written.map(({ content }) => content).sort(), [A.id, C.id].sort());
    const done = one.events.filter((event) => event.event === 'done');
    assert.deepEqual(done.map(({ path, bytes }) => [path, bytes]).sort(), [
      ['/to/c', C.size],
      ['/to/set/a', A.size],
    ]);
    assert.deepEqual(one.events.at(-1), { event: 'ended', job: 'j', state: 'done' });
    assert.equal(one.world.budget.used, 0);
    await one.service.stop();
  });

  it('a paused job keeps what it has and goes on with the rest', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.create('j', [file('a', A)]);
    const source = await one.source();
    source.give(2);
    source.give(0);
    await settle();
    assert.equal((await one.service.pause('j')).shown, 'paused');
    assert.equal((await one.service.pause('j')).shown, 'paused');
    assert.equal(source.closed, true);
    assert.equal(one.world.budget.used, 0);
    assert.deepEqual([...(await one.world.partials.kept())], [[A.id, 2 * LEAF_BYTES]]);
    await one.run(60_000);
    assert.equal(one.world.opened.length, 1, 'it asks for nothing meanwhile');

    one.world.generous = true;
    const resumed = one.service.resume('j');
    assert.deepEqual([resumed.shown, resumed.bytes], ['running', 2 * LEAF_BYTES], 'from the first moment');
    await one.until('done');
    assert.deepEqual([...one.world.opened[1]!.asked].sort(), [1, 3, 4, 5, 6]);
    assert.ok(one.has('/to/a', A));
    await one.service.stop();
  });

  it('when pause or cancel have answered, nothing of the job is under way', async () => {
    for (const end of ['pause', 'cancel'] as const) {
      const one = start({ lanes: 1 });
      one.world.generous = false;
      one.world.hold(A);
      one.world.hold(B);
      one.create('j', [file('a', A), file('b', B)]);
      const source = await one.source();
      source.giveAll();
      await one.service[end]('j');
      assert.equal(one.world.openPartials, 0);
      assert.equal(one.world.budget.used, 0);
      assert.equal(
        one.world.opened.every(({ closed }) => closed),
        true,
      );
      const kept = [...(await one.world.partials.kept()).values()].reduce((sum, bytes) => sum + bytes, 0);
      assert.equal(kept > 0, end === 'pause');
      one.world.generous = true;
      if (end === 'pause') {
        one.service.resume('j');
        await one.until('done');
        assert.ok(one.has('/to/a', A) && one.has('/to/b', B));
      }
      await one.service.stop();
    }
  });

  it('who pauses, cancels and resumes at the same time gets what was said last, and cancelled stays cancelled', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.create('j', [file('a', A)]);
    await one.source();
    const kept = one.world.partials.kept.bind(one.world.partials);
    const looks: (() => void)[] = [];
    one.world.partials.kept = async () => {
      await new Promise<void>((resolve) => looks.push(resolve));
      return kept();
    };
    const lookedAt = async () => {
      await eventuallySettled(() => looks.length > 0);
      for (const go of looks.splice(0)) go();
    };
    const pausing = one.service.pause('j');
    await eventuallySettled(() => looks.length > 0);
    one.service.resume('j');
    await Promise.all([pausing, lookedAt()]);
    assert.equal(one.service.view('j').shown, 'running');
    assert.deepEqual(
      one.events.filter(({ event }) => event === 'ended'),
      [],
    );
    const both = [one.service.cancel('j'), one.service.pause('j')];
    await lookedAt();
    await Promise.all(both);
    assert.equal(one.service.view('j').shown, 'cancelled');
    assert.deepEqual(
      one.events.filter(({ event }) => event === 'ended'),
      [{ event: 'ended', job: 'j', state: 'cancelled' }],
    );
    one.world.partials.kept = kept;
    await one.service.stop();
  });

  it('a cancelled job leaves nothing that was fetched in part', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.world.hold(C);
    one.create('j', [file('c', C), file('a', A)]);
    await one.source();
    await eventuallySettled(() => one.world.opened.length === 2);
    const [small, large] =
      one.world.opened[0]!.pending.size === 1 ? one.world.opened : one.world.opened.toReversed();
    small!.giveAll();
    large!.give(0);
    await settle();
    const view = await one.service.cancel('j');
    assert.equal(view.shown, 'cancelled');
    assert.ok(view.ended);
    assert.equal((await one.world.partials.kept()).size, 0);
    assert.equal(one.world.file('/to/a'), undefined);
    assert.ok(one.has('/to/c', C), 'what is whole stays');
    assert.equal((await one.service.cancel('j')).shown, 'cancelled');
    assert.throws(() => one.service.resume('j'), { code: 'conflict' });
    await assert.rejects(one.service.pause('j'), { code: 'conflict' });
    await one.service.stop();
  });

  it('what another job still wants is not thrown away with a cancelled one', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.create('j', [file('a', A)]);
    const source = await one.source();
    source.give(0);
    await settle();
    await one.service.pause('j');
    one.create('k', [file('a', A)]);
    await one.service.cancel('k');
    assert.equal((await one.world.partials.kept()).get(A.id), LEAF_BYTES);
    await one.service.cancel('j');
    assert.equal((await one.world.partials.kept()).size, 0);
    await one.service.stop();
  });

  it('after a restart jobs go on by themselves, paused ones do not', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.world.hold(B);
    one.create('j', [file('a', A)]);
    const source = await one.source();
    source.give(3);
    one.create('p', [file('b', B)]);
    await settle();
    await one.service.pause('p');
    await one.service.stop();
    assert.equal(one.world.budget.used, 0);
    assert.deepEqual(
      one.events.filter(({ event }) => event === 'failed'),
      [],
    );

    one.world.generous = true;
    const again = start({ world: one.world, store: one.store });
    await again.until('done');
    assert.ok(again.has('/to/a', A));
    const asked = one.world.opened.at(-1)!.asked;
    assert.ok(!asked.includes(3), 'what was there is not asked for');
    assert.equal(again.service.view('p').shown, 'paused');
    await again.service.stop();
  });

  it('an item that fails does not fail the others, and is tried again on resume', async () => {
    const one = start();
    one.world.hold(A);
    one.world.hold(B);
    one.world.hold(C);
    one.world.withdraw(B);
    one.create('j', [file('b', B), file('a', A), file('c', C)]);
    await one.until('failed');
    assert.ok(one.has('/to/a', A) && one.has('/to/c', C));
    const failed = one.events.filter((event) => event.event === 'failed');
    assert.deepEqual(
      failed.map(({ path, code }) => [path, code]),
      [['/to/b', 'failed']],
    );
    assert.match(one.service.view('j').why ?? '', /peer-1: it does not share this content any more/);
    const passed = one.events.find((event) => event.event === 'passed-over');
    assert.equal(passed?.event === 'passed-over' && passed.name, 'peer-1');
    await assert.rejects(one.service.pause('j'), { code: 'conflict' });

    one.world.hold(B);
    const before = one.world.opened.length;
    one.service.resume('j');
    await one.until('done');
    assert.ok(one.has('/to/b', B));
    assert.equal(one.world.opened.length, before + 1, 'only what failed is fetched');
    assert.equal(one.service.view('j').why, undefined);
    await one.service.stop();
  });

  it('what failed is tried again on resume while the rest is under way', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.world.partials.files.set('/to/c', new Uint8Array([1, 2]));
    one.create('j', [file('c', C), file('a', A)]);
    const source = await one.source();
    await eventuallySettled(() => one.events.some(({ event }) => event === 'failed'));
    one.world.partials.files.delete('/to/c');
    one.world.generous = true;
    one.world.hold(C);
    assert.equal(one.service.resume('j').shown, 'running');
    await eventuallySettled(() => one.has('/to/c', C));
    assert.equal(one.service.view('j').shown, 'running', 'the rest goes on');
    source.giveAll();
    await one.until('done');
    assert.ok(one.has('/to/a', A));
    assert.equal(one.world.opened.length, 2, 'each was asked for once');
    await one.service.stop();
  });

  it('what failed before a restart is tried again once on resume, also where the run has not come to it yet', async () => {
    const store = new MemoryJobStore();
    const folders = Array.from({ length: 300 }, (_, n) => folder(`f${n}`));
    store.create({ id: 'j', what: 'j', state: 'running', root: '/to', overwrite: false, created: 0 }, [
      ...folders,
      file('a', A),
    ]);
    store.endItem('j', 300, 'failed', 'failed', 'nobody had it');
    const one = start({ store });
    one.world.generous = false;
    one.world.hold(A);
    const end = store.endItem.bind(store);
    store.endItem = (job, ordinal, ...how) => {
      end(job, ordinal, ...how);
      if (ordinal === 10) one.service.resume('j');
    };
    const source = await one.source();
    await eventuallySettled(() => one.store.totals('j').open === 1);
    source.giveAll();
    await one.until('done');
    assert.equal(one.events.filter(({ event }) => event === 'done').length, 1);
    await one.service.stop();
  });

  it('says how many failed when several did', async () => {
    const one = start();
    one.world.hold(B);
    one.world.hold(C);
    one.world.withdraw(B);
    one.world.withdraw(C);
    one.create('j', [file('b', B), file('c', C)]);
    await one.until('failed');
    assert.match(one.service.view('j').why ?? '', /\(and 1 more\)$/);
    await one.service.stop();
  });

  it('waits for a source and says so, and fails with the reason when none comes', async () => {
    const one = start();
    one.create('j', [file('a', A)]);
    await one.run(3000);
    const view = one.service.view('j');
    assert.deepEqual([view.shown, view.why], ['waiting', 'no active peer holds this file']);
    const progress = one.events.findLast((event) => event.event === 'progress');
    assert.equal(progress?.event === 'progress' && progress.reason, 'no active peer holds this file');
    await one.run(SOURCELESS_MS);
    assert.equal(one.service.view('j').shown, 'failed');
    assert.equal(one.service.view('j').why, 'no active peer holds this file');
    await one.service.stop();
  });

  it('a source that comes while it waits is taken', async () => {
    const one = start();
    one.create('j', [file('a', A)]);
    await one.run(5000);
    one.world.hold(A);
    await one.until('done');
    assert.ok(one.has('/to/a', A));
    await one.service.stop();
  });

  it('shows how far it is', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.create('j', [file('a', A)]);
    const source = await one.source();
    source.give(0);
    await one.run(1000);
    const view = one.service.view('j');
    assert.deepEqual([view.shown, view.bytes, view.size, view.sources], ['running', LEAF_BYTES, A.size, 1]);
    assert.ok(view.rate > 0);
    const progress = one.events.findLast((event) => event.event === 'progress');
    assert.ok(progress?.event === 'progress');
    assert.deepEqual(
      [progress.path, progress.bytes, progress.size, progress.sources],
      ['/to/a', LEAF_BYTES, A.size, 1],
    );
    await one.service.stop();
  });

  it('one content wanted twice is fetched once', async () => {
    const one = start();
    one.world.hold(A);
    one.create('j', [file('x/a', A), file('y/a', A)]);
    one.create('k', [file('z/a', A)]);
    await one.until('done');
    await one.until('done', 'k');
    assert.equal(one.world.opened.length, 1);
    for (const path of ['x/a', 'y/a', 'z/a']) assert.ok(one.has(`/to/${path}`, A), path);
    const fetched = one.events.flatMap((event) => (event.event === 'done' ? [event.bytes] : []));
    assert.deepEqual(fetched.sort(), [0, 0, A.size]);
    await one.service.stop();
  });

  it('what stands there already is done at once, something else is refused unless told', async () => {
    const one = start();
    one.world.hold(A);
    one.world.partials.files.set('/to/a', A.bytes);
    one.create('same', [file('a', A)]);
    await one.until('done', 'same');
    assert.equal(one.world.opened.length, 0);
    assert.equal(one.world.written[0]?.relative, 'a');

    one.world.hold(B);
    one.create('other', [file('a', B)]);
    await one.until('failed', 'other');
    assert.match(one.service.view('other').why ?? '', /a different file stands at \/to\/a/);
    assert.ok(one.has('/to/a', A));
    one.create('told', [file('a', B)], true);
    await one.until('done', 'told');
    assert.ok(one.has('/to/a', B));

    one.create('folder', [folder('a')]);
    await one.until('failed', 'folder');
    one.world.partials.files.set('/to/d', null);
    one.create('on folder', [file('d', B)], true);
    await one.until('failed', 'on folder');
    assert.match(one.service.view('on folder').why ?? '', /a folder stands/);
    await one.service.stop();
  });

  it('says before it starts that the space does not suffice', async () => {
    const one = start({ world: new MemoryTransfers(A.size + B.size - 1) });
    one.world.hold(A);
    one.world.hold(B);
    one.create('j', [file('a', A), file('b', B)]);
    await one.until('failed');
    const failed = one.events.find((event) => event.event === 'failed');
    assert.deepEqual(failed?.event === 'failed' && [failed.code, failed.path], ['no-space', '/to']);
    assert.equal(one.world.opened.length, 0);
    await one.service.stop();
  });

  it('does not ask for room for what it has in part already', async () => {
    const one = start({ world: new MemoryTransfers(A.size + B.size) });
    one.world.generous = false;
    one.world.hold(A);
    one.world.hold(B);
    one.create('j', [file('a', A), file('b', B)]);
    await eventuallySettled(() => one.world.opened.length === 2);
    for (const source of one.world.opened) source.give([...source.pending][0]!);
    await settle();
    await one.service.pause('j');
    one.world.generous = true;
    one.service.resume('j');
    await one.until('done');
    await one.service.stop();
  });

  it('outcomes that cannot be written down are told, kept and written later', async () => {
    const one = start();
    one.world.hold(A);
    one.world.hold(C);
    const { endItem, update } = MemoryJobStore.prototype;
    const full = () => {
      throw new PeerdexError('no-space', 'full');
    };
    one.store.endItem = full;
    one.store.update = full;
    one.create('j', [file('a', A), file('c', C)]);
    one.create('k', [file('b', B)]);
    await one.until('done');
    await one.run(SOURCELESS_MS + 1000);
    const failed = one.service.view('k');
    assert.deepEqual([failed.shown, failed.why], ['failed', 'no active peer holds this file']);
    assert.equal(one.service.view('j').bytes, A.size + C.size);
    const ended = one.events.flatMap((event) => (event.event === 'ended' ? [event.state] : []));
    assert.deepEqual(ended, ['done', 'failed']);
    assert.deepEqual(
      one.store.all().map(({ state }) => state),
      ['queued', 'queued'],
    );
    one.store.endItem = endItem;
    one.store.update = update;
    await one.run(11_000);
    assert.deepEqual(
      one.store.all().map(({ state }) => state),
      ['done', 'failed'],
    );
    assert.deepEqual([one.store.totals('j').open, one.store.totals('k').failed], [0, 1]);
    await one.service.stop();
  });

  it('a file that stands whole is done, also when that cannot be recorded', async () => {
    const world = new MemoryTransfers();
    world.written.push = () => {
      throw new PeerdexError('no-space', 'full');
    };
    const one = start({ world });
    world.hold(A);
    one.create('j', [file('a', A)]);
    await one.until('done');
    assert.ok(one.has('/to/a', A));
    one.create('again', [file('a', A)]);
    await one.until('done', 'again');
    await one.service.stop();
  });

  it('a cancelled job leaves nothing behind, also when that cannot be written down', async () => {
    const one = start();
    one.world.generous = false;
    one.world.hold(A);
    one.create('j', [file('a', A)]);
    (await one.source()).give(0);
    await settle();
    const full = () => {
      throw new PeerdexError('no-space', 'full');
    };
    one.store.update = full;
    one.store.prune = full;
    assert.equal((await one.service.cancel('j')).shown, 'cancelled');
    assert.equal((await one.world.partials.kept()).size, 0);
    one.world.clock.advance(2 * 3600 * 1000);
    await settle();
    assert.equal(one.service.view('j').shown, 'cancelled');
    await one.service.stop();
  });

  it('an unknown job is not found', async () => {
    const one = start();
    assert.throws(() => one.service.view('x'), { code: 'not-found' });
    assert.throws(() => one.service.resume('x'), { code: 'not-found' });
    await assert.rejects(one.service.pause('x'), { code: 'not-found' });
    await assert.rejects(one.service.cancel('x'), { code: 'not-found' });
    await one.service.stop();
  });

  it('jobs that ended a week ago are forgotten, with what failed ones had in part', async () => {
    const one = start();
    one.world.hold(C);
    one.create('done', [file('c', C)]);
    await one.until('done', 'done');
    one.world.generous = false;
    one.world.hold(A);
    one.create('failed', [file('a', A)]);
    const source = await one.source(2);
    source.give(0);
    await settle();
    one.world.withdraw(A);
    source.listener.refused(undefined, 'changed');
    await one.until('failed', 'failed');
    assert.equal((await one.world.partials.kept()).size, 1);
    one.world.clock.advance(6 * DAY_MS);
    await settle();
    assert.equal(one.service.list().length, 2);
    one.world.clock.advance(DAY_MS + 2 * 3600 * 1000);
    await settle();
    assert.deepEqual(one.service.list(), []);
    assert.equal((await one.world.partials.kept()).size, 0);
    await one.service.stop();
  });
});

interface StartOptions {
  readonly world?: MemoryTransfers;
  readonly store?: MemoryJobStore;
  readonly lanes?: number;
}

function start({
  world = new MemoryTransfers(),
  store = new MemoryJobStore(),
  lanes = 4,
}: StartOptions = {}) {
  const service = new JobService({ store, parts: world.parts(), lanes });
  const events: JobEvent[] = [];
  service.watch((event) => events.push(event));
  service.start();
  const run = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      await settle();
      world.clock.advance(500);
    }
    await settle();
  };
  return {
    world,
    store,
    service,
    events,
    run,
    create(id: string, items: readonly WantedItem[], overwrite = false) {
      service.create({ id, what: id, root: '/to', overwrite, items });
    },
    /** The n-th channel to another peer, once it is asked for data. */
    async source(n = 1) {
      await eventuallySettled(() => (world.opened[n - 1]?.pending.size ?? 0) > 0);
      return world.opened[n - 1]!;
    },
    async until(state: string, id = 'j') {
      for (let i = 0; i < 400 && service.view(id).shown !== state; i += 1) {
        await settle();
        if (i % 5 === 4) world.clock.advance(500);
      }
      assert.equal(service.view(id).shown, state, service.view(id).why ?? id);
    },
    has: (path: string, { bytes }: SampleContent) => {
      const file = world.file(path);
      return file !== null && file !== undefined && Buffer.compare(file, bytes) === 0;
    },
  };
}

async function eventuallySettled(check: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !check(); i += 1) await settle();
  assert.ok(check());
}

const file = (relative: string, { id, size }: SampleContent): WantedItem => ({
  relative,
  kind: 'file',
  size,
  content: id,
});

const folder = (relative: string): WantedItem => ({ relative, kind: 'folder', size: 0 });
