import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nameKey } from '../core/name-key.ts';
import type { WantedItem } from '../core/wanted.ts';
import { withoutCollisions } from './name-collisions.ts';

describe('names that are one on the disk', () => {
  it('are all taken out and listed, and the others stay', () => {
    const placed = withoutCollisions(files('d/readme', 'd/README', 'd/ReadMe', 'd/other', 'readme'));
    assert.deepEqual(pathsOf(placed.items), ['d/other', 'readme']);
    assert.deepEqual(
      placed.clashes.map(({ name, error }) => [name, error.code, error.message]),
      [
        ['d/readme', 'conflict', 'd/readme and d/README, d/ReadMe would be one name on that disk'],
        ['d/README', 'conflict', 'd/README and d/readme, d/ReadMe would be one name on that disk'],
        ['d/ReadMe', 'conflict', 'd/ReadMe and d/readme, d/README would be one name on that disk'],
      ],
    );
  });

  it('take what lies in them along, listed once', () => {
    const tree = [folder('t'), folder('t/A'), folder('t/a'), ...files('t/A/x', 't/a/x', 't/a/y', 't/b')];
    const placed = withoutCollisions(tree);
    assert.deepEqual(pathsOf(placed.items), ['t', 't/b']);
    assert.deepEqual(
      placed.clashes.map(({ name }) => name),
      ['t/A', 't/a'],
    );
    // A log need not name the folders that its files lie in.
    assert.deepEqual(pathsOf(withoutCollisions(files('t/A/x', 't/a/y')).items), []);
  });

  it('are a file and a folder as well', () => {
    const placed = withoutCollisions([folder('t/Data'), ...files('t/Data/x', 't/data')]);
    assert.deepEqual(placed.items, []);
    assert.equal(placed.clashes.length, 2);
  });

  it('are those that differ in case, in Unicode form, or in what cannot be seen', () => {
    const same = [
      ['Straße', 'STRASSE'],
      ['Zo\u00eb', 'zoe\u0308'],
      ['\u212bngstr\u00f6m', '\u00c5NGSTR\u00d6M'],
      ['a\u200db', 'ab'],
      ['\u03a3\u03c2', '\u03c3\u03c3'],
    ];
    for (const [one, other] of same) assert.equal(nameKey(one!), nameKey(other!), `${one} ${other}`);
    for (const [one, other] of [
      ['a', 'b'],
      ['a b', 'ab'],
      ['\u00e9', 'e'],
      ['1', '\u00b9'],
    ])
      assert.notEqual(nameKey(one!), nameKey(other!), `${one} ${other}`);
  });

  it('leave a job alone that has none: the same list, in no more time than it has names', () => {
    const items = files(...Array.from({ length: 2000 }, (_, n) => `folder/deep/${n}.txt`));
    assert.equal(withoutCollisions(items).items, items);
  });

  it('never stay in a job together, whatever the tree', () => {
    const name = fc.constantFrom('a', 'A', '\u00e9', 'e\u0301', 'b', '\u00df', 'ss');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 12 }), (paths) => {
        const { items, clashes } = withoutCollisions(files(...paths));
        const keys = items.map(({ relative }) => nameKey(relative));
        assert.equal(new Set(keys).size, keys.length);
        const reached = new Map<string, string>();
        for (const { relative } of items) {
          const parts = relative.split('/');
          for (let end = 1; end <= parts.length; end += 1) {
            const part = parts.slice(0, end).join('/');
            assert.equal(reached.get(nameKey(part)) ?? part, part);
            reached.set(nameKey(part), part);
          }
        }
        assert.equal(clashes.length === 0, items.length === paths.length);
      }),
    );
  });
});

const files = (...paths: readonly string[]): WantedItem[] =>
  paths.map((relative) => ({ relative, kind: 'file', size: 1, content: 'ab'.repeat(32) }));
const folder = (relative: string): WantedItem => ({ relative, kind: 'folder', size: 0 });
const pathsOf = (items: readonly WantedItem[]) => items.map(({ relative }) => relative);
