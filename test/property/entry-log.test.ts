import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../src/core/clock.ts';
import type { Entry, LogPage, LogRecord } from '../../src/core/entry.ts';
import { seededRandom } from '../../src/core/random.ts';
import { LogFollower } from '../../src/index/follow-log.ts';
import { OwnLog } from '../../src/index/own-log.ts';
import { type LogRequest, serveLog } from '../../src/index/serve-log.ts';
import { MemoryEntryStore } from '../../src/storage/memory/entry-store.ts';

const OWNER = 'a'.repeat(32);
const DAY = 24 * 3600 * 1000;
const PATHS = ['s/a', 's/b', 's/c', 's/d/e', 's/d/f', 's/d/g/h', 's/d-2/x'];

/** What may happen between an owner and somebody who follows it. */
type Step =
  | { readonly do: 'put'; readonly path: number; readonly version: number }
  | { readonly do: 'delete'; readonly path: number }
  | { readonly do: 'delete-tree' }
  /** Days pass, and old deletions are pruned. */
  | { readonly do: 'wait'; readonly days: number }
  /** One page is asked for. It may be lost, or the follower may stop after some steps of taking it in. */
  | {
      readonly do: 'pull';
      readonly limit: number;
      readonly fate: 'ok' | 'lost' | 'crash';
      readonly after: number;
    }
  /** A page that was asked for earlier arrives again. */
  | { readonly do: 'replay' }
  /** The owner lost its database and begins a new log with what it holds. */
  | { readonly do: 'new-log' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      path: fc.nat(PATHS.length - 1),
      version: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), path: fc.nat(PATHS.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete-tree' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pull' as const),
      limit: fc.integer({ min: 1, max: 4 }),
      fate: fc.constantFrom('ok' as const, 'ok' as const, 'lost' as const, 'crash' as const),
      after: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replay' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('new-log' as const) }) },
);

/** An owner with a plain model of what it holds beside its log, and a follower that can be restarted at any point. */
class World {
  now = 1_000_000;
  readonly clock: Clock = { now: () => this.now, monotonic: () => this.now, after: () => () => {} };
  readonly model = new Map<string, string>();
  ownerStore = new MemoryEntryStore();
  log: OwnLog;
  readonly followerStore = new MemoryEntryStore();
  last: { asked: LogRequest; page: LogPage } | undefined;
  #logs = 0;

  constructor() {
    this.log = this.#newLog();
  }

  run(one: Step): void {
    this.now += 1000;
    const before = this.log.head();
    switch (one.do) {
      case 'put':
        this.model.set(PATHS[one.path]!, content(one.version));
        this.log.write([{ entry: entry(PATHS[one.path]!, one.version) }]);
        break;
      case 'delete':
        this.model.delete(PATHS[one.path]!);
        this.log.write([{ deleted: PATHS[one.path]! }]);
        break;
      case 'delete-tree': {
        for (const path of PATHS) if (path.startsWith('s/d/')) this.model.delete(path);
        let next: string | undefined;
        do next = this.log.deleteTree('s/d', 1, next).next;
        while (next !== undefined);
        break;
      }
      case 'wait':
        this.now += one.days * DAY;
        while (!this.log.prune(1));
        break;
      case 'pull':
        this.#pull(one);
        break;
      case 'replay':
        this.#replay();
        break;
      case 'new-log':
        this.ownerStore = new MemoryEntryStore();
        this.log = this.#newLog();
        for (const [path, id] of this.model) this.log.write([{ entry: { ...entry(path, 0), content: id } }]);
        return;
    }
    assert.equal(this.log.head().index, before.index);
    assert.ok(this.log.head().seq >= before.seq);
  }

  /** Follows to the end: how many pages that took. */
  catchUp(): number {
    for (let pages = 1; pages < 100; pages += 1)
      if (!this.#pull({ limit: 3, fate: 'ok', after: 0 })) return pages;
    return assert.fail('following never ends');
  }

  live(store: MemoryEntryStore): Map<string, string> {
    const found = store.page(OWNER, 0, 1000).filter(({ flag, kind }) => flag === 1 && kind === 'file');
    return new Map(found.map(({ path, content }) => [path, content!]));
  }

  #newLog(): OwnLog {
    this.#logs += 1;
    return new OwnLog(this.ownerStore, OWNER, this.clock, seededRandom(this.#logs));
  }

  /** A follower keeps nothing but its store: each page is followed by a new one. */
  #pull({ limit, fate, after }: { limit: number; fate: 'ok' | 'lost' | 'crash'; after: number }): boolean {
    const follower = new LogFollower({ store: this.followerStore, owner: OWNER, clock: this.clock });
    const asked = follower.request(limit);
    const page = serveLog(this.ownerStore, OWNER, asked, 100);
    this.last = { asked, page };
    if (fate === 'lost') return true;
    const steps = follower.accept(asked, page, 1);
    for (let done = 0; ; done += 1) {
      const taken = steps.next();
      if (taken.done) return taken.value;
      if (fate === 'crash' && done === after) return true;
    }
  }

  #replay(): void {
    if (!this.last) return;
    const follower = new LogFollower({ store: this.followerStore, owner: OWNER, clock: this.clock });
    try {
      for (const steps = follower.accept(this.last.asked, this.last.page, 1); !steps.next().done; );
    } catch (error) {
      assert.equal((error as { code: string }).code, 'conflict');
    }
  }
}

