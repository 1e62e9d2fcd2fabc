import assert from 'node:assert/strict';
import { randomInt, seededRandom } from '../../src/core/random.ts';
import type { SimSwarm } from './sim-swarm.ts';

/** Runs `body` with each seed; a failure names the one that repeats it. */
export function forSeeds(count: number, body: (seed: number) => void): void {
  for (let seed = 1; seed <= count; seed += 1) {
    try {
      body(seed);
    } catch (error) {
      throw new Error(`with seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** A number from `least` to `most` that the seed decides. */
export function drawn(seed: number, least: number, most: number): number {
  return least + randomInt(seededRandom(seed * 7919), most - least + 1);
}

/** Fails unless all the living have everything. */
export function assertAllWhole(swarm: SimSwarm): void {
  const missing = swarm.living
    .filter(({ isWhole, options }) => !isWhole && !options.malice)
    .map(({ name, requester, links }) => `${name} has ${requester.have.count} with ${links.size} links`);
  assert.deepEqual(missing, []);
}
