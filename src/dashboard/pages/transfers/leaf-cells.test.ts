import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leafCells, MOST_CELLS } from './leaf-cells.ts';

const bins = (here: number[], coming: number[], rarest: (number | null)[]) => ({ here, coming, rarest });
const countOf = (path = '') => path.split('M').length - 1;

describe('the picture of leaves', () => {
  it('of one leaf is one cell over its whole width', () => {
    const cells = leafCells({ leaves: 1, bins: bins([1], [0], [null]) });
    assert.deepEqual([...cells.paths.keys()], ['here']);
    assert.equal(cells.paths.get('here'), 'M0 0h318.5v8.5h-318.5z');
    assert.equal(cells.height, 8.5);
  });

  it('tells what is here, comes, is rare and is nowhere', () => {
    const { paths } = leafCells({
      leaves: 6,
      bins: bins([1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [null, 3, 0, 1, 7, null]),
    });
    for (const kind of ['here', 'coming', 'nobody', 'one', 'more', 'missing'] as const)
      assert.equal(countOf(paths.get(kind)), 1, kind);
  });

  it('of 100 GB fills its cells in part', () => {
    const half = 373;
    const { paths, height } = leafCells({
      leaves: MOST_CELLS * 746,
      bins: bins(Array(MOST_CELLS).fill(half), Array(MOST_CELLS).fill(1), Array(MOST_CELLS).fill(2)),
    });
    assert.equal(height, 158.5);
    for (const kind of ['here', 'coming', 'more'] as const)
      assert.equal(countOf(paths.get(kind)), MOST_CELLS);
  });

  it('of an empty file is empty', () => {
    assert.equal(leafCells({ leaves: 0, bins: bins([], [], []) }).paths.size, 0);
  });
});
