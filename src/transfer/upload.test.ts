import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { sampleContent } from '../../test/support/sample-content.ts';
import { settle } from '../../test/support/settle.ts';
import { PeerdexError } from '../core/errors.ts';
import { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { MemoryBudget } from '../core/memory-budget.ts';
import type { LocalFile } from '../core/ports/local-contents.ts';
import { seededRandom } from '../core/random.ts';
import { RateMeter } from '../core/rate-meter.ts';
import { MemoryHashStore } from '../storage/memory/hash-store.ts';
import { ContentSwarms } from './content-swarms.ts';
import { LocalHoldings } from './local-holdings.ts';
import { LOST_MS } from './lost-leaves.ts';
import { openUpload, type UploadOptions } from './upload.ts';
import { UploadQueue } from './upload-queue.ts';

const CONTENT = sampleContent(66 * LEAF_BYTES + 5);

describe('an upload', () => {
  it('says what it holds, answers hashes at once and leaves in the order of the requests', async () => {
    const one = open();
    one.channel.manifestRequested(0);
    one.channel.leavesRequested(1);
    one.channel.requested(60, 3);
    one.channel.requested(2, 2);
    one.channel.requested(66, 1);
    await one.idle();
    assert.deepEqual(one.said, ['holding 17301509', 'manifest 0 64', 'leaves 1 96']);
    assert.deepEqual(one.sent, [60, 61, 62, 2, 3, 66]);
    assert.ok(one.right);
    assert.equal(one.meter.total, 5 * LEAF_BYTES + 5);
    one.channel.close();
    await settle();
    assert.equal(one.openFiles(), 0);
  });

  it('has no more in hand than a new line may have on its way', async () => {
    const gate = Promise.withResolvers<void>();
    const one = open({ beforeSend: () => gate.promise });
    one.channel.requested(0, 40);
    for (let i = 0; i < 10; i += 1) await settle();
    assert.equal(one.budget.used, 8 * LEAF_BYTES);
    gate.resolve();
    await one.idle();
    assert.equal(one.sent.length, 40);
  });

  it('goes on only when what was sent is acknowledged, or some time later', async () => {
    const one = open({ acknowledges: false });
    one.channel.requested(0, 12);
    await one.idle();
    assert.deepEqual(one.sent, upTo(8));
    one.channel.askerHave(1, 1);
    await one.idle();
    assert.deepEqual(one.sent, upTo(10), 'what was sent before has come as well');
    one.clock.advance(LOST_MS - 1);
    await one.idle();
    assert.equal(one.sent.length, 10);
    one.clock.advance(1);
    await one.idle();
    assert.deepEqual(one.sent, upTo(12));
  });

  it('leaves out what the other side has got from elsewhere', async () => {
    const one = open({ acknowledges: false });
    one.channel.requested(0, 12);
    one.channel.askerHave(9, 2);
    one.channel.askerHave(0, 2);
    await one.idle();
    assert.deepEqual(one.sent, [...upTo(9), 11]);
  });

  it('as a seed gives what nobody has in place of what others claim, after its hashes', async () => {
    const one = open();
    const other = one.another();
    other.claimed(0, 64);
    one.channel.leavesRequested(0);
    one.channel.requested(0, 1);
    await one.idle();
    const [given] = one.sent;
    assert.ok(given! >= 64);
    assert.deepEqual(one.said.slice(1), ['leaves 0 2048', 'leaves 1 96', `instead 0 ${given}`]);
  });

  it('gives all its memory back when the connection goes in the middle', async () => {
    for (const failing of [0, 1, 2, 5]) {
      let sends = 0;
      const one = open({
        async beforeSend() {
          await settle();
          if (sends++ === failing) throw new PeerdexError('unavailable', 'gone');
        },
      });
      one.channel.requested(0, 60);
      await one.idle();
      assert.equal(one.budget.used, 0);
      assert.equal(one.openFiles(), 0);
      assert.ok(one.sent.length <= failing * 4);
    }
  });

  it('gives all its memory back when it is closed in the middle', async () => {
    for (const after of [0, 1, 3]) {
      const gates = Array.from({ length: 40 }, () => Promise.withResolvers<void>());
      let sends = 0;
      const one = open({ beforeSend: () => gates[sends++]!.promise });
      one.channel.requested(0, 60);
      for (let n = 0; n < after; n += 1) {
        gates[n]!.resolve();
        await settle();
      }
      one.channel.close();
      for (const gate of gates) gate.resolve();
      await one.idle();
      assert.equal(one.openFiles(), 0);
      assert.ok(one.sent.length <= after * 4);
    }
  });

  it('waits for memory, and for nothing once it is closed', async () => {
    const one = open({ memory: 4 * LEAF_BYTES });
    assert.ok(one.budget.tryReserve(LEAF_BYTES));
    one.channel.requested(0, 4);
    await settle();
    assert.deepEqual(one.sent, []);
    one.budget.release(LEAF_BYTES);
    await one.idle();
    assert.deepEqual(one.sent, [0, 1, 2, 3]);
    const other = open({ memory: 4 * LEAF_BYTES });
    assert.ok(other.budget.tryReserve(LEAF_BYTES));
    other.channel.requested(0, 4);
    await settle();
    other.channel.close();
    await settle();
    other.budget.release(LEAF_BYTES);
    assert.equal(other.budget.used, 0);
    assert.deepEqual(other.sent, []);
  });

  it('leaves out what was cancelled before its turn', async () => {
    const gate = Promise.withResolvers<void>();
    const one = open({ beforeSend: () => gate.promise });
    one.channel.requested(0, 20);
    await settle();
    one.channel.cancelled(12, 3);
    one.channel.cancelled(18, 0xffff_ffff);
    gate.resolve();
    await one.idle();
    assert.deepEqual(one.sent, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17]);
  });

  it('leaves out what was cancelled after it was read, and all of it once it is closed', async () => {
    const gate = Promise.withResolvers<void>();
    const one = open({ beforeSend: () => gate.promise });
    one.channel.requested(0, 20);
    for (let i = 0; i < 10; i += 1) await settle();
    assert.equal(one.budget.used, 8 * LEAF_BYTES, 'eight are read');
    one.channel.cancelled(1, 3);
    gate.resolve();
    await one.idle();
    assert.deepEqual(one.sent.slice(0, 4), [0, 4, 5, 6]);
    assert.equal(one.meter.total, 17 * LEAF_BYTES);
    const closing = Promise.withResolvers<void>();
    const other = open({ beforeSend: () => closing.promise });
    other.channel.requested(0, 20);
    for (let i = 0; i < 10; i += 1) await settle();
    other.channel.close();
    closing.resolve();
    await other.idle();
    assert.deepEqual([other.sent, other.meter.total], [[], 0]);
  });

  it('refuses what the content does not have, and more than may wait', async () => {
    for (const [first, count, reason] of [
      [67, 1, 'invalid'],
      [66, 2, 'invalid'],
      [0, 0, 'invalid'],
      [0xffff_ffff, 0xffff_ffff, 'invalid'],
      [0, 33, 'busy'],
    ] as const) {
      const one = open({ mostQueued: 32 });
      one.channel.requested(first, count);
      await one.idle();
      assert.deepEqual(one.said.slice(1), [`refuse undefined ${reason}`]);
      assert.deepEqual(one.sent, []);
    }
    const one = open();
    one.channel.manifestRequested(1);
    assert.deepEqual(one.said.slice(1), ['refuse undefined invalid']);
    const other = open();
    other.channel.leavesRequested(2);
    assert.deepEqual(other.said.slice(1), ['refuse undefined invalid']);
  });

  it('refuses a content that is not here, and hears nothing more of it', () => {
    const one = open({ places: [] });
    one.channel.manifestRequested(0);
    one.channel.leavesRequested(0);
    one.channel.requested(0, 1);
    one.channel.cancelled(0, 1);
    one.channel.complained(0);
    one.channel.close();
    assert.deepEqual(one.said, ['refuse undefined unknown']);
  });

  it('takes the next place when one has changed, and says so of the last', async () => {
    const changed = new PeerdexError('conflict', 'changed');
    const one = open({ places: ['old', 'good'], fails: { old: changed } });
    one.channel.requested(0, 2);
    await one.idle();
    assert.deepEqual(one.sent, [0, 1]);
    assert.deepEqual(one.suspected, ['old']);
    for (const [error, reason] of [
      [changed, 'changed'],
      [new PeerdexError('not-found', 'gone'), 'unknown'],
      [new PeerdexError('failed', 'cannot read', { cause: { code: 'EIO' } }), 'unreadable'],
      [Object.assign(new Error('gone'), { code: 'ENOENT' }), 'unknown'],
    ] as const) {
      const none = open({ places: ['a', 'b'], fails: { a: error, b: error } });
      none.channel.requested(0, 2);
      await none.idle();
      assert.deepEqual(none.said.slice(1), [`refuse undefined ${reason}`]);
      assert.deepEqual(none.suspected, ['a', 'b']);
      assert.equal(none.openFiles(), 0);
    }
  });

  it('looks at its file again when the other side complains', async () => {
    const one = open();
    one.channel.complained(0);
    assert.deepEqual(one.suspected, [], 'nothing was sent yet');
    one.channel.requested(0, 1);
    await one.idle();
    one.channel.complained(0);
    assert.deepEqual(one.suspected, ['a']);
  });
});