describe('entry log and its followers', () => {
  it('ends with what the owner holds, whatever was lost, interrupted, pruned or begun anew', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = new World();
        for (const one of steps) world.run(one);
        assert.deepEqual(world.live(world.ownerStore), world.model, 'the log is what its owner holds');
        world.catchUp();
        // A replayed page may be older than what was known: the next head brings the rest.
        const sorted = (map: Map<string, string>) => [...map].sort();
        assert.deepEqual(sorted(world.live(world.followerStore)), sorted(world.model));
        const { index, seq } = world.log.head();
        const state = world.followerStore.owner(OWNER)!;
        assert.deepEqual({ index: state.index, seq: state.seq }, { index, seq });
        assert.equal(state.snapshot, undefined);
        assert.equal(state.files, world.model.size);
        assert.equal(world.catchUp(), 1);
      }),
      { numRuns: 400 },
    );
  });

  it('shows what was known before while a snapshot is on its way', () => {
    const world = new World();
    for (let i = 0; i < PATHS.length; i += 1) world.run({ do: 'put', path: i, version: 1 });
    world.catchUp();
    world.run({ do: 'delete', path: 0 });
    world.run({ do: 'new-log' });
    world.run({ do: 'pull', limit: 2, fate: 'crash', after: 0 });
    assert.equal(world.live(world.followerStore).size, PATHS.length);
    world.catchUp();
    assert.equal(world.live(world.followerStore).size, PATHS.length - 1);
  });

  it('writes no record for a change that is none', () => {
    const { log } = new World();
    assert.deepEqual(log.write([{ entry: entry('s/a', 1) }]), { added: 1, changed: 0, deleted: 0 });
    assert.deepEqual(log.write([{ entry: entry('s/a', 1) }, { deleted: 's/none' }]), {
      added: 0,
      changed: 0,
      deleted: 0,
    });
    assert.equal(log.head().seq, 1);
    assert.deepEqual(log.write([{ entry: entry('s/a', 2) }, { deleted: 's/a' }, { deleted: 's/a' }]), {
      added: 0,
      changed: 1,
      deleted: 1,
    });
    assert.equal(log.head().seq, 3);
  });

  it('answers within a snapshot below the floor, until more is pruned', () => {
    const world = new World();
    for (let i = 0; i < 4; i += 1) world.run({ do: 'put', path: i, version: 1 });
    world.run({ do: 'delete', path: 3 });
    world.run({ do: 'wait', days: 31 });
    const { index, floor } = world.ownerStore.owner(OWNER)!;
    assert.equal(floor, 5);
    assert.equal(serveLog(world.ownerStore, OWNER, { index, since: 2, limit: 1 }, 10).since, 0);
    assert.equal(serveLog(world.ownerStore, OWNER, { index, since: 2, limit: 1, floor }, 10).since, 2);
    assert.equal(serveLog(world.ownerStore, OWNER, { index, since: 2, limit: 1, floor: 4 }, 10).since, 0);
    assert.equal(serveLog(world.ownerStore, OWNER, { index, since: 99, limit: 1 }, 10).since, 0);
  });
});

