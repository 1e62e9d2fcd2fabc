import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { FallenIndex } from '../../src/app/fallen-index.ts';
import { ownPage } from '../../src/app/page-bytes.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { IndexHead, LogPage } from '../../src/core/entry.ts';
import { PeerdexError } from '../../src/core/errors.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { SignedPage } from '../../src/core/ports/page-store.ts';
import { seededRandom } from '../../src/core/random.ts';
import { LogFollower } from '../../src/index/follow-log.ts';
import { KeptPages } from '../../src/index/kept-pages.ts';
import { drawIndexId, OwnLog } from '../../src/index/own-log.ts';
import { type LogRequest, serveLog } from '../../src/index/serve-log.ts';
import { MemoryEntryStore } from '../../src/storage/memory/entry-store.ts';
import { MemoryPageStore } from '../../src/storage/memory/page-store.ts';
import { fuzzRuns } from '../fuzz/runs.ts';
import { freshKey } from '../support/fresh-key.ts';

const KEY = freshKey();
const OWNER = KEY.id;
const DAY = 24 * 3600 * 1000;
const PATHS = ['s/a', 's/b', 's/c', 's/d', 's/e'];
const FOLLOWERS = 3;

type Step =
  | { readonly do: 'put' | 'delete'; readonly path: number }
  /** Days pass, or the owner's clock jumps, also back. */
  | { readonly do: 'wait'; readonly days: number }
  /** A copy of the database is made; it takes the place of the database at a later start; the owner is started anew. */
  | { readonly do: 'copy' | 'restore' | 'restart' | 'lose' }
  /** The registry hears the owner's head. */
  | { readonly do: 'tell' }
  /** The owner hears how far a follower knows its log. */
  | { readonly do: 'news'; readonly who: number }
  | {
      readonly do: 'pull';
      readonly who: number;
      /** A follower too, or the owner. */
      readonly from: number;
      readonly limit: number;
      readonly fate: 'ok' | 'lost' | 'crash';
      /** Whether the owner is asked from where its follower's kept pages become fewer. */
      readonly merges: boolean;
    };

const who = fc.nat(FOLLOWERS - 1);
const one = <T extends string>(what: T) => fc.record({ do: fc.constant(what) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('put' as const), path: fc.nat(PATHS.length - 1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), path: fc.nat(PATHS.length - 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 7, 31, -40, 4000) }),
  },
  { weight: 1, arbitrary: one('copy') },
  { weight: 1, arbitrary: one('restore') },
  { weight: 1, arbitrary: one('restart') },
  { weight: 1, arbitrary: one('lose') },
  { weight: 2, arbitrary: one('tell') },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('news' as const), who }) },
  {
    weight: 14,
    arbitrary: fc.record({
      ...{ do: fc.constant('pull' as const), who, from: fc.nat(FOLLOWERS) },
      limit: fc.integer({ min: 1, max: 4 }),
      fate: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'lost' as const, 'crash' as const),
      merges: fc.boolean(),
    }),
  },
);

interface Follower {
  readonly store: MemoryEntryStore;
  readonly kept: KeptPages;
}

/** What its owner holds is a map of paths and the numbers of their puts; everything else must come to the same. */
class World {
  now = 1_000_000;
  readonly clock: Clock = { now: () => this.now, monotonic: () => this.now, after: () => () => {} };
  readonly truth = new Map<string, number>();
  readonly followers: readonly Follower[] = Array.from({ length: FOLLOWERS }, () => ({
    store: new MemoryEntryStore(),
    kept: new KeptPages(new MemoryPageStore()),
  }));
  told: IndexHead | undefined;
  passedOn = 0;
  #random = seededRandom(1);
  #store = new MemoryEntryStore();
  #copy: MemoryEntryStore | undefined;
  #log = new OwnLog(this.#store, OWNER, this.clock, this.#random);
  #fallen = this.#watch();
  #puts = 0;

