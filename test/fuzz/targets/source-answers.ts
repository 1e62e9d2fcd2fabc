import assert from 'node:assert/strict';
import { Bitfield } from '../../../src/core/bitfield.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { PeerdexError } from '../../../src/core/errors.ts';
import { LeafBuffers } from '../../../src/core/leaf-buffers.ts';
import { LEAF_BYTES } from '../../../src/core/leaf-layout.ts';
import { MemoryBudget } from '../../../src/core/memory-budget.ts';
import type { SourceLink } from '../../../src/core/ports/source.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { encodeDataHeader, encodeFrame } from '../../../src/protocol/swarm/encode.ts';
import { FrameParser } from '../../../src/protocol/swarm/frame-parser.ts';
import type { ControlFrame } from '../../../src/protocol/swarm/frames.ts';
import { BITFIELD_PAGE_LEAVES, PREFACE } from '../../../src/protocol/swarm/limits.ts';
import { MemoryHashStore } from '../../../src/storage/memory/hash-store.ts';
import { ContentSwarms } from '../../../src/transfer/content-swarms.ts';
import { LeafHashes } from '../../../src/transfer/leaf-hashes.ts';
import { LinkWindow } from '../../../src/transfer/link-window.ts';
import { SourceSession } from '../../../src/transfer/source-session.ts';
import { sampleContent } from '../../support/sample-content.ts';
import { mutatedBytes } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';

const CONTENT = sampleContent(1000);
const CODES = ['verification', 'conflict', 'unavailable'];

/** What a source answers to a download: only the right hashes are kept, only the right bytes verified, and all memory comes back. */
export const sourceAnswers = target<Uint8Array>(
  {
    name: 'source-answers',
    parses: [
      'transfer/source-session.ts',
      'transfer/manifest-pages.ts',
      'transfer/leaf-hashes.ts',
      'core/manifest.ts',
    ],
  },
  () => {
    const { size, manifest, bytes } = CONTENT;
    const frames: readonly ControlFrame[] = [
      { type: 'holding', channel: 1, size, whole: true },
      { type: 'manifest', channel: 1, page: 0, hashes: manifest.groups },
      { type: 'leaves', channel: 1, group: 0, hashes: CONTENT.group(0) },
    ];
    const data = (from: number, to: number) => [
      encodeDataHeader(1, 0, from, to - from),
      Buffer.from(bytes.subarray(from, to)),
    ];
    const reject = encodeFrame({ type: 'reject', channel: 1, leaf: 0, reason: 'changed' });
    const begin = [PREFACE, ...frames.map(encodeFrame)];
    const streams = [
      [...begin, ...data(0, size)],
      [...begin, ...data(0, 400), ...data(400, size)],
      [...begin, ...data(0, 400), reject],
      [PREFACE, encodeFrame({ type: 'holding', channel: 1, size: 2 ** 44, whole: true }), ...begin.slice(2)],
    ];
    return { inputs: mutatedBytes(streams.map((parts) => Buffer.concat(parts))), check };
  },
);

function check(stream: Uint8Array): boolean {
  const budget = new MemoryBudget(4 * LEAF_BYTES);
  const store = new MemoryHashStore(systemClock);
  const hashes = new LeafHashes(CONTENT.id, store);
  let got: Uint8Array | undefined;
  let ends = 0;
  let isBroken = false;
  const session = new SourceSession({
    link: LINK,
    window: new LinkWindow(systemClock),
    swarm: new ContentSwarms({ self: 'ff'.repeat(16), clock: systemClock, random: seededRandom(1) }).of(
      CONTENT.id,
      CONTENT.size,
    ),
    partial: { content: CONTENT.id, size: CONTENT.size, have: new Bitfield(1) },
    hashes,
    budget,
    buffers: BUFFERS,
    clock: systemClock,
    expectWhole: true,
    events: {
      leaf: (_session, leaf, buffer, bytes) => {
        if (hashes.verify(leaf, buffer.subarray(0, bytes))) got = Uint8Array.from(buffer.subarray(0, bytes));
        BUFFERS.give(buffer);
        budget.release(LEAF_BYTES);
      },
      room: () => {},
      heard: () => {},
      giving: () => true,
      told: () => {},
      lost: (_session, error) => {
        ends += 1;
        assert.ok(CODES.includes(error.code), String(error.stack));
      },
      broken: (error) => {
        isBroken = true;
        assert.equal(error.code, 'verification', String(error.stack));
      },
    },
  });
  assert.ok(budget.tryReserve(LEAF_BYTES));
  session.ask(0, 1);
  feed(session, stream);
  session.end(new PeerdexError('unavailable', 'the end'));
  assert.equal(ends, 1, 'it ends once');
  assert.equal(budget.used, 0, 'all memory comes back');
  const kept = store.manifest(CONTENT.id);
  if (kept)
    assert.deepEqual(
      [kept.size, Buffer.from(kept.groups)],
      [CONTENT.size, Buffer.from(CONTENT.manifest.groups)],
    );
  const leaves = store.leaves(CONTENT.id, 0);
  if (leaves) assert.deepEqual(Buffer.from(leaves), Buffer.from(CONTENT.group(0)));
  if (got) assert.ok(Buffer.compare(got, CONTENT.bytes) === 0);
  return got !== undefined && !isBroken;
}

const BUFFERS = new LeafBuffers(4);
const nothing = () => {};
const LINK = {
  peer: 'there',
  open: () => ({
    requestManifest: nothing,
    requestLeaves: nothing,
    request: nothing,
    cancel: nothing,
    complain: nothing,
    has: nothing,
    got: nothing,
    close: nothing,
  }),
} as unknown as SourceLink;

/** As the connection does it, for the one channel that is open. */
function feed(session: SourceSession, stream: Uint8Array): void {
  let isOver = false;
  const parser = new FrameParser({
    frame: (frame) => {
      if (isOver || !('channel' in frame) || frame.channel !== 1) return;
      if (frame.type === 'holding') session.holding(frame.size, frame.whole);
      else if (frame.type === 'manifest') session.manifest(frame.page, frame.hashes);
      else if (frame.type === 'leaves') session.leaves(frame.group, frame.hashes);
      else if (frame.type === 'bitfield') session.bitfield(frame.page * BITFIELD_PAGE_LEAVES, frame.bits);
      else if (frame.type === 'have') session.have(frame.first, frame.count);
      else if (frame.type === 'instead') session.instead(frame.asked, frame.given);
      else if (frame.type === 'reject') session.refused(frame.leaf, frame.reason, frame.members);
    },
    data: (channel, leaf, offset, bytes) => {
      if (!isOver && channel === 1) isOver = !session.data(leaf, offset, bytes);
    },
  });
  orRefused(['failed'], () => parser.push(Buffer.from(stream)));
}
