import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { inOrder, rarestFirst } from '../../src/transfer/swarm/policies.ts';
import { SimSwarm, type SwarmOptions } from './sim-swarm.ts';
import { assertAllWhole, drawn, forSeeds } from './support.ts';

function swarmOf(peers: number, leaves: number, options: Partial<SwarmOptions> & { seed: number }): SimSwarm {
  const swarm = new SimSwarm({ size: leaves * LEAF_BYTES, ...options });
  swarm.add('seed', { up: 100, down: 400, has: 'whole' });
  for (let i = 0; i < peers; i += 1) {
    swarm.add(`peer ${i}`, { up: drawn(options.seed + i, 5, 200), down: drawn(options.seed - i, 50, 1000) });
  }
  return swarm;
}

describe('a simulated swarm', () => {
  it('brings everything to everybody, whatever its size, the links and the policy', () => {
    forSeeds(24, (seed) => {
      const policy = seed % 3 === 0 ? inOrder : () => rarestFirst;
      const swarm = swarmOf(drawn(seed, 1, 40), drawn(seed + 1, 1, 60), {
        seed,
        policy,
        claims: seed % 2 === 0,
        takesOthers: seed % 4 !== 0,
      });
      assert.ok(swarm.run(), 'it did not finish');
      assertAllWhole(swarm);
    });
  });

  it('finishes with contents of no byte, of one and of one more than a leaf', () => {
    forSeeds(6, (seed) => {
      for (const size of [0, 1, LEAF_BYTES + 1]) {
        const swarm = swarmOf(5, 0, { seed, size });
        assert.ok(swarm.run(), `it did not finish with ${size} bytes`);
        assertAllWhole(swarm);
      }
    });
  });

  it('takes in those who come late', () => {
    forSeeds(12, (seed) => {
      const swarm = swarmOf(6, 64, { seed });
      for (let i = 0; i < 6; i += 1) {
        swarm.add(`late ${i}`, { up: 100, down: 400, joinsAt: drawn(seed + i, 1, 4000) });
      }
      assert.ok(
        swarm.run(60_000, () => swarm.peers.length === 13),
        'somebody did not join',
      );
      assert.ok(swarm.run(), 'it did not finish');
      assertAllWhole(swarm);
    });
  });

  it('finishes with some hundred peers, each with a few neighbours', () => {
    const swarm = swarmOf(300, 24, { seed: 1, network: { frameBytes: LEAF_BYTES } });
    assert.ok(swarm.run());
    assertAllWhole(swarm);
    const degrees = swarm.peers.map(({ mesh }) => mesh.neighbours.size);
    assert.ok(Math.max(...degrees) <= 48, `one had ${Math.max(...degrees)} neighbours`);
  });

  it('is the same in every event with the same seed, and another with another', () => {
    const trace = (seed: number) => {
      const swarm = swarmOf(12, 40, { seed });
      swarm.run();
      return [swarm.trace, swarm.events.happened];
    };
    assert.deepEqual(trace(5), trace(5));
    assert.notDeepEqual(trace(5), trace(6));
  });
});

describe('the speed of a simulated swarm', () => {
  it('is near the bound for equal peers, and the seed sends the content about once', () => {
    forSeeds(3, (seed) => {
      const size = 32 * 2 ** 20;
      const swarm = new SimSwarm({ seed, size });
      swarm.add('seed', { up: 100, down: 400, has: 'whole' });
      for (let i = 0; i < 8; i += 1) swarm.add(`peer ${i}`, { up: 100, down: 400 });
      assert.ok(swarm.run());
      const last = Math.max(...swarm.peers.map(({ finishedAt }) => finishedAt ?? Number.POSITIVE_INFINITY));
      const ratio = last / (size / 12_500);
      assert.ok(ratio < 1.15, `${ratio} of the bound`);
      const sent = swarm.peer('seed').uploaded / size;
      assert.ok(sent < 1.1, `the seed sent ${sent} of the content`);
    });
  });
});