  run(now: Step): void {
    this.now += 1000;
    switch (now.do) {
      case 'put':
        this.truth.set(PATHS[now.path]!, ++this.#puts);
        this.#log.write([{ entry: entry(PATHS[now.path]!, this.#puts) }]);
        break;
      case 'delete':
        this.truth.delete(PATHS[now.path]!);
        this.#log.write([{ deleted: PATHS[now.path]! }]);
        break;
      case 'wait':
        this.now += now.days * DAY;
        while (!this.#log.prune(1));
        break;
      case 'copy':
        this.#copy = this.#copyOf(this.#store);
        break;
      case 'restart':
        this.#start(this.#store);
        break;
      case 'restore':
        if (this.#copy) this.#start(this.#copyOf(this.#copy));
        break;
      case 'lose':
        this.#start(new MemoryEntryStore());
        break;
      case 'tell':
        this.told = this.#log.head();
        break;
      case 'news':
        this.#hear(now.who);
        break;
      case 'pull':
        this.#pull(now);
    }
  }

  /** Everybody who can be asked is asked, until nobody is behind; the owner hears how far each knows its log. */
  settle(): void {
    for (let who = 0; who < FOLLOWERS; who += 1) this.#hear(who);
    this.told = this.#log.head();
    for (let round = 0; round < 200; round += 1) {
      const behind = this.followers.findIndex((follower) => this.#follower(follower).behind(this.told!));
      if (behind < 0) return;
      // A few ask the owner, the others ask one of those first.
      const from = behind === 0 || round % 3 === 2 ? FOLLOWERS : behind - 1;
      this.#pull({ who: behind, from, limit: 3, fate: 'ok', merges: true });
      this.told = this.#log.head();
    }
    assert.fail('following never ends');
  }

  live(store: MemoryEntryStore): [string, number][] {
    const all = store.page(OWNER, 0, 1000).filter(({ flag }) => flag === 1);
    return all.map(({ path, size }): [string, number] => [path, size]).sort();
  }

  #pull({ who, from, limit, fate, merges }: Omit<Extract<Step, { do: 'pull' }>, 'do'>): void {
    const follower = this.followers[who]!;
    const rules = this.#follower(follower);
    const isOwner = from === FOLLOWERS;
    if (from === who) return;
    const own = rules.request(limit, isOwner);
    const start = isOwner && merges ? rules.cheapestStart(follower.kept) : Number.POSITIVE_INFINITY;
    const asked = start === 0 ? { ...own, since: 0 } : own;
    const answer = isOwner ? this.#ask(asked) : this.#askOther(from, { ...asked, atLeast: own.since });
    if (!answer || fate === 'lost') return;
    const { page, signed } = answer;
    const server = isOwner ? OWNER : String(from).repeat(32);
    try {
      const steps = rules.accept(asked, page, 1, server);
      for (let done = 0; ; done += 1) {
        if (steps.next().done) break;
        if (fate === 'crash' && done === 1) return;
      }
      follower.kept.keep(page, signed);
      if (!isOwner) this.passedOn += 1;
    } catch (error) {
      if (!(error instanceof PeerdexError) || !['verification', 'conflict'].includes(error.code)) throw error;
    }
  }

  #ask(asked: LogRequest): { page: LogPage; signed: SignedPage } {
    this.#fallen.asked(asked);
    const page = serveLog(this.#store, OWNER, asked, 100);
    this.#fallen.gave(page.last);
    return { page, signed: signedOf(page) };
  }

  #askOther(from: number, asked: LogRequest): { page: LogPage; signed: SignedPage } | undefined {
    const signed = this.followers[from]!.kept.serve(OWNER, { ...asked, limit: 100 });
    return signed && { page: pages.get(signed)!, signed };
  }

  #hear(who: number): void {
    const state = this.followers[who]!.store.owner(OWNER);
    if (!state) return;
    const { index, seq, snapshot } = state;
    this.#fallen.heard(snapshot ? { index: snapshot.index, seq: snapshot.last } : { index, seq });
  }

  /** It keeps nothing but its stores. */
  #follower({ store }: Follower): LogFollower {
    return new LogFollower({ store, owner: OWNER, clock: this.clock, present: () => this.told?.index });
  }

