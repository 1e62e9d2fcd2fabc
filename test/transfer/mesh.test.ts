import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { SourceListener } from '../../src/core/ports/source.ts';
import type { ContentFetch } from '../../src/transfer/fetch-content.ts';
import { eventually } from '../harness/eventually.ts';
import { type Bounds, SwarmPeer } from '../harness/swarm-peer.ts';

const MIB = 2 ** 20;
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a swarm of real peers', () => {
  it('whose peers take few neighbours passes a file on to all, and none has more than it may', async () => {
    await using swarm = await Swarm.start(8 * MIB, 10, { mostNeighbours: 4 });
    swarm.knowEachOther();
    const told = swarm.others.flatMap((peer) => watchRefusals(peer));
    const fetches = swarm.others.map((peer) => swarm.fetch(peer));
    const most = await swarm.watchDegrees(() => Promise.all(fetches.map(({ done }) => done)));
    assert.equal(most, 4);
    await swarm.areWhole(swarm.others);
    assert.ok(told.flat().length > 0, 'void: nobody was refused');
    for (const members of told.flat()) assert.ok(members >= 1 && members <= 20, `${members} were told`);
  });

  it('heals: it stays one when those with most neighbours are killed', async () => {
    await using swarm = await Swarm.start(8 * MIB, 10, { mostNeighbours: 6 });
    swarm.knowEachOther();
    for (const peer of swarm.peers) peer.upLimiter.rate = 2e6;
    const fetches = swarm.others.map((peer) => swarm.fetch(peer));
    await eventually(() => fetches.every(({ fetch }) => fetch.bytes > MIB / 2), { every: 10 });
    const best = fetches.toSorted((a, b) => swarm.degree(b.peer) - swarm.degree(a.peer)).slice(0, 3);
    await Promise.all(best.map(({ kill }) => kill()));
    const left = fetches.filter((one) => !best.includes(one));
    const living = [swarm.seed, ...left.map(({ peer }) => peer)];
    await eventually(() => swarm.isConnected(living), { every: 10 });
    assert.ok(
      left.every(({ fetch }) => fetch.bytes < swarm.size),
      'void: one was done before it had to heal',
    );
    for (const peer of living) peer.upLimiter.rate = undefined;
    await Promise.all(left.map(({ done }) => done));
    await swarm.areWhole(left.map(({ peer }) => peer));
  });

  it('of which a process takes few links in all is found through those that it takes', async () => {
    await using swarm = await Swarm.start(4 * MIB, 6, {}, { mostLinks: 2 });
    for (const peer of swarm.others) peer.knows(swarm.seed);
    swarm.seed.upLimiter.rate = 4e6;
    const fetches = swarm.others.map((peer) => swarm.fetch(peer));
    assert.ok((await swarm.watchDegrees(() => Promise.all(fetches.map(({ done }) => done)))) >= 2);
    assert.equal(swarm.mostSeen.get(swarm.seed), 2);
    await swarm.areWhole(swarm.others);
  });

  it('in two halves becomes one when both hear of one who keeps a list', async () => {
    await using swarm = await Swarm.start(8 * MIB, 5, {});
    const [seed, one, two, three, keeper] = swarm.peers as [
      SwarmPeer,
      SwarmPeer,
      SwarmPeer,
      SwarmPeer,
      SwarmPeer,
    ];
    one.knows(seed);
    two.meets(three);
    three.meets(two);
    seed.upLimiter.rate = 1e6;
    const fetches = [one, two, three].map((peer) => swarm.fetch(peer));
    await eventually(() => swarm.isConnected([two, three]) && swarm.isConnected([seed, one]));
    assert.ok(!swarm.isConnected([seed, one, two, three]));
    for (const peer of [one, two, three]) peer.meets(keeper);
    await eventually(() => swarm.isConnected([seed, one, two, three]));
    seed.upLimiter.rate = undefined;
    await Promise.all(fetches.map(({ done }) => done));
    await swarm.areWhole([one, two, three]);
  });

  it('comes to a file of one leaf without a storm of connections', async () => {
    await using swarm = await Swarm.start(200_000, 13, {});
    swarm.knowEachOther();
    // So that they hear of each other before the first one has it.
    swarm.seed.upLimiter.rate = 250_000;
    const dialled = swarm.others.map((peer) => countDialled(peer));
    await Promise.all(swarm.others.map((peer) => swarm.fetch(peer).done));
    await swarm.areWhole(swarm.others);
    const all = dialled.reduce((sum, count) => sum + count(), 0);
    // The seed, four more, and those who dialled it themselves are asked in turn.
    assert.ok(all <= 12 * (1 + 2 * 4), `${all} dialled by twelve peers`);
  });

  for (const size of [0, 1]) {
    it(`comes to a file of ${size} bytes`, async () => {
      await using swarm = await Swarm.start(size, 6, {});
      swarm.knowEachOther();
      const dialled = swarm.others.map((peer) => countDialled(peer));
      await Promise.all(swarm.others.map((peer) => swarm.fetch(peer).done));
      await swarm.areWhole(swarm.others);
      for (const count of dialled) assert.ok(count() <= size, `${count()} dialled by one peer`);
    });
  }
});

