import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldName } from '../../../core/index-path.ts';
import { GramTable } from './gram-table.ts';
import { endGrams, gramsIn, gramsOf, nameEndGrams, wordStartGram } from './grams.ts';
import { PostingWriter, RowSet } from './row-set.ts';

const writer = new PostingWriter();

const names = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom('a', 'b', '.', ' ', '-', '7', '深', '😀'),
      minLength: 1,
      maxLength: 12,
    }),
  )
  .map((name) => foldName(name.replaceAll(/\p{Cc}|\p{Surrogate}/gu, 'x')));

function gramsOfName(name: string): Set<string> {
  const grams = new Set<string>();
  gramsOf(name, (...codes) => {
    grams.add(String.fromCodePoint(...codes.filter((code) => code !== 0)));
  });
  return grams;
}

const has = (name: string, grams: readonly string[]): boolean => {
  const all = gramsOfName(name);
  return grams.every((gram) => all.has(gram));
};

describe('the grams of a name', () => {
  it('have those of each of its parts', () => {
    fc.assert(
      fc.property(names, fc.nat(19), fc.integer({ min: 1, max: 20 }), (name, from, length) => {
        const part = [...name].slice(from, from + length).join('');
        if (part !== '') assert.ok(has(name, gramsIn(part)), JSON.stringify({ name, part }));
      }),
    );
  });

  it('have those of the whole, with an extension and without, and those of its end', () => {
    fc.assert(
      fc.property(names, fc.constantFrom('', '.txt', '.t'), (name, extension) => {
        assert.ok(has(name + extension, nameEndGrams(name)), JSON.stringify(name + extension));
        assert.ok(has(name + extension, endGrams(extension === '' ? name : extension)));
      }),
    );
  });

  it('tell where words begin', () => {
    for (const [name, word, begins] of [
      ['my garden.txt', 'ga', true],
      ['my_garden', 'garden', true],
      ['engarden', 'garden', false],
      ['深い森', '深', true],
      ['深い森', '森', false],
      ['a😀b', 'b', true],
    ] as const) {
      assert.equal(has(name, [wordStartGram(word)]), begins, `${name} ${word}`);
    }
  });
});

describe('a table of grams', () => {
  it('gives the rows of every gram in order, for one chunk after the other', () => {
    const table = new GramTable();
    fc.assert(
      fc.property(fc.array(names, { maxLength: 300 }), (all) => {
        table.clear();
        const expected = new Map<string, number[]>();
        for (const [row, name] of all.entries()) {
          gramsOf(name, (a, b, c) => table.add(row, a, b, c));
          for (const gram of gramsOfName(name)) expected.set(gram, [...(expected.get(gram) ?? []), row]);
        }
        const given = [...table.postings()].map(({ gram, rows }) => [gram, [...rows]] as const);
        assert.deepEqual(new Map(given), expected);
        const texts = given.map(([gram]) => gram);
        assert.deepEqual(
          texts,
          texts.toSorted((a, b) => (a < b ? -1 : 1)),
        );
      }),
    );
  });
});

describe('a posting', () => {
  it('is read as it was written, few rows and many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70_000 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, seed, share) => {
          const rows = Uint16Array.from(
            Array.from({ length: Math.min(all, 65_536) }, (_, row) => row).filter(
              (row) => Math.abs(Math.sin(row * 12.9898 + seed) * 43_758.5453) % 1 < share,
            ),
          );
          const posting = writer.write(rows, all);
          assert.ok(posting.length <= 1 + 4 * ((all + 31) >>> 5));
          assert.deepEqual(RowSet.read(all, posting).toArray(), rows);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of sets is cut, joined and taken away', () => {
    const set = (...rows: number[]) => RowSet.read(100, writer.write(Uint16Array.from(rows), 100));
    assert.deepEqual(
      [
        ...set(1, 2, 99)
          .and(set(2, 3, 99))
          .toArray(),
      ],
      [2, 99],
    );
    assert.deepEqual([...set(1, 2).or(set(2, 64)).toArray()], [1, 2, 64]);
    assert.deepEqual([...set(1, 2, 31, 32).without(set(2, 31)).toArray()], [1, 32]);
    assert.deepEqual([set().empty, set(77).empty, RowSet.read(100, undefined).empty], [true, false, true]);
  });
});