const upTo = (count: number): number[] => Array.from({ length: count }, (_, leaf) => leaf);

interface OpenOptions {
  readonly beforeSend?: () => Promise<void>;
  readonly memory?: number;
  readonly mostQueued?: number;
  /** Says what it has got; true unless told. */
  readonly acknowledges?: boolean;
  readonly places?: readonly string[];
  /** What reading these files comes to. */
  readonly fails?: Readonly<Record<string, Error>>;
}

function open({ beforeSend = async () => {}, memory = 64 * LEAF_BYTES, ...options }: OpenOptions = {}) {
  const clock = new ManualClock();
  const hashes = new MemoryHashStore(clock);
  hashes.putManifest(CONTENT.id, CONTENT.manifest);
  for (const group of [0, 1]) hashes.putLeaves(CONTENT.id, group, CONTENT.group(group));
  const budget = new MemoryBudget(memory);
  const meter = new RateMeter(clock);
  const said: string[] = [];
  const sent: number[] = [];
  const suspected: string[] = [];
  let right = true;
  let openFiles = 0;
  const uploads: UploadOptions = {
    holdings: new LocalHoldings({
      contents: {
        locate: () => (options.places ?? ['a']).map(placeCalled),
        recordWritten() {},
        suspect: ({ relative }) => suspected.push(relative),
      },
      hashes,
      files: {
        async open({ relative }) {
          openFiles += 1;
          return {
            size: CONTENT.size,
            async read(buffers, offset) {
              await settle();
              const failure = options.fails?.[relative];
              if (failure) throw failure;
              let at = offset;
              for (const buffer of buffers) {
                buffer.set(CONTENT.bytes.subarray(at, at + buffer.byteLength));
                at += buffer.byteLength;
              }
            },
            async close() {
              openFiles -= 1;
            },
          };
        },
      },
    }),
    hashes,
    members: { asks: () => () => {}, others: () => [] },
    swarms: new ContentSwarms({ self: 'ff'.repeat(16), clock, random: seededRandom(1) }),
    queue: new UploadQueue(clock, seededRandom(1)),
    budget,
    buffers: new LeafBuffers(4),
    meter,
    mostQueued: options.mostQueued ?? 1024,
  };
  const channel = openUpload(
    'ab'.repeat(16),
    CONTENT.id,
    {
      takesInstead: true,
      instead: (asked, given) => said.push(`instead ${asked} ${given}`),
      holding: (size, have) => said.push(`holding ${size}${have === 'whole' ? '' : ' in part'}`),
      have: (first, count) => said.push(`have ${first} ${count}`),
      manifest: (page, { byteLength }) => said.push(`manifest ${page} ${byteLength}`),
      leaves: (group, { byteLength }) => said.push(`leaves ${group} ${byteLength}`),
      refuse: (leaf, reason) => {
        said.push(`refuse ${leaf} ${reason}`);
        queueMicrotask(() => channel.close());
      },
      async data(first, leaves, wanted) {
        await beforeSend();
        let went = 0;
        for (const [i, bytes] of leaves.entries()) {
          if (!wanted(first + i)) continue;
          went += bytes.byteLength;
          sent.push(first + i);
          right &&= Buffer.compare(bytes, CONTENT.leaf(first + i)) === 0;
          if (options.acknowledges ?? true) queueMicrotask(() => channel.askerHave(first + i, 1));
        }
        return went;
      },
    },
    uploads,
  );
  return {
    channel,
    clock,
    budget,
    meter,
    said,
    sent,
    suspected,
    /** Another peer that asks here, and is sent nothing. */
    another: () =>
      openUpload(
        'cd'.repeat(16),
        CONTENT.id,
        {
          takesInstead: true,
          instead() {},
          holding() {},
          have() {},
          manifest() {},
          leaves() {},
          refuse() {},
          data: async () => 0,
        },
        uploads,
      ),
    openFiles: () => openFiles,
    get right() {
      return right;
    },
    async idle() {
      for (let i = 0; i < 60; i += 1) await settle();
      assert.equal(budget.used, 0);
    },
  };
}

const placeCalled = (relative: string): LocalFile => ({
  content: CONTENT.id,
  root: '/share',
  relative,
  size: CONTENT.size,
  mtime: 0n,
  device: 0n,
  inode: 0n,
});