interface Fetching {
  readonly peer: SwarmPeer;
  readonly fetch: ContentFetch;
  readonly done: Promise<unknown>;
  kill(): Promise<void>;
}

/** A seed, the first, and others that hold nothing. */
class Swarm implements AsyncDisposable {
  readonly peers: readonly SwarmPeer[];
  readonly bytes: Buffer;
  readonly content: string;
  /** Neighbours that each had at a time. */
  readonly mostSeen = new Map<SwarmPeer, number>();

  private constructor(peers: readonly SwarmPeer[], bytes: Buffer, content: string) {
    this.peers = peers;
    this.bytes = bytes;
    this.content = content;
  }

  static async start(size: number, count: number, bounds: Bounds, ofSeed = bounds): Promise<Swarm> {
    const peers = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        SwarmPeer.start(n + 1, undefined, {}, undefined, n === 0 ? ofSeed : bounds),
      ),
    );
    for (const peer of peers) peer.remembers = true;
    const bytes = randomBytes(size);
    return new Swarm(peers, bytes, await peers[0]!.hold('x', bytes));
  }

  get seed(): SwarmPeer {
    return this.peers[0]!;
  }

  get others(): readonly SwarmPeer[] {
    return this.peers.slice(1);
  }

  get size(): number {
    return this.bytes.byteLength;
  }

  /** All are active, and the index names the seed. */
  knowEachOther(): void {
    for (const peer of this.peers) peer.meets(...this.peers.filter((other) => other !== peer));
    for (const peer of this.others) peer.knows(this.seed);
  }

  fetch(peer: SwarmPeer): Fetching {
    const end = new AbortController();
    const fetch = peer.fetch(this.content, this.size, 'x');
    const done = fetch.run(end.signal).catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
    });
    const kill = async () => {
      end.abort();
      await peer.swarm.stop();
      await done;
    };
    return { peer, fetch, done, kill };
  }

  neighbours(peer: SwarmPeer): readonly string[] {
    return [...peer.parts.contentSwarms.of(this.content, this.size).mesh.neighbours.keys()];
  }

  degree(peer: SwarmPeer): number {
    return this.neighbours(peer).length;
  }

  /** Whether each of these is reached from the first by way of these. */
  isConnected(peers: readonly SwarmPeer[]): boolean {
    const reached = new Set([peers[0]!]);
    for (const peer of reached) {
      const near = this.neighbours(peer);
      for (const other of peers) if (near.includes(other.id)) reached.add(other);
    }
    return reached.size === peers.length;
  }

  /** Most neighbours that anybody had while that ran. */
  async watchDegrees(run: () => Promise<unknown>): Promise<number> {
    let isOver = false;
    const over = run().finally(() => {
      isOver = true;
    });
    await eventually(
      () => {
        for (const peer of this.peers)
          this.mostSeen.set(peer, Math.max(this.mostSeen.get(peer) ?? 0, this.degree(peer)));
        return isOver;
      },
      { every: 2, timeout: 30_000 },
    );
    await over;
    return Math.max(...this.mostSeen.values());
  }

  async areWhole(peers: readonly SwarmPeer[]): Promise<void> {
    for (const peer of peers) assert.equal(sha(await readFile(join(peer.folder, 'x'))), sha(this.bytes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.peers.map((peer) => peer[Symbol.asyncDispose]()));
  }
}

/** How many members are told to it by each that is busy, from here on. */
function watchRefusals(peer: SwarmPeer): number[][] {
  const told: number[] = [];
  const { sources } = peer.parts;
  const connect = sources.connect.bind(sources);
  sources.connect = async (...args) => {
    const link = await connect(...args);
    const open = (content: string, listener: SourceListener) => {
      const refused = listener.refused.bind(listener);
      listener.refused = (leaf, reason, members = []) => {
        if (reason === 'busy') told.push(members.length);
        refused(leaf, reason, members);
      };
      return link.open(content, listener);
    };
    return { peer: link.peer, open };
  };
  return [told];
}

/** How often it has dialled, or asked who dialled it, from here on. */
function countDialled(peer: SwarmPeer): () => number {
  let dialled = 0;
  const { sources } = peer.parts;
  const connect = sources.connect.bind(sources);
  sources.connect = (other, signal, told) => {
    dialled += 1;
    return connect(other, signal, told);
  };
  return () => dialled;
}
