import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pageAnswer, readSignedPage, signedPageOf } from '../../src/app/page-bytes.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { LogRecord } from '../../src/core/entry.ts';
import { PeerdexError } from '../../src/core/errors.ts';
import type { SignedPage } from '../../src/core/ports/page-store.ts';
import { seededRandom } from '../../src/core/random.ts';
import { LogFollower } from '../../src/index/follow-log.ts';
import { OwnLog } from '../../src/index/own-log.ts';
import { type LogRequest, serveLog } from '../../src/index/serve-log.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import { MemoryEntryStore } from '../../src/storage/memory/entry-store.ts';
import { fuzzRuns } from '../fuzz/runs.ts';
import { freshKey } from '../support/fresh-key.ts';

const OWNER = freshKey();
const RELAY = 'b'.repeat(32);
const DAY = 24 * 3600 * 1000;
const PATHS = ['s/a', 's/b', 's/c', 's/d'];

type Step =
  | { readonly do: 'put' | 'delete'; readonly path: number }
  /** Days pass, and old deletions are pruned. */
  | { readonly do: 'wait'; readonly days: number }
  /** The owner lost its database and begins a new log with what it holds. */
  | { readonly do: 'new-log' }
  /** Somebody else asks the owner for anything, and keeps the answer. */
  | { readonly do: 'record'; readonly since: number; readonly floor: number; readonly limit: number }
  /** The owner answers. The follower may stop after some steps of taking it in. */
  | { readonly do: 'pull'; readonly limit: number; readonly crash: number | undefined }
  | Relay;

/** Somebody passes on a page that the owner signed once, perhaps with a bit of it changed. */
interface Relay {
  readonly do: 'relay';
  readonly which: number;
  readonly limit: number;
  readonly crash: number | undefined;
  readonly flip: number | undefined;
}

const limit = fc.integer({ min: 1, max: 4 });
const crash = fc.option(fc.nat(2), { nil: undefined, freq: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), path: fc.nat(PATHS.length - 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), path: fc.nat(PATHS.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 31) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('new-log' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('record' as const), since: fc.nat(12), floor: fc.nat(12), limit }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pull' as const), limit, crash }) },
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ do: fc.constant('relay' as const), which: fc.nat(1000), limit, crash },
      flip: fc.option(fc.nat(), { nil: undefined, freq: 5 }),
    }),
  },
);

/**
 * The truth, plainly: each put has a number of its own, which is the entry's size, and a deletion comes after the put that it undoes.
 * So what is held of a path has a place in time, whatever log it came by.
 */
class World {
  now = 1_000_000;
  readonly clock: Clock = { now: () => this.now, monotonic: () => this.now, after: () => () => {} };
  readonly model = new Map<string, number>();
  readonly deletions: { readonly path: string; readonly at: number }[] = [];
  readonly pages: SignedPage[] = [];
  readonly store = new MemoryEntryStore();
  /** The newest that the follower ever knew of each path. */
  readonly known = new Map<string, number>();
  taken = 0;
  refused = 0;
  #puts = 0;
  #logs = 0;
  #ownerStore = new MemoryEntryStore();
  #log = this.#newLog();

  run(one: Step): void {
    this.now += 1000;
    const path = 'path' in one ? PATHS[one.path]! : '';
    if (one.do === 'put') {
      this.model.set(path, ++this.#puts);
      this.#log.write([{ entry: entry(path, this.#puts) }]);
    } else if (one.do === 'delete') {
      const put = this.model.get(path);
      if (put !== undefined) this.deletions.push({ path, at: put + 0.5 });
      this.model.delete(path);
      this.#log.write([{ deleted: path }]);
    } else if (one.do === 'wait') {
      this.now += one.days * DAY;
      while (!this.#log.prune(1));
    } else if (one.do === 'new-log') {
      this.#ownerStore = new MemoryEntryStore();
      this.#log = this.#newLog();
      this.#log.write([...this.model].map(([name, put]) => ({ entry: entry(name, put) })));
    } else if (one.do === 'record') {
      this.#sign({ index: this.#log.head().index, ...one });
    } else if (one.do === 'pull') {
      this.#pull(one.limit, one.crash);
    } else if (one.do === 'relay' && this.pages.length > 0) {
      this.#relay(one);
    }
    this.#neverBack();
  }

  catchUp(): void {
    for (let pages = 0; this.#pull(3, undefined); pages += 1) assert.ok(pages < 100, 'following never ends');
    const { index, seq } = this.#log.head();
    const state = this.store.owner(OWNER.id)!;
    assert.deepEqual({ index: state.index, seq: state.seq }, { index, seq });
    const live = [...this.held()]
      .filter(([, { flag }]) => flag === 1)
      .map(([path, { size }]) => [path, size]);
    assert.deepEqual(live.sort(), [...this.model].sort());
  }

  held(): Map<string, LogRecord> {
    return new Map(this.store.page(OWNER.id, 0, 1000).map((record) => [record.path, record]));
  }

  #pull(most: number, stop: number | undefined): boolean {
    const follower = this.#follower();
    const asked = follower.request(most);
    return this.#take(follower, asked, this.#sign(asked), OWNER.id, stop);
  }

  #relay({ which, limit: most, crash: stop, flip }: Relay): void {
    const follower = this.#follower();
    const asked = follower.request(most);
    const page = this.pages[which % this.pages.length]!;
    const sent = flip === undefined ? page : { ...page, body: flipped(page.body, flip) };
    try {
      this.#take(follower, asked, sent, RELAY, stop);
      assert.equal(flip, undefined, 'an altered page was taken');
      this.taken += 1;
    } catch (error) {
      if (!(error instanceof PeerdexError)) throw error;
      assert.equal(error.code, 'verification');
      assert.ok(error.message.includes(RELAY), error.message);
      this.refused += 1;
    }
  }

  #take(follower: LogFollower, asked: LogRequest, sent: SignedPage, server: string, stop?: number): boolean {
    const page = readSignedPage({ owner: OWNER.id, server }, sent, systemVerifier);
    const steps = follower.accept(asked, page, 1, server);
    for (let done = 0; ; done += 1) {
      const next = steps.next();
      if (next.done) return next.value;
      if (done === stop) return true;
    }
  }