describe('pages from elsewhere', () => {
  const asked: LogRequest = { index: '1'.repeat(16), since: 5, limit: 3 };
  const record: LogRecord = { ...entry('s/a', 1), seq: 6 };
  const page: LogPage = {
    owner: OWNER,
    index: '1'.repeat(16),
    floor: 0,
    last: 9,
    since: 5,
    records: [record],
    more: true,
  };
  const folder: LogRecord = { ...record, kind: 'folder', size: 0, content: undefined };

  const refused: Record<string, LogPage> = {
    'another owner': { ...page, owner: 'b'.repeat(32) },
    'another index going on': { ...page, index: '2'.repeat(16) },
    'a start that was not asked for': { ...page, since: 6, records: [{ ...record, seq: 7 }] },
    'an end that is known': { ...page, since: 3, records: [{ ...record, seq: 5 }] },
    'a jump beyond its end': { ...page, jumps: [[6, 10]] },
    'jumps that do not rise': {
      ...page,
      jumps: [
        [6, 8],
        [7, 9],
      ],
    },
    'an index id that is none': { ...page, index: 'x' },
    'a number that was known': { ...page, records: [{ ...record, seq: 5 }] },
    'a number above the last': { ...page, records: [{ ...record, seq: 10 }] },
    'numbers that do not rise': { ...page, records: [{ ...record, seq: 7 }, record] },
    'more records than asked': {
      ...page,
      records: [6, 7, 8, 9].map((seq) => ({ ...record, path: `s/${seq}`, seq })),
    },
    'more, and nothing': { ...page, records: [] },
    'a floor above the last': { ...page, floor: 10 },
    'deletions that may be missing': { ...page, floor: 6 },
    'a last that is known': { ...page, since: 0, last: 4, records: [{ ...record, seq: 3 }], more: false },
    'a name of 10 MB': { ...page, records: [{ ...record, path: `s/${'x'.repeat(10_000_000)}` }] },
    'a number above 2^53': { ...page, last: 2 ** 53 },
    'a path that leads out': { ...page, records: [{ ...record, path: '../x' }] },
    'a path that is not composed': { ...page, records: [{ ...record, path: 's/e\u0301' }] },
    'a size of no file': { ...page, records: [{ ...record, size: 2 ** 45 }] },
    'half a byte': { ...page, records: [{ ...record, size: 0.5 }] },
    'a folder with a size': { ...page, records: [{ ...folder, size: 1 }] },
    'a folder with a content': { ...page, records: [{ ...folder, content: content(1) }] },
    'a live file without content': { ...page, records: [{ ...record, content: undefined }] },
    'a deleted file with content': { ...page, records: [{ ...record, flag: 0 }] },
    'a content id that is none': { ...page, records: [{ ...record, content: 'abc' }] },
    'a time beyond 63 bits': { ...page, records: [{ ...record, mtime: 2n ** 63n }] },
  };

  for (const [what, bad] of Object.entries(refused)) {
    it(`are refused for ${what}`, () => {
      const { follower, store } = following();
      assert.throws(() => follower.accept(asked, bad, 10).next(), { code: 'verification' });
      assert.equal(store.owner(OWNER)?.seq, 5);
      assert.equal(store.owner(OWNER)?.records, 0);
    });
  }

  it('are taken when nothing is wrong with them', () => {
    const { follower, store } = following();
    const steps = follower.accept(
      asked,
      { ...page, records: [record, { ...folder, path: 's', seq: 9 }], more: false },
      10,
    );
    while (!steps.next().done);
    assert.equal(store.owner(OWNER)?.seq, 9);
    assert.equal(store.owner(OWNER)?.records, 2);
  });

  it('are refused beyond the entries that one owner may have', () => {
    const { follower, store } = following(2);
    const records = [6, 7, 8].map((seq) => ({ ...record, path: `s/${seq}`, seq }));
    assert.throws(() => follower.accept(asked, { ...page, records }, 10).next(), { code: 'limit' });
    assert.equal(store.owner(OWNER)?.records, 0);
  });

  it('are refused beyond the bytes of paths that one owner may have', () => {
    const { follower, store } = following(100, 4 * 4000);
    const named = (seq: number) => ({ ...record, path: `s/${'a/'.repeat(1990)}${seq}`, seq });
    const taken = follower.accept(asked, { ...page, records: [6, 7, 8].map(named) }, 10);
    while (!taken.next().done);
    const next = { ...asked, since: 8 };
    const further = { ...page, since: 8, last: 20, records: [9, 10].map(named) };
    assert.throws(() => follower.accept(next, further, 10).next(), { code: 'limit' });
    assert.equal(store.owner(OWNER)?.records, 3);
  });

  it('that promise a billion entries bring those that they have, and nothing waits for the rest', () => {
    const { follower, store } = following();
    const steps = follower.accept(asked, { ...page, last: Number.MAX_SAFE_INTEGER, more: false }, 10);
    while (!steps.next().done);
    assert.equal(store.owner(OWNER)?.records, 1);
    assert.equal(follower.behind({ index: page.index, seq: 9 }), false);
  });

  it('may bring a new owner as many entries as others, although all of it is a snapshot', () => {
    const store = new MemoryEntryStore();
    const clock: Clock = { now: () => 1, monotonic: () => 1, after: () => () => {} };
    const follower = new LogFollower({ store, owner: OWNER, clock, limits: { entries: 2 } });
    const records = [1, 2, 3].map((seq) => ({ ...record, path: `s/${seq}`, seq }));
    const first = follower.accept({ since: 0, limit: 3 }, { ...page, since: 0, records }, 10);
    assert.throws(() => first.next(), { code: 'limit' });
    assert.equal(store.owner(OWNER)?.records, 0);
  });

  function following(entries = 100, pathBytes = 2 ** 20) {
    const store = new MemoryEntryStore();
    store.addOwner(OWNER, { index: '1'.repeat(16), seq: 5, floor: 0 }, 1);
    const clock: Clock = { now: () => 1, monotonic: () => 1, after: () => () => {} };
    return {
      store,
      follower: new LogFollower({ store, owner: OWNER, clock, limits: { entries, pathBytes } }),
    };
  }
});

function content(version: number): string {
  return String(version).padStart(64, '0');
}

function entry(path: string, version: number): Entry {
  return {
    path,
    kind: 'file',
    size: version,
    mtime: BigInt(version),
    executable: false,
    content: content(version),
    flag: 1,
  };
}
