import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Fate, KeptEntry, MirrorWanted } from '../../core/mirror.ts';
import type { Standing } from '../../core/ports/destination-files.ts';
import { asFound, planMirror, toLookAt } from './plan.ts';
import type { MirrorState } from './state.ts';

const PATHS = ['a', 'a/x', 'a/y', 'b', 'b/x', 'c', 'd'];

const file = (relative: string, content: number, extra: Partial<MirrorWanted> = {}): MirrorWanted => ({
  ...{ relative, kind: 'file', size: content, content: `${content}`, mtime: BigInt(content) },
  ...{ executable: false, origin: { owner: 'o', path: `s/${relative}`, index: 'i' }, ...extra },
});
const folder = (relative: string): MirrorWanted =>
  file(relative, 0, { kind: 'folder', content: undefined, mtime: 0n });
const asBrought = (want: MirrorWanted, brought = true): KeptEntry => asFound(want, brought, want.mtime);
const stands = ({ kind, size, mtime }: MirrorWanted): Standing => ({ kind, size, mtime });
const NOTHING: Standing = { kind: 'nothing', size: 0, mtime: 0n };

function plan(
  state: Partial<Record<'wanted' | 'kept', readonly MirrorWanted[]>> &
    Partial<Omit<MirrorState, 'wanted' | 'kept'>>,
) {
  const wanted = new Map((state.wanted ?? []).map((one) => [one.relative, one]));
  const kept = new Map((state.kept ?? []).map((one) => [one.relative, one as KeptEntry]));
  const looked = toLookAt(wanted, kept);
  const standing = new Map(looked.map((path) => [path, state.standing?.get(path) ?? NOTHING]));
  return planMirror({
    ...{
      wanted,
      kept,
      standing,
      removes: true,
      mayRemove: 0,
      fateOf: state.fateOf ?? (() => 'deleted' as const),
    },
    ...(state.removes === undefined ? {} : { removes: state.removes }),
    ...(state.mayRemove === undefined ? {} : { mayRemove: state.mayRemove }),
  });
}

const at = (...some: readonly MirrorWanted[]) => new Map(some.map((one) => [one.relative, stands(one)]));
const many = (count: number) => Array.from({ length: count }, (_, i) => asBrought(file(`f${i}`, i + 1)));

