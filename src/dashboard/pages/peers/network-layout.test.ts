import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
import { MOST_NODES, networkLayout } from './network-layout.ts';

const peer = (n: number, more: Partial<PeerRow> = {}) =>
  ({
    id: `p${n}`,
    name: `peer-${String(n).padStart(4, '0')}`,
    files: 1,
    bytes: n * 1e6,
    self: false,
    ...more,
  }) as PeerRow;
const peers = (count: number) => Array.from({ length: count }, (_, n) => peer(n));
const traffic = (...rows: [string, number, number][]) =>
  new Map(rows.map(([id, up, down]) => [id, { id, up, down }]));
const SIZES = [
  { width: 1000, height: 640 },
  { width: 390, height: 560 },
];

describe('the picture of the network', () => {
  for (const size of SIZES) {
    it(`keeps 200 dots apart and inside at ${size.width} by ${size.height}`, () => {
      const { nodes } = networkLayout(peers(200), traffic(['p3', 0, 5], ['p150', 9, 0]), size);
      assert.equal(nodes.length, 200);
      for (const { x, y } of nodes) {
        assert.ok(x >= 0 && x <= size.width && y >= 0 && y <= size.height);
      }
      let nearest = Number.POSITIVE_INFINITY;
      for (const [i, a] of nodes.entries())
        for (const b of nodes.slice(i + 1)) nearest = Math.min(nearest, Math.hypot(a.x - b.x, a.y - b.y));
      assert.ok(nearest > 6, `two dots are ${nearest} pixels apart`);
    });
  }

  it('has those that exchange in the inner ring, by what they do', () => {
    const all = [...peers(5), peer(9, { self: true }), peer(10, { files: 0 })];
    const { nodes, others, center } = networkLayout(
      all,
      traffic(['p1', 0, 5], ['p2', 5, 0], ['p3', 5, 5]),
      SIZES[0]!,
    );
    assert.equal(others, 6);
    const states = new Map(nodes.map(({ peer: { id }, state }) => [id, state]));
    assert.deepEqual(Object.fromEntries(states), {
      ...{ p0: 'rest', p1: 'gives', p2: 'gets', p3: 'both', p4: 'rest', p10: 'empty' },
    });
    const far = (id: string) => {
      const { x, y } = nodes.find((node) => node.peer.id === id)!;
      return Math.hypot((x - center.x) / center.x, (y - center.y) / center.y);
    };
    assert.ok(far('p1') < far('p0'));
    assert.ok(nodes.every(({ label }) => label !== undefined));
  });

  it('draws the busiest of more, and says how many there are', () => {
    const { nodes, others } = networkLayout(peers(5000), traffic(['p7', 0, 5]), SIZES[0]!);
    assert.equal(nodes.length, MOST_NODES);
    assert.equal(others, 5000);
    assert.equal(nodes[0]!.peer.id, 'p7');
    assert.equal(nodes.filter(({ label }) => label !== undefined).length, 1);
    assert.ok(nodes.some(({ peer: { id } }) => id === 'p4999'));
  });

  it('keeps places while only rates change', () => {
    const at = (rate: number) =>
      networkLayout(peers(30), traffic(['p3', rate, 0], ['p4', 5, 0]), SIZES[0]!)
        .nodes.map(({ peer: { id }, x, y }) => `${id} ${x} ${y}`)
        .sort();
    assert.deepEqual(at(1), at(1e9));
  });
});
