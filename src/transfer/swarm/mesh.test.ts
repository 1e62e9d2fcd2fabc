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

  it('counts those that it dials among those that it may have', () => {
    const { mesh, dialled } = meshOf(2, 4);
    mesh.heardOf([1, 2].map(peer));
    assert.equal(dialled.length, 2);
    mesh.connected(peer(3));
    mesh.connected(peer(4));
    assert.ok(!mesh.accepts(peer(5)));
    assert.ok(mesh.accepts(peer(1)), 'one that is being dialled');
  });

  it('dials who is needed though there are enough, and makes room where it must', () => {
    const { mesh, dialled, dropped } = meshOf(2, 4);
    for (const n of [1, 2, 3]) mesh.connected(peer(n));
    assert.ok(mesh.need(peer(8), false));
    assert.ok(!mesh.need(peer(9), false), 'it is full');
    assert.deepEqual(dialled, [peer(8)]);
    mesh.used(peer(1), 10);
    mesh.used(peer(3), 10);
    assert.ok(mesh.need(peer(9), true));
    assert.deepEqual(dropped, [peer(2)]);
    assert.ok(!mesh.need(peer(9), true), 'it is being dialled');
  });

  it('tries those first that never failed, and the others later and later', () => {
    const { mesh, dialled, wait } = meshOf(1, 4);
    mesh.heardOf([peer(1)]);
    const times: number[] = [];
    for (let s = 0; s < 50; s += 1) {
      const before = dialled.length;
      mesh.failed(peer(1));
      wait(1000);
      mesh.tick();
      if (dialled.length > before) times.push(s + 1);
    }
    assert.deepEqual(times, [1, 3, 7, 15, 30, 45]);
    mesh.heardOf([peer(2)]);
    wait(20_000);
    mesh.tick();
    assert.equal(dialled.at(-1), peer(2));
  });

  it('never dials who is shunned, nor anybody while it rests', () => {
    const { mesh, dialled, wait } = meshOf(2, 8);
    mesh.shun(peer(1));
    mesh.heardOf([peer(1)]);
    assert.ok(!mesh.need(peer(1), true));
    mesh.rest();
    mesh.heardOf([peer(2)]);
    mesh.connected(peer(3));
    mesh.gone(peer(3), true);
    wait(60_000);
    mesh.tick();
    assert.deepEqual(dialled, []);
    mesh.want(2);
    mesh.heardOf([peer(2)]);
    assert.deepEqual(dialled, [peer(2)]);
  });

  it('lets one in for another that keeps a place and does nothing, though it dials nobody', () => {
    const { mesh, dropped, wait } = meshOf(1, 3);
    mesh.rest();
    for (const n of [1, 2, 3]) mesh.connected(peer(n));
    assert.ok(!mesh.accepts(peer(4)));
    mesh.used(peer(1), 10);
    mesh.used(peer(3), 10);
    wait(30_000);
    assert.ok(mesh.accepts(peer(4)));
    assert.deepEqual(dropped, [peer(2)]);
    mesh.connected(peer(4));
    assert.ok(!mesh.accepts(peer(5)), 'one in 30 s');
    for (const n of [1, 3, 4]) mesh.used(peer(n), 10);
    wait(30_000);
    assert.ok(!mesh.accepts(peer(5)), 'all were of use');
  });

  it('joins two halves in which everybody has enough, as soon as one has heard of the other', () => {
    const network = new MeshNetwork(24, 4, 8);
    network.tellAll(0, 12);
    network.tellAll(12, 24);
    assert.equal(network.parts(), 2);
    network.meshes[0]!.heardOf([peer(1 + 12)]);
    let swaps = 0;
    for (; network.parts() > 1 && swaps < 20; swaps += 1) network.wait(30_000);
    assert.ok(swaps <= 3, `${swaps} times 30 s`);
  });

  it('stays one when those with most neighbours die', () => {
    const network = new MeshNetwork(60, 5, 10);
    network.tellAll(0, 60);
    for (let i = 0; i < 20; i += 1) network.killBest();
    assert.equal(network.parts(), 1);
    for (const mesh of network.meshes) assert.ok(mesh.neighbours.size <= 10);
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

/** Meshes that dial each other at once. Peer `n + 1` is mesh `n`. */
class MeshNetwork {
  readonly meshes: Mesh[] = [];
  readonly #dead = new Set<number>();
  #now = 0;

  constructor(count: number, least: number, most: number) {
    const clock: Clock = { now: () => this.#now, monotonic: () => this.#now, after: () => () => {} };
    for (let n = 0; n < count; n += 1) {
      const self = peer(n + 1);
      const port = {
        dial: (other: string) => this.#dial(n, indexOf(other)),
        drop: (other: string) => this.meshes[indexOf(other)]!.gone(self, true),
      };
      this.meshes.push(new Mesh({ self, clock, random: seededRandom(n), port, least, most }));
    }
  }

  /** Everybody in this range hears of all in it. */
  tellAll(from: number, to: number): void {
    const all = Array.from({ length: to - from }, (_, i) => peer(from + i + 1));
    for (const mesh of this.meshes.slice(from, to)) mesh.heardOf(all);
  }

  wait(ms: number): void {
    this.#now += ms;
    for (const [n, mesh] of this.meshes.entries()) if (!this.#dead.has(n)) mesh.tick();
  }

  killBest(): void {
    const living = [...this.meshes.keys()].filter((n) => !this.#dead.has(n));
    const size = (n: number) => this.meshes[n]!.neighbours.size;
    const best = living.reduce((one, other) => (size(other) > size(one) ? other : one));
    this.#dead.add(best);
    for (const other of this.meshes[best]!.neighbours.keys())
      this.meshes[indexOf(other)]!.gone(peer(best + 1), true);
  }

  /** Parts of the graph of the living that are not connected with each other. */
  parts(): number {
    const left = new Set([...this.meshes.keys()].filter((n) => !this.#dead.has(n)));
    let parts = 0;
    for (const first of left) {
      parts += 1;
      const reached = new Set([first]);
      for (const n of reached) {
        left.delete(n);
        for (const other of this.meshes[n]!.neighbours.keys()) {
          if (left.has(indexOf(other))) reached.add(indexOf(other));
        }
      }
    }
    return parts;
  }

  #dial(from: number, to: number): void {
    const [self, other] = [this.meshes[from]!, this.meshes[to]!];
    if (this.#dead.has(to)) return self.failed(peer(to + 1));
    if (!other.accepts(peer(from + 1))) return self.failed(peer(to + 1), other.some(peer(from + 1)));
    self.connected(peer(to + 1));
    other.connected(peer(from + 1));
  }
}

const indexOf = (one: string): number => Number.parseInt(one, 16) - 1;
