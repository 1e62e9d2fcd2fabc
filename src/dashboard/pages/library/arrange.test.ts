import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrange, placeOfName } from './arrange.ts';
import { orderOf, searchOf } from './library-route.ts';
import { listedRow } from './library-row.ts';

const AT = { peer: 'lab', folder: 'x' };
const NOW = Date.UTC(2026, 5, 10);
const row = (name: string, kind: 'file' | 'folder', size: number, modified: string | null) =>
  listedRow({ name, kind, size, modified, content: null }, AT);

const ROWS = [
  row('10.txt', 'file', 5, '2026-06-09T12:00:00.000Z'),
  row('9.txt', 'file', 70, '2026-01-01T00:00:00.000Z'),
  row('Bees.PNG', 'file', 3000, '2026-06-01T00:00:00.000Z'),
  row('sub', 'folder', 0, null),
];
const arranged = (query: string) => {
  const asked = new URLSearchParams(query);
  return arrange(ROWS, searchOf(asked), orderOf(asked), NOW).map(({ name }) => name);
};

describe('a folder of the library', () => {
  it('stays as it was listed until another order is chosen, then folders come first', () => {
    assert.deepEqual(arranged(''), ['10.txt', '9.txt', 'Bees.PNG', 'sub']);
    assert.deepEqual(arranged('sort=-name'), ['sub', 'Bees.PNG', '10.txt', '9.txt']);
    assert.deepEqual(arranged('sort=-size'), ['sub', 'Bees.PNG', '9.txt', '10.txt']);
    assert.deepEqual(arranged('sort=modified'), ['sub', '9.txt', 'Bees.PNG', '10.txt']);
    assert.deepEqual(arranged('sort=nonsense'), arranged(''));
  });

  it('shows the files that the filters let through, and every folder', () => {
    assert.deepEqual(arranged('type=image'), ['Bees.PNG', 'sub']);
    assert.deepEqual(arranged('ext=txt&min=6'), ['9.txt', 'sub']);
    assert.deepEqual(arranged('max=70&days=7'), ['10.txt', 'sub']);
    assert.deepEqual(arranged('type=image&ext=txt'), ['sub'], 'two that exclude each other');
  });

  it('finds the name that was typed: first what begins so, then what has it', () => {
    const place = (text: string) => placeOfName(ROWS, text);
    assert.deepEqual([place('be'), place('.txt'), place('9'), place('zz'), place('')], [2, 0, 1, -1, -1]);
  });
});
