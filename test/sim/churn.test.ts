import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { SimSwarm } from './sim-swarm.ts';
import { assertAllWhole, drawn, forSeeds } from './support.ts';

const LEAVES = 48;

function swarmOf(peers: number, seed: number): SimSwarm {
  const swarm = new SimSwarm({ seed, size: LEAVES * LEAF_BYTES });
  swarm.add('seed', { up: 100, down: 400, has: 'whole' });
  for (let i = 0; i < peers; i += 1) swarm.add(`peer ${i}`, { up: drawn(seed + i, 20, 200), down: 400 });
  return swarm;
}

/** Leaves that the living have without the seed. */
function held(swarm: SimSwarm): Set<number> {
  const peers = swarm.living.filter(({ name }) => name !== 'seed');
  return new Set(peers.flatMap(({ requester }) => [...requester.have]));
}

/** Lets things happen until the living, without the seed, hold so many leaves. */
function runUntilHeld(swarm: SimSwarm, leaves: number): boolean {
  let isEnough = false;
  swarm.onLeaf(() => {
    isEnough = held(swarm).size >= leaves;
  });
  return swarm.run(600_000, () => isEnough);
}

describe('a simulated swarm in which peers die', () => {
  it('finishes when the seed dies as soon as the living hold every leaf', () => {
    forSeeds(24, (seed) => {
      const swarm = swarmOf(drawn(seed, 2, 16), seed);
      assert.ok(runUntilHeld(swarm, LEAVES));
      swarm.peer('seed').die();
      assert.ok(swarm.run(), 'it did not finish');
      assertAllWhole(swarm);
    });
  });

  it('finishes when others die and lines break at any time', () => {
    forSeeds(24, (seed) => {
      const swarm = swarmOf(12, seed);
      for (let i = 0; i < 5; i += 1) {
        swarm.run(drawn(seed * 10 + i, 50, 400));
        const victim = swarm.living[drawn(seed * 10 + i, 1, swarm.living.length - 1)]!;
        if (i % 2 === 0) victim.die();
        else [...victim.links.values()][0]?.close(true);
      }
      assert.ok(swarm.run(), 'it did not finish');
      assertAllWhole(swarm);
    });
  });

  it('reaches all else when the seed dies too early, and finishes when it returns', () => {
    forSeeds(12, (seed) => {
      const swarm = swarmOf(6, seed);
      assert.ok(runUntilHeld(swarm, LEAVES - 1));
      swarm.peer('seed').die();
      const had = held(swarm);
      assert.ok(!swarm.run(20_000), 'it finished without a leaf');
      for (const { name, requester } of swarm.living) assert.deepEqual(new Set(requester.have), had, name);
      swarm.add('seed again', { up: 100, down: 400, has: 'whole', joinsAt: swarm.events.now + 1 });
      assert.ok(swarm.run(), 'it did not finish when it was back');
      assertAllWhole(swarm);
    });
  });
});

describe('a simulated swarm with bad members', () => {
  for (const malice of ['corrupt', 'lies', 'mute'] as const) {
    it(`finishes when some are ${malice}`, () => {
      forSeeds(12, (seed) => {
        const swarm = swarmOf(8, seed);
        const has = malice === 'lies' ? {} : { has: 'whole' as const };
        for (let i = 0; i < 3; i += 1) swarm.add(`bad ${i}`, { up: 100, down: 400, malice, ...has });
        assert.ok(swarm.run(), 'it did not finish');
        assertAllWhole(swarm);
      });
    });
  }

  it('is not slowed by members that take very slowly', () => {
    forSeeds(6, (seed) => {
      const took = (slow: number) => {
        const swarm = swarmOf(6, seed);
        for (let i = 0; i < slow; i += 1) swarm.add(`slow ${i}`, { up: 1, down: 1 });
        const quick = () => swarm.peers.filter(({ name }) => name.startsWith('peer'));
        swarm.run(1, () => quick().length === 6);
        assert.ok(swarm.run(600_000, () => quick().every(({ isWhole }) => isWhole)));
        return Math.max(...quick().map(({ finishedAt }) => finishedAt!));
      };
      const ratio = took(4) / took(0);
      assert.ok(ratio < 1.5, `${ratio} times as long`);
    });
  });
});
