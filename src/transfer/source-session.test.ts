import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { sampleContent } from '../../test/support/sample-content.ts';
import { ScriptedSource } from '../../test/support/scripted-source.ts';
import { settle } from '../../test/support/settle.ts';
import { Bitfield } from '../core/bitfield.ts';
import { PeerdexError } from '../core/errors.ts';
import { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES, leafCount } from '../core/leaf-layout.ts';
import { MemoryBudget } from '../core/memory-budget.ts';
import type { Refusal } from '../core/ports/source.ts';
import { seededRandom } from '../core/random.ts';
import { MemoryHashStore } from '../storage/memory/hash-store.ts';
import { ContentSwarms } from './content-swarms.ts';
import { LeafHashes } from './leaf-hashes.ts';
import { LinkWindow } from './link-window.ts';
import { SourceSession } from './source-session.ts';

const CONTENT = sampleContent(130 * LEAF_BYTES + 9);
const gone = new PeerdexError('unavailable', 'gone');

describe('a session with a source', () => {
  it('asks for the hashes of a group before its first data, once', async () => {
    const { session, source, ask } = make();
    assert.deepEqual(source.pagesAsked, [0]);
    ask(62, 4);
    ask(0, 2);
    ask(126, 4);
    assert.deepEqual(source.groupsAsked, [0, 1, 2]);
    assert.deepEqual(source.asked, [62, 63, 64, 65, 0, 1, 126, 127, 128, 129]);
    assert.equal(session.owing, 10);
    await settle();
    ask(3, 1);
    assert.deepEqual(source.groupsAsked, [0, 1, 2]);
  });

  it('puts a leaf together from pieces of any size, in order', () => {
    const { source, ask, arrived } = make();
    ask(130, 1);
    for (let at = 0; at < 9; at += 1)
      assert.equal(source.listener.data(130, at, CONTENT.leaf(130).subarray(at, at + 1)), true);
    assert.deepEqual(arrived, [[130, 9]]);
    ask(0, 1);
    assert.equal(source.listener.data(0, 0, CONTENT.leaf(0).subarray(0, 1000)), true);
    assert.equal(source.listener.data(0, 0, CONTENT.leaf(0).subarray(0, 1000)), false, 'a piece again');
    assert.equal(source.listener.data(0, 1001, CONTENT.leaf(0).subarray(1001, 2000)), false, 'a hole');
  });

  it('room is what the window leaves beside what is owed and being written', () => {
    const { session, source, ask } = make();
    const room = session.room();
    assert.ok(room > 4);
    ask(0, 3);
    assert.equal(session.room(), room - 3);
    session.writing = 2;
    assert.equal(session.room(), room - 5);
    source.give(0);
    assert.equal(session.room(), room - 4);
    session.end(gone);
    assert.equal(session.room(), 0);
  });

  it('passes over what it has taken back, as often as it was taken back', () => {
    const { session, source, ask, arrived, budget } = make();
    ask(0, 2);
    source.listener.data(0, 0, CONTENT.leaf(0).subarray(0, 70_000));
    session.cancel(0);
    assert.deepEqual(source.cancelled, [0]);
    assert.equal(budget.used, LEAF_BYTES);
    assert.equal(
      source.listener.data(0, 70_000, CONTENT.leaf(0).subarray(70_000)),
      true,
      'the rest was on its way',
    );
    assert.equal(source.give(0), false, 'all of it had come');
    assert.deepEqual(arrived, []);
    ask(0, 1);
    assert.equal(source.give(0), true, 'asked for again, it counts');
    assert.deepEqual(arrived, [[0, LEAF_BYTES]]);
  });

  it('takes no harm from a copy that was taken back, when it has asked for the leaf again', () => {
    const { session, source, ask, arrived } = make();
    ask(0, 1);
    source.listener.data(0, 0, CONTENT.leaf(0).subarray(0, 70_000));
    session.cancel(0);
    ask(0, 1);
    assert.equal(
      source.listener.data(0, 70_000, CONTENT.leaf(0).subarray(70_000)),
      true,
      'the first copy ends',
    );
    assert.deepEqual(arrived, []);
    assert.equal(source.give(0), true);
    assert.deepEqual(arrived, [[0, LEAF_BYTES]]);
    assert.equal(source.give(0), false, 'no third was asked for');
  });

  it('tells what has come to those who lack it, have all, or may have given it', () => {
    const { session, source } = make();
    session.news.came(3, false);
    assert.deepEqual(source.told, [3], 'one with all chooses by it');
    const part = make({ expectWhole: false });
    part.source.listener.holding(CONTENT.size, false);
    part.source.listener.have(5, 2);
    part.ask(6, 1);
    part.session.cancel(6);
    for (const leaf of [4, 5, 6]) part.session.news.came(leaf, false);
    part.session.news.came(5, true);
    assert.deepEqual(part.source.told, [4, 6, 5]);
  });

  it("takes what stands in for a leaf with that one's memory, of a group that it knows", async () => {
    const { session, source, ask, given, lost, budget, arrived } = make();
    ask(0, 2);
    await settle();
    source.listener.instead(0, 9);
    source.listener.instead(1, 1);
    assert.deepEqual(given, [
      [0, 9],
      [1, 1],
    ]);
    assert.equal(budget.used, 2 * LEAF_BYTES);
    assert.equal(source.give(9), true);
    assert.deepEqual(arrived, [[9, LEAF_BYTES]]);
    source.listener.instead(1, 100);
    assert.equal(lost[0]?.error.code, 'verification', 'its hashes did not come');
    assert.equal(budget.used, 0);
    session.end(gone);
  });

  it('a refusal of what was taken back is no news, any other ends it', () => {
    for (const [leaf, reason] of [
      [undefined, 'unknown'],
      [5, 'invalid'],
      [undefined, 'changed'],
      [undefined, 'unreadable'],
      [undefined, 'busy'],
    ] as [number | undefined, Refusal][]) {
      const { session, source, ask, lost, budget } = make();
      ask(0, 2);
      session.cancel(1);
      source.listener.refused(1, 'busy');
      assert.equal(lost.length, 0);
      source.listener.refused(leaf, reason);
      assert.deepEqual(lost[0]?.owed, [0]);
      assert.equal(lost[0]?.error.code, reason === 'changed' ? 'conflict' : 'unavailable');
      assert.equal(lost[0]?.error.retry, reason === 'busy');
      assert.equal(budget.used, 0);
    }
  });

  it('a source with another size proves it or is dropped', async () => {
    const right = make({ size: 10 });
    right.source.listener.holding(CONTENT.size, true);
    await settle();
    assert.deepEqual(
      right.broken.map(({ code }) => code),
      ['verification'],
      'the index was wrong, not the source',
    );
    assert.equal(right.lost[0]?.error, gone);
    assert.equal(right.hashes.manifest?.size, CONTENT.size);

    const wrong = make();
    wrong.source.listener.holding(CONTENT.size + 1, true);
    await settle();
    assert.equal(wrong.lost[0]?.error.code, 'verification');
    assert.deepEqual(wrong.broken, []);

    const late = make();
    await settle();
    late.source.listener.holding(CONTENT.size - 1, true);
    assert.match(late.lost[0]?.error.message ?? '', /another size/);
  });

  it('hashes that cannot be kept are no fault of the source', async () => {
    for (const put of ['putManifest', 'putLeaves'] as const) {
      const store = new MemoryHashStore(new ManualClock());
      store[put] = () => {
        throw new PeerdexError('no-space', 'full');
      };
      const { ask, broken, lost } = make({ store });
      ask(0, 1);
      await settle();
      assert.equal(broken[0]?.code, 'no-space', put);
      assert.equal(lost[0]?.error, gone);
    }
  });

  it('ends once, and gives back what it owes', () => {
    const { session, source, ask, lost, budget } = make();
    ask(0, 3);
    source.listener.data(0, 0, new Uint8Array(10));
    session.end(gone);
    session.end(gone);
    source.listener.closed(gone);
    source.listener.refused(undefined, 'busy');
    source.listener.holding(1, true);
    assert.equal(lost.length, 1);
    assert.deepEqual(lost[0]?.owed, [0, 1, 2]);
    assert.equal(budget.used, 0);
    assert.equal(source.closed, true);
  });

  it('counts silence while something is owed only', () => {
    const { session, source, ask, clock } = make();
    clock.advance(50_000);
    assert.equal(session.silentMs(), 0);
    ask(0, 1);
    assert.equal(session.silentMs(), 0);
    clock.advance(4000);
    assert.equal(session.silentMs(), 4000);
    source.listener.data(0, 0, new Uint8Array(1));
    assert.equal(session.silentMs(), 0);
    session.cancel(0);
    clock.advance(4000);
    assert.equal(session.silentMs(), 0);
  });

  it('what comes over its link for others is a sign of life, but not without end', () => {
    const { session, ask, clock, window } = make();
    const others = (seconds: number, leaves: number) => {
      for (let s = 0; s < seconds; s += 1) {
        clock.advance(1000);
        window.heard((leaves * LEAF_BYTES) / seconds);
      }
    };
    ask(0, 1);
    others(60, 2);
    assert.equal(session.silentMs(), 0, 'its turn may be still to come');
    clock.advance(4000);
    assert.equal(session.silentMs(), 4000);
    others(10, 4 * window.leaves);
    assert.equal(session.silentMs(), 74_000, 'it was passed over');
    const other = make();
    other.ask(0, 1);
    for (let s = 0; s < 300; s += 1) {
      other.clock.advance(1000);
      other.window.heard(1);
    }
    assert.equal(other.session.silentMs(), 300_000, 'patience ends');
  });
});

