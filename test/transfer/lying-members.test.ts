import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { encodeDataHeader, encodeFrame } from '../../src/protocol/swarm/encode.ts';
import type { ControlFrame } from '../../src/protocol/swarm/frames.ts';
import { eventually } from '../harness/eventually.ts';
import { RawSwarm } from '../harness/raw-swarm.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';
import { signer, TestNetwork } from '../support/signers.ts';

const forever = new AbortController().signal;
const LEAVES = 32;
const SIZE = LEAVES * LEAF_BYTES;
const THEIRS = 1;
const ALL = new Uint8Array(LEAVES / 8).fill(0xff);

/** What a member says of what it has, and does when it is asked; each is to be dropped for it. */
const LIES: Readonly<Record<string, (lie: Lie) => void>> = {
  'says that it has leaves, and refuses them': ({ say, whenAsked }) => {
    say({ type: 'holding', channel: THEIRS, size: SIZE, whole: false });
    say({ type: 'bitfield', channel: THEIRS, page: 0, bits: ALL });
    whenAsked((leaf) => say({ type: 'reject', channel: THEIRS, leaf, reason: 'unknown' }));
  },
  'says that it has leaves, and sends others': ({ say, whenAsked, send }) => {
    say({ type: 'holding', channel: THEIRS, size: SIZE, whole: false });
    say({ type: 'have', channel: THEIRS, first: 0, count: LEAVES });
    whenAsked((leaf) => {
      for (let at = 0; at < LEAF_BYTES; at += 65_536) {
        send(encodeDataHeader(THEIRS, leaf, at, 65_536), randomBytes(65_536));
      }
    });
  },
  'has leaves past the end': ({ say }) => {
    say({ type: 'holding', channel: THEIRS, size: SIZE, whole: false });
    say({ type: 'have', channel: THEIRS, first: LEAVES - 1, count: 2 });
  },
  'has a page past the end': ({ say }) => {
    say({ type: 'holding', channel: THEIRS, size: SIZE, whole: false });
    say({ type: 'bitfield', channel: THEIRS, page: 0xffff_ffff, bits: ALL });
  },
  'has leaves before it says what it holds': ({ say }) => {
    say({ type: 'have', channel: THEIRS, first: 0, count: 1 });
  },
  'has all and tells of more': ({ say }) => {
    say({ type: 'holding', channel: THEIRS, size: SIZE, whole: true });
    say({ type: 'have', channel: THEIRS, first: 0, count: 1 });
  },
  'gives a leaf of which nobody knows the hash in place of another': ({ say, whenAsked }) => {
    say({ type: 'holding', channel: THEIRS, size: SIZE, whole: true });
    whenAsked((asked) => say({ type: 'instead', channel: THEIRS, asked, given: 0xffff_fffe }));
  },
};