describe('what a mirror does', () => {
  it('fetches what is missing, replaces what is older, and leaves what is equal alone', () => {
    const old = asBrought(file('b', 1));
    const { fetch, replace, ...others } = plan({
      wanted: [file('a', 1), file('b', 2), file('c', 3)],
      kept: [old, asBrought(file('c', 3))],
      standing: at(file('b', 1)),
    });
    assert.deepEqual(fetch, [file('a', 1)]);
    assert.deepEqual(replace, [{ wanted: file('b', 2), kept: old }]);
    assert.ok(Object.values(others).every((list) => !list || (list as readonly unknown[]).length === 0));
  });

  it('lets alone what was changed here, and says so', () => {
    const { replace, aside } = plan({
      wanted: [file('b', 2)],
      kept: [asBrought(file('b', 1))],
      standing: at(file('b', 7)),
    });
    assert.deepEqual(replace, []);
    assert.match(aside[0]!.reason, /changed here/);
  });

  it('removes half of all files, and asks for more than half and for all', () => {
    const kept = many(4);
    const standing = at(...kept);
    assert.equal(plan({ wanted: kept.slice(2), kept, standing }).remove.length, 2);
    const more = plan({ wanted: kept.slice(3), kept, standing });
    assert.deepEqual([more.remove, more.asks], [[], { files: 3, of: 4, anew: false }]);
    assert.equal(plan({ wanted: [], kept: many(1), standing }).remove.length, 0, 'all of one');
    assert.equal(plan({ wanted: kept.slice(3), kept, standing, mayRemove: 3 }).remove.length, 3);
    assert.equal(
      plan({ wanted: [], kept, standing, mayRemove: 3 }).remove.length,
      0,
      'more than was allowed',
    );
  });

  it('asks for nothing where files only move', () => {
    const kept = many(4);
    const wanted = kept.map((one) => ({ ...one, relative: `moved-${one.relative}` }));
    const { remove, fetch, asks } = plan({ wanted, kept, standing: at(...kept) });
    assert.deepEqual([remove.length, fetch.length, asks], [4, 4, undefined]);
  });

  it('keeps what is missing from a log that began anew until somebody says otherwise', () => {
    const kept = many(9);
    const standing = at(...kept);
    const fateOf = ({ relative }: KeptEntry) => (relative === 'f0' ? 'deleted' : 'unproven') as Fate;
    const { remove, asks } = plan({ wanted: kept.slice(2), kept, standing, fateOf });
    assert.deepEqual(
      remove.map(({ relative }) => relative),
      ['f0'],
    );
    assert.deepEqual(asks, { files: 2, of: 9, anew: true });
    assert.equal(plan({ wanted: kept.slice(2), kept, standing, fateOf, mayRemove: 2 }).remove.length, 2);
  });

  it('puts a folder where a file was only after the file is gone', () => {
    const before = [asBrought(file('a', 1)), ...many(3)];
    const wanted = [folder('a'), file('a/x', 2), ...many(3)];
    const first = plan({ wanted, kept: before, standing: at(file('a', 1)) });
    assert.deepEqual([first.remove.map(({ relative }) => relative), first.fetch], [['a'], []]);
    assert.deepEqual(first.blocked, ['a', 'a/x']);
    assert.deepEqual(
      plan({ wanted, kept: many(3) }).fetch.map(({ relative }) => relative),
      ['a', 'a/x'],
    );
  });

  it('puts nothing below what stands in the way of a folder', () => {
    const { fetch, aside } = plan({ wanted: [folder('a'), file('a/x', 2)], standing: at(file('a', 5)) });
    assert.deepEqual([fetch, aside.map(({ relative }) => relative)], [[], ['a']]);
  });

  it('whatever the state: only what it brought, left as it was and deleted by its owner goes, and never most of it unasked', () => {
    const entry = fc.record({ content: fc.integer({ min: 1, max: 3 }), isFolder: fc.boolean() });
    const state = fc.record({
      wanted: fc.array(fc.tuple(fc.constantFrom(...PATHS), entry)),
      kept: fc.array(fc.tuple(fc.constantFrom(...PATHS), entry, fc.boolean())),
      standing: fc.array(
        fc.tuple(
          fc.constantFrom(...PATHS),
          fc.constantFrom('file', 'folder', 'other', 'nothing'),
          fc.integer({ min: 1, max: 3 }),
        ),
      ),
      fates: fc.dictionary(fc.constantFrom(...PATHS), fc.constantFrom<Fate>('deleted', 'listed', 'unproven')),
      removes: fc.boolean(),
      mayRemove: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
    });
    fc.assert(
      fc.property(state, ({ fates, removes, mayRemove, ...lists }) => {
        const make = (path: string, { content, isFolder }: { content: number; isFolder: boolean }) =>
          isFolder ? folder(path) : file(path, content);
        const wanted = new Map(lists.wanted.map(([path, one]) => [path, make(path, one)]));
        const kept = new Map(
          lists.kept.map(([path, one, brought]) => [path, asBrought(make(path, one), brought)]),
        );
        const disk = new Map<string, Standing>(
          lists.standing.map(([path, kind, n]) => [
            path,
            kind === 'file' ? { kind, size: n, mtime: BigInt(n) } : { kind, size: 0, mtime: 0n },
          ]),
        );
        const standing = new Map(toLookAt(wanted, kept).map((path) => [path, disk.get(path) ?? NOTHING]));
        const fateOf = ({ relative }: KeptEntry) => fates[relative] ?? 'listed';
        const { remove, replace, fetch, touch, asks, ...others } = planMirror({
          wanted,
          kept,
          standing,
          fateOf,
          removes,
          mayRemove,
        });
        const isAsKept = ({ relative, kind, here }: KeptEntry) => {
          const now = standing.get(relative);
          return (
            now?.kind === kind && (kind === 'folder' || (now.size === here.size && now.mtime === here.mtime))
          );
        };
        for (const gone of remove) {
          assert.ok(removes && gone.brought && kept.get(gone.relative) === gone && isAsKept(gone));
          assert.ok(wanted.get(gone.relative)?.kind !== gone.kind);
          assert.ok(fateOf(gone) === 'deleted' || (fateOf(gone) === 'unproven' && mayRemove > 0));
        }
        const own = [...kept.values()].filter(({ kind, brought }) => kind === 'file' && brought).length;
        const contents = new Set([...wanted.values()].map((one) => one.content));
        const files = remove.filter(({ kind, content }) => kind === 'file' && !contents.has(content)).length;
        assert.ok(files * 2 <= own || files <= mayRemove);
        if (asks) assert.ok(asks.files > mayRemove && asks.of === own);
        for (const { kept: known } of replace) assert.ok(isAsKept(known));
        for (const { relative } of fetch) assert.equal(standing.get(relative)?.kind ?? 'nothing', 'nothing');
        for (const { kept: known } of touch) assert.ok(known.brought);
        const done = [
          remove,
          fetch,
          replace.map((one) => one.wanted),
          touch.map((one) => one.wanted),
          others.compare,
          others.aside,
        ].flat();
        const paths = done.map(({ relative }) => relative);
        assert.equal(new Set(paths).size, paths.length, 'one thing a path');
      }),
      { numRuns: 2000 },
    );
  });
});