function make({
  size = CONTENT.size,
  store = new MemoryHashStore(new ManualClock()),
  expectWhole = true,
}: {
  size?: number;
  expectWhole?: boolean;
  store?: MemoryHashStore;
} = {}) {
  const clock = new ManualClock();
  const broken: PeerdexError[] = [];
  const hashes = new LeafHashes(CONTENT.id, store);
  const window = new LinkWindow(clock);
  const budget = new MemoryBudget(64 * LEAF_BYTES);
  const buffers = new LeafBuffers(4);
  const source = new ScriptedSource(1, CONTENT);
  const arrived: [leaf: number, bytes: number][] = [];
  const given: [asked: number, leaf: number][] = [];
  const begun = new Set<number>();
  const lost: { error: PeerdexError; owed: readonly number[] }[] = [];
  const session = new SourceSession({
    link: source,
    window,
    swarm: new ContentSwarms({ self: 'ff'.repeat(16), clock, random: seededRandom(1) }).of(CONTENT.id, size),
    partial: { content: CONTENT.id, size, have: new Bitfield(leafCount(size)) },
    hashes,
    budget,
    buffers,
    clock,
    expectWhole,
    events: {
      leaf(_session, leaf, buffer, bytes) {
        assert.equal(Buffer.compare(buffer.subarray(0, bytes), CONTENT.leaf(leaf)), 0);
        arrived.push([leaf, bytes]);
        buffers.give(buffer);
        budget.release(LEAF_BYTES);
      },
      room() {},
      heard() {},
      giving: (_session, asked, leaf) => {
        if (asked !== leaf || !begun.has(leaf)) given.push([asked, leaf]);
        begun.add(leaf);
        return true;
      },
      told() {},
      lost: (_session, error, owed) => lost.push({ error, owed }),
      broken(error) {
        broken.push(error);
        session.end(gone); // as a download does
      },
    },
  });
  return {
    clock,
    window,
    budget,
    source,
    session,
    arrived,
    given,
    lost,
    broken,
    hashes,
    ask(first: number, count: number) {
      for (let i = 0; i < count; i += 1) assert.ok(budget.tryReserve(LEAF_BYTES));
      session.ask(first, count);
    },
  };
}