  /** With what the database has; the first scan brings what the disk has. */
  #start(store: MemoryEntryStore): void {
    this.#store = store;
    this.#log = new OwnLog(store, OWNER, this.clock, this.#random);
    this.#fallen = this.#watch();
    const gone = store.page(OWNER, 0, 1000).filter(({ path, flag }) => flag === 1 && !this.truth.has(path));
    this.#log.write(gone.map(({ path }) => ({ deleted: path })));
    this.#log.write([...this.truth].map(([path, put]) => ({ entry: entry(path, put) })));
  }

  #watch(): FallenIndex {
    const beginIndexAnew = () => this.#log.beginAnew(drawIndexId(this.#random));
    return new FallenIndex({ head: () => this.#log.head(), beginIndexAnew }, silentLog);
  }

  #copyOf(from: MemoryEntryStore): MemoryEntryStore {
    const { index, seq, floor, jumps } = from.owner(OWNER)!;
    const copy = new MemoryEntryStore();
    copy.addOwner(OWNER, { index, seq, floor, jumps }, this.now);
    copy.put(OWNER, from.page(OWNER, 0, 1000), this.now);
    return copy;
  }

  check(): void {
    const truth = [...this.truth].sort();
    assert.deepEqual(this.live(this.#store), truth, 'the log is what its owner holds');
    for (const [n, { store }] of this.followers.entries())
      assert.deepEqual(this.live(store), truth, `follower ${n}`);
  }
}

/** Signatures are checked elsewhere; here a page stands for the bytes that say it. */
const pages = new WeakMap<SignedPage, LogPage>();

function signedOf(page: LogPage): SignedPage {
  const signed = { body: new Uint8Array(), key: KEY.publicKey, signature: new Uint8Array() };
  pages.set(signed, page);
  return signed;
}

const entry = (path: string, put: number) => ({
  ...{ path, kind: 'file' as const, size: put, mtime: BigInt(put), executable: false },
  ...{ content: String(put).padStart(64, '0'), flag: 1 as const },
});

it('logs that go from one to the other end as their owner has them, whatever was lost, restored or begun anew', () => {
  let passedOn = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World();
      for (const now of steps) world.run(now);
      world.settle();
      world.check();
      passedOn += world.passedOn;
    }),
    { numRuns: fuzzRuns ?? 1000 },
  );
  assert.ok(passedOn > 100, `${passedOn} pages came from others than the owner`);
});

const put = (path: number): Step => ({ do: 'put', path });
const pull = (who: number, from = FOLLOWERS): Step => ({
  ...{ do: 'pull', who, from, limit: 100, fate: 'ok', merges: false },
});

it('a past that was lost shows, although the numbers have gone on beyond it and others have taken them', () => {
  const world = new World();
  const lost: Step[] = [
    put(0),
    { do: 'copy' },
    put(1),
    { do: 'delete', path: 0 },
    pull(0),
    { do: 'delete', path: 1 },
  ];
  for (const now of [...lost, put(2), { do: 'restore' } as const, put(3), put(4), put(3), pull(1)])
    world.run(now);
  assert.deepEqual(
    world.live(world.followers[0]!.store).map(([path]) => path),
    ['s/b'],
    'what nobody has any more',
  );
  // Not from the owner: from one who knows as much as is needed to see it.
  world.run(pull(0, 1));
  world.settle();
  world.check();
});

it('a page that is kept is the one that its owner signed', () => {
  const world = new MemoryEntryStore();
  const clock: Clock = { now: () => 1, monotonic: () => 1, after: () => () => {} };
  new OwnLog(world, OWNER, clock, seededRandom(1)).write([{ entry: entry('s/a', 1) }]);
  const page = serveLog(world, OWNER, { since: 0, limit: 10 }, 10);
  const signed = ownPage(KEY, page);
  const kept = new KeptPages(new MemoryPageStore());
  kept.keep(page, signed);
  assert.deepEqual(kept.serve(OWNER, { since: 0, limit: 10 }), signed);
  assert.equal(kept.serve(OWNER, { index: page.index, since: 1, limit: 10 }), undefined);
  assert.equal(kept.serve(OWNER, { since: 0, limit: 10, atLeast: 2 }), undefined);
  assert.equal(kept.serve('f'.repeat(32), { since: 0, limit: 10 }), undefined);
});
