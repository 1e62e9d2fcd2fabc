import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mark, NOTHING_SELECTED } from '../../parts/selection.ts';
import { parseRoute, routeTo } from '../../shell/route.ts';
import { highlight } from './highlight.ts';
import { findQuery, placeOf, queryOf, restOf, searchOf } from './library-route.ts';
import { foundRow, listedRow } from './library-row.ts';

const matched = (name: string, words: string) =>
  highlight(name, words)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join('');

describe('matches in a name', () => {
  it('are marked where the words stand, whatever the case and the accents', () => {
    assert.equal(matched('Été à Paris.JPG', 'ete jpg'), '[Été] à Paris.[JPG]');
    assert.equal(matched('banana', 'an'), 'b[anan]a');
    assert.equal(matched('straße ﬁn', 'fi'), 'straße [ﬁ]n');
    assert.equal(matched('Straße ΟΔΟΣ.txt', 'STRASSE οδος'), '[Straße] [ΟΔΟΣ].txt');
    assert.equal(matched('e\u0301te', 'e'), '[e\u0301]t[e]');
  });

  it('change no letter of it', () => {
    for (const name of ['<img src=x onerror=alert(1)>', '\u202egnp.exe', '👩‍👧 x', ''])
      for (const words of ['', 'x', 'img gnp', 'İ'])
        assert.equal(
          highlight(name, words)
            .map(({ text }) => text)
            .join(''),
          name,
        );
  });
});

describe('the address of the library', () => {
  it('keeps a search, and gives it back', () => {
    const query = { q: 'a b&c', peer: 'lab-7', type: 'image', ext: 'png', min: '5', days: '7' };
    const { query: read } = parseRoute(routeTo('library', '', query));
    assert.deepEqual(queryOf(searchOf(read)), query);
  });

  it('takes nothing that makes no sense', () => {
    const search = searchOf(new URLSearchParams('type=constructor&min=-1&max=1e9&days=x'));
    assert.deepEqual(queryOf(search), {});
  });

  it('keeps a place, whatever its names are', () => {
    const place = { peer: 'lab', folder: 'a b/100 %?#/ü' };
    assert.deepEqual(placeOf(parseRoute(routeTo('library', restOf(place)))), place);
    assert.deepEqual(placeOf(parseRoute('#/library')), { peer: '', folder: '' });
  });

  it('asks for what both a type and endings allow', () => {
    const asked = (text: string) =>
      findQuery(searchOf(new URLSearchParams(text)), Date.UTC(2026, 0, 2, 3, 4));
    assert.equal(asked('q=x&ext=.PDF, txt').ext, 'pdf,txt');
    assert.equal(asked('q=x&type=image&ext=png').ext, 'png');
    assert.equal(asked('q=x&type=image&ext=pdf').ext, '/', 'no file ends so');
    assert.equal(asked('q=x&days=1').newer, '2026-01-01T03:00:00.000Z');
    assert.deepEqual(asked('q=x&min=3&max=9'), { words: 'x', minSize: 3, maxSize: 9 });
  });
});

describe('a row', () => {
  const content = 'a'.repeat(64);
  const holder = (name: string, path: string) => ({
    peer: 'b'.repeat(32),
    name,
    address: '',
    path,
    self: false,
  });

  it('of a search is fetched by the name of one who has it', () => {
    const found = { path: 's/x.txt', size: 1, content, modified: '' };
    const row = foundRow({ ...found, holders: [holder('one', 's/y.txt'), holder('two', 's/x.txt')] });
    assert.equal(row.what, 'two:s/x.txt');
    assert.equal(row.holders, 2);
    const some = foundRow({ ...found, holders: [holder('two', 's/x.txt')], held: 4321 });
    assert.equal(some.holders, 4321);
    const odd = foundRow({ ...found, holders: [holder('a: b', 's/x.txt')] });
    assert.equal(odd.what, `${'b'.repeat(32)}:s/x.txt`);
  });

  it('of a folder is fetched with all that is in it', () => {
    const entry = { name: 'in', kind: 'folder', size: 0, modified: null, content: null } as const;
    const row = listedRow(entry, { peer: 'one', folder: 's' });
    assert.equal(row.what, 'one:s/in/');
    assert.deepEqual(row.place, { peer: 'one', folder: 's/in' });
  });
});

describe('choosing rows', () => {
  const order = ['a', 'b', 'c', 'd'];
  it('takes one, a range from the last one in both directions, and lets one go', () => {
    let now = mark(NOTHING_SELECTED, 'c', false, order);
    now = mark(now, 'a', true, order);
    assert.deepEqual([...now.keys].sort(), ['a', 'b', 'c']);
    now = mark(now, 'b', false, order);
    assert.deepEqual([...now.keys].sort(), ['a', 'c']);
    now = mark(now, 'd', true, order);
    assert.deepEqual([...now.keys].sort(), ['a', 'b', 'c', 'd']);
    assert.deepEqual([...mark(NOTHING_SELECTED, 'b', true, order).keys], ['b']);
  });
});
