import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import type { ContentFetch } from '../../src/transfer/fetch-content.ts';
import { eventually } from '../harness/eventually.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

const forever = new AbortController().signal;
const MIB = 1024 * 1024;
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('peers that are still fetching', () => {
  it('give what they have: one gets the file from a part and a whole, and the part the rest from it', async () => {
    await using swarm = await Swarm.start(24 * MIB, 3);
    const [seed, half, last] = swarm.peers as [SwarmPeer, SwarmPeer, SwarmPeer];
    half.knows(seed);
    seed.upLimiter.rate = 20e6;
    const first = half.fetch(swarm.content, swarm.size, 'x');
    const running = first.run(forever);
    await eventually(() => first.bytes > 8 * MIB, { every: 5 });
    last.knows(seed);
    last.meets(half);
    const second = last.fetch(swarm.content, swarm.size, 'x');
    await Promise.all([running, second.run(forever)]);
    await swarm.isWhole(half, last);
    assert.ok(givenBy(half, second) > 4 * MIB, `the one with a part gave ${givenBy(half, second)}`);
  });

  it('are enough without a seed once they have every leaf between them', async () => {
    await using swarm = await Swarm.start(16 * MIB, 3);
    const [seed, one, two] = swarm.peers as [SwarmPeer, SwarmPeer, SwarmPeer];
    for (const peer of [one, two]) {
      peer.knows(seed);
      peer.remembers = true;
      // So that they have got different parts, and still owe each other some, when the seed goes.
      peer.upLimiter.rate = 1e6;
    }
    one.meets(two);
    two.meets(one);
    seed.upLimiter.rate = 16e6;
    const had = new Set<number>();
    const fetches = [one, two].map((peer) => peer.fetch(swarm.content, swarm.size, 'x'));
    const leaves = swarm.size / LEAF_BYTES;
    for (const peer of [one, two]) watchLeaves(peer, had);
    const running = Promise.all(fetches.map((fetch) => fetch.run(forever)));
    await eventually(() => had.size === leaves, { every: 1 });
    await seed[Symbol.asyncDispose]();
    const missing = fetches.filter((fetch) => fetch.bytes < swarm.size);
    assert.ok(missing.length > 0, 'void: it was all there when the seed went');
    for (const peer of [one, two]) peer.upLimiter.rate = undefined;
    await running;
    await swarm.isWhole(one, two);
  });

  it('of five that start together each finds the others, and the seed sends little more than the file', async () => {
    await using swarm = await Swarm.start(24 * MIB, 6);
    const [seed, ...others] = swarm.peers as [SwarmPeer, ...SwarmPeer[]];
    seed.upLimiter.rate = 12e6;
    for (const peer of others) {
      peer.knows(seed);
      peer.remembers = true;
      peer.upLimiter.rate = 12e6;
    }
    const fetches = others.map((peer) => peer.fetch(swarm.content, swarm.size, 'x'));
    await Promise.all(fetches.map((fetch) => fetch.run(forever)));
    await swarm.isWhole(...others);
    const sent = fetches.reduce((sum, fetch) => sum + givenBy(seed, fetch), 0);
    assert.ok(sent < 1.5 * swarm.size, `the seed gave ${(sent / swarm.size).toFixed(2)} files`);
  });

  it('wait for what nobody has, say what and who had it last, and finish when it comes back', async () => {
    await using swarm = await Swarm.start(8 * MIB, 3);
    const [seed, one, two] = swarm.peers as [SwarmPeer, SwarmPeer, SwarmPeer];
    for (const peer of [one, two]) {
      peer.knows(seed);
      peer.remembers = true;
    }
    seed.upLimiter.rate = 8e6;
    const fetches = [one, two].map((peer) => peer.fetch(swarm.content, swarm.size, 'x'));
    const running = Promise.all(fetches.map((fetch) => fetch.run(forever)));
    await eventually(() => fetches.every((fetch) => fetch.bytes > MIB), { every: 5 });
    await seed.swarm.stop();
    await eventually(() => fetches.every((fetch) => /nobody who is connected has/.test(fetch.reason ?? '')));
    for (const fetch of fetches) assert.match(fetch.reason!, /peer-1 had it last/);
    assert.equal(fetches[0]!.bytes, fetches[1]!.bytes, 'each has all that there is');
    await using back = await SwarmPeer.start(7);
    await back.hold('x', swarm.bytes);
    for (const peer of [one, two]) peer.knows(back);
    await running;
    await swarm.isWhole(one, two);
  });
});

/** A seed, the first, and others that hold nothing. */
class Swarm implements AsyncDisposable {
  readonly peers: readonly SwarmPeer[];
  readonly bytes: Buffer;
  readonly content: string;

  private constructor(peers: readonly SwarmPeer[], bytes: Buffer, content: string) {
    this.peers = peers;
    this.bytes = bytes;
    this.content = content;
  }

  static async start(size: number, count: number): Promise<Swarm> {
    const peers = await Promise.all(Array.from({ length: count }, (_, n) => SwarmPeer.start(n + 1)));
    const bytes = randomBytes(size);
    return new Swarm(peers, bytes, await peers[0]!.hold('x', bytes));
  }

  get size(): number {
    return this.bytes.byteLength;
  }

  async isWhole(...peers: readonly SwarmPeer[]): Promise<void> {
    for (const peer of peers) assert.equal(sha(await readFile(join(peer.folder, 'x'))), sha(this.bytes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.peers.map((peer) => peer[Symbol.asyncDispose]()));
  }
}

const givenBy = (source: SwarmPeer, fetch: ContentFetch): number =>
  fetch.shares().find(({ peer }) => peer === source.id)?.bytes ?? 0;

/** Every leaf that the peer has from here on. */
function watchLeaves(peer: SwarmPeer, had: Set<number>): void {
  const { partials } = peer.parts;
  const open = partials.open.bind(partials);
  partials.open = async (...args) => {
    const partial = await open(...args);
    const write = partial.write.bind(partial);
    partial.write = async (leaf, bytes) => {
      await write(leaf, bytes);
      had.add(leaf);
    };
    return partial;
  };
}