describe('a member of the swarm that', () => {
  for (const [what, lie] of Object.entries(LIES)) {
    it(`${what} is dropped, and the file comes from others`, async () => {
      await using one = await Scene.start();
      const { fetcher, content, seed } = one;
      seed.upLimiter.rate = 2e6;
      const fetch = fetcher.fetch(content, SIZE, 'x');
      const running = fetch.run(forever);
      await eventually(() => fetch.bytes > 0, { every: 5 });
      await using raw = await one.mallory();
      raw.send({ type: 'interest', channel: 7, content });
      await eventually(() => raw.got('interest').length > 0, { every: 5 });
      assert.equal(raw.got('interest')[0]!.content, content, 'it is asked over the connection that it made');
      let answer: (leaf: number) => void = () => {};
      lie({
        say: (frame) => raw.send(frame),
        send: (...parts) => raw.write(...parts),
        whenAsked: (then) => {
          answer = then;
        },
      });
      const answered = new Set<number>();
      await eventually(
        () => {
          for (const { first, count } of raw.got('request')) {
            for (let leaf = first; leaf < first + count; leaf += 1) {
              if (!answered.has(leaf)) answer(leaf);
              answered.add(leaf);
            }
          }
          return raw.got('close').length > 0 || raw.closed;
        },
        { every: 5 },
      );
      seed.upLimiter.rate = undefined;
      await running;
      assert.ok((await readFile(join(fetcher.folder, 'x'))).equals(one.bytes));
      assert.equal(fetch.shares().find(({ peer }) => peer === one.malloryId)?.bytes ?? 0, 0);
      assert.equal(fetcher.budget.used, 0);
    });
  }

  it('floods with claims, haves and members takes little memory and stops nobody', async () => {
    await using one = await Scene.start();
    const { fetcher, content, seed } = one;
    seed.upLimiter.rate = 1e6;
    const fetch = fetcher.fetch(content, SIZE, 'x');
    const running = fetch.run(forever);
    await eventually(() => fetch.bytes > 0, { every: 5 });
    await using raw = await one.mallory();
    raw.send({ type: 'interest', channel: 7, content });
    await eventually(() => raw.got('interest').length > 0, { every: 5 });
    raw.send({ type: 'holding', channel: THEIRS, size: SIZE, whole: false });
    const before = process.memoryUsage();
    const told: ControlFrame[] = [
      { type: 'claim', channel: 7, first: 0, count: LEAVES },
      { type: 'unclaim', channel: 7, first: 0, count: 64 },
      { type: 'askerHave', channel: 7, first: 0xffff_fff0, count: 64 },
      { type: 'askerBitfield', channel: 7, page: 0xffff, bits: randomBytes(64) },
      { type: 'have', channel: THEIRS, first: 0, count: 1 },
    ];
    const repeated = Buffer.concat(told.map(encodeFrame));
    for (let n = 0; n < 200; n += 1) raw.write(...Array.from({ length: 200 }, () => repeated));
    for (let n = 0; n < 500; n += 1) raw.send({ type: 'members', content, members: strangers(20) });
    for (let n = 0; n < 3000; n += 1) {
      const named = n % 2 === 0 ? content : randomBytes(32).toString('hex');
      raw.send({ type: 'seek', content: named, addresses: [{ host: '127.0.0.1', port: 9 }] });
    }
    raw.send({ type: 'seek', content: 'ab'.repeat(32), addresses: [] });
    await eventually(() => raw.got('members').some((frame) => frame.content === 'ab'.repeat(32)));
    const { rss } = process.memoryUsage();
    assert.ok(rss - before.rss < 200 * 2 ** 20, `${rss - before.rss} bytes more`);
    assert.ok(fetcher.members.candidates(content).length <= 45, 'what one tells is bounded');
    seed.upLimiter.rate = undefined;
    await running;
    assert.ok((await readFile(join(fetcher.folder, 'x'))).equals(one.bytes));
  });
});

interface Lie {
  readonly say: (frame: ControlFrame) => void;
  readonly send: (...parts: readonly Uint8Array[]) => void;
  /** Each leaf that is asked for, once. */
  readonly whenAsked: (then: (leaf: number) => void) => void;
}

const strangers = (count: number) =>
  Array.from({ length: count }, () => ({
    peer: randomBytes(16).toString('hex'),
    addresses: [{ host: '127.0.0.1', port: 9 }],
  }));

/** A seed, somebody who fetches from it, and the network that a liar is a member of. */
class Scene implements AsyncDisposable {
  readonly malloryId = signer(66).id;
  readonly seed: SwarmPeer;
  readonly fetcher: SwarmPeer;
  readonly content: string;
  readonly bytes: Buffer;
  readonly #network: TestNetwork;

  private constructor(network: TestNetwork, seed: SwarmPeer, fetcher: SwarmPeer, held: [string, Buffer]) {
    this.#network = network;
    this.seed = seed;
    this.fetcher = fetcher;
    [this.content, this.bytes] = held;
  }

  static async start(): Promise<Scene> {
    const network = new TestNetwork();
    const seed = await SwarmPeer.start(1, network);
    const fetcher = await SwarmPeer.start(2, network);
    fetcher.knows(seed);
    const bytes = randomBytes(SIZE);
    return new Scene(network, seed, fetcher, [await seed.hold('x', bytes), bytes]);
  }

  mallory(): Promise<RawSwarm> {
    const self = signer(66);
    const trust = this.#network.member(self);
    return RawSwarm.greet(this.fetcher.address.port, { id: self.id, network: this.#network.id, trust });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fetcher[Symbol.asyncDispose]();
    await this.seed[Symbol.asyncDispose]();
  }
}