  #neverBack(): void {
    const held = this.held();
    for (const path of PATHS) {
      const record = held.get(path);
      const known = this.known.get(path);
      if (record) {
        const at = record.flag === 1 ? record.size : record.size + 0.5;
        assert.ok(known === undefined || at >= known, `${path} went back from ${known} to ${at}`);
        this.known.set(path, at);
      } else if (known !== undefined && Number.isInteger(known)) {
        const after = this.deletions.filter((one) => one.path === path && one.at > known).map(({ at }) => at);
        assert.ok(after.length > 0, `${path} was known as ${known} and is gone, and was never deleted`);
        this.known.set(path, Math.min(...after));
      }
    }
  }

  #sign(request: LogRequest): SignedPage {
    const page = serveLog(this.#ownerStore, OWNER.id, request, 100);
    const { headers, body } = pageAnswer(OWNER, page);
    const signed = signedPageOf({ owner: OWNER.id, server: OWNER.id }, headers, body as Uint8Array);
    this.pages.push(signed);
    return signed;
  }

  /** It keeps nothing but its store. */
  #follower(): LogFollower {
    return new LogFollower({ store: this.store, owner: OWNER.id, clock: this.clock });
  }

  #newLog(): OwnLog {
    this.#logs += 1;
    return new OwnLog(this.#ownerStore, OWNER.id, this.clock, seededRandom(this.#logs));
  }
}

describe('pages of a log that come again, from anybody', () => {
  it('never take back what is known, and in the end all is as its owner has it', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World();
        for (const one of steps) world.run(one);
        world.catchUp();
        taken += world.taken;
        refused += world.refused;
      }),
      { numRuns: fuzzRuns ?? 500 },
    );
    assert.ok(taken > 0 && refused > 0, `${taken} taken, ${refused} refused`);
  });

  it('end no snapshot with the end of an older one, which lacks what moved up meanwhile', () => {
    const world = new World();
    world.run({ do: 'put', path: 0 });
    world.run({ do: 'put', path: 1 });
    world.catchUp();
    world.run({ do: 'put', path: 2 });
    const old = record(world, { since: 2, floor: 0, limit: 4 });
    world.run({ do: 'put', path: 0 });
    const first = record(world, { since: 0, floor: 0, limit: 1 });
    world.run(relay(first));
    assert.equal(world.taken, 1);
    world.run(relay(old));
    assert.equal(world.refused, 1);
    world.catchUp();
  });

  it('bring none that leaves out deletions which the follower has not seen', () => {
    const world = new World();
    world.run({ do: 'put', path: 0 });
    world.run({ do: 'put', path: 1 });
    world.catchUp();
    world.run({ do: 'delete', path: 1 });
    world.run({ do: 'wait', days: 31 });
    world.run({ do: 'put', path: 2 });
    world.run(relay(record(world, { since: 2, floor: 3, limit: 4 })));
    assert.equal(world.refused, 1);
    world.catchUp();
  });

  it('are refused whole when they end before what is known, and when they are of a log that is over', () => {
    const world = new World();
    world.run({ do: 'put', path: 0 });
    const old = record(world, { since: 0, floor: 0, limit: 4 });
    world.run({ do: 'put', path: 1 });
    world.catchUp();
    world.run(relay(old));
    assert.equal(world.refused, 1);
    world.run({ do: 'new-log' });
    world.catchUp();
    world.run(relay(old));
    assert.equal(world.refused, 2);
    world.catchUp();
  });
});

/** The number of the page that the owner signs for somebody. */
function record(world: World, asked: { since: number; floor: number; limit: number }): number {
  world.run({ do: 'record', ...asked });
  return world.pages.length - 1;
}

const relay = (which: number): Step => ({ do: 'relay', which, limit: 4, crash: undefined, flip: undefined });

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at % copy.length]! ^= 1 << (at % 8);
  return copy;
}

const entry = (path: string, put: number) => ({
  ...{ path, kind: 'file' as const, size: put, mtime: BigInt(put), executable: false },
  ...{ content: String(put).padStart(64, '0'), flag: 1 as const },
});
