import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../core/clock.ts';
import { seededRandom } from '../../core/random.ts';
import { Mesh, MOST_TOLD } from './mesh.ts';

const peer = (i: number): string => i.toString(16).padStart(32, '0');

function meshOf(least: number, most: number) {
  const dialled: string[] = [];
  const dropped: string[] = [];
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, after: () => () => {} };
  const port = { dial: (one: string) => dialled.push(one), drop: (one: string) => dropped.push(one) };
  const mesh = new Mesh({ self: peer(0), clock, random: seededRandom(1), port, least, most });
  return {
    mesh,
    dialled,
    dropped,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('Mesh', () => {
  it('dials until it has enough, never itself nor one twice', () => {
    const { mesh, dialled } = meshOf(3, 5);
    mesh.heardOf([0, 1, 2, 2, 1].map(peer));
    assert.deepEqual(dialled.toSorted(), [peer(1), peer(2)]);
    for (const one of dialled) mesh.connected(one);
    mesh.heardOf([1, 2, 3, 4, 5].map(peer));
    assert.equal(dialled.length, 3);
  });

  it('heals when neighbours go, and tries those again that may return', () => {
    const { mesh, dialled, wait } = meshOf(1, 5);
    mesh.heardOf([peer(1)]);
    mesh.connected(peer(1));
    mesh.gone(peer(1), true);
    mesh.tick();
    assert.equal(dialled.length, 1);
    wait(30_000);
    mesh.tick();
    assert.equal(dialled.length, 2);
  });

  it('lets in until it is full, and tells better addresses', () => {
    const { mesh } = meshOf(2, 30);
    for (let i = 1; i <= 30; i += 1) {
      assert.ok(mesh.accepts(peer(i)));
      mesh.connected(peer(i));
    }
    assert.ok(!mesh.accepts(peer(31)));
    assert.ok(mesh.accepts(peer(5)), 'one that is connected');
    const told = mesh.some(peer(7));
    assert.equal(told.length, MOST_TOLD);
    assert.ok(!told.includes(peer(7)) && !told.includes(peer(0)));
  });

  it('follows what a full one told', () => {
    const { mesh, dialled } = meshOf(2, 5);
    mesh.heardOf([peer(1)]);
    mesh.failed(peer(1), [peer(8), peer(9)]);
    assert.deepEqual(dialled.slice(1).toSorted(), [peer(8), peer(9)]);
  });

  it('swaps the least useful for another now and then', () => {
    const { mesh, dialled, dropped, wait } = meshOf(3, 5);
    mesh.heardOf([1, 2, 3].map(peer));
    for (const one of dialled) mesh.connected(one);
    mesh.used(peer(1), 10);
    mesh.used(peer(3), 10);
    mesh.heardOf([peer(4)]);
    wait(30_000);
    mesh.tick();
    assert.deepEqual(dropped, [peer(2)]);
    assert.equal(dialled.at(-1), peer(4));
  });

  it('stays within its bounds whatever happens', () => {
    const act = fc.record({
      do: fc.constantFrom('hear', 'connect', 'fail', 'go', 'tick'),
      who: fc.integer({ min: 0, max: 3000 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        const { mesh, wait } = meshOf(4, 8);
        for (const one of acts) {
          wait(500);
          if (one.do === 'hear') mesh.heardOf(Array.from({ length: 50 }, (_, i) => peer(one.who + i)));
          else if (one.do === 'connect' && mesh.accepts(peer(one.who))) mesh.connected(peer(one.who));
          else if (one.do === 'fail') mesh.failed(peer(one.who));
          else if (one.do === 'go') mesh.gone(peer(one.who), one.who % 2 === 0);
          else mesh.tick();
          assert.ok(mesh.neighbours.size <= 8);
          assert.ok(mesh.some(peer(1)).length <= MOST_TOLD);
        }
      }),
    );
  });
});
