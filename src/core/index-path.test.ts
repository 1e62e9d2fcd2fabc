import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { baseName, checkIndexPath, foldName, nameProblem, parentPath, pathProblem } from './index-path.ts';

describe('index paths', () => {
  it('are plain names joined by slashes', () => {
    for (const good of [
      'a',
      'a/b',
      'Zöe/写真 📷.jpg',
      ' leading',
      'trailing ',
      '...',
      '..a',
      '-rf',
      'a\\b',
      'C:',
      '~',
      "'quoted'",
    ]) {
      assert.equal(pathProblem(good), undefined, good);
      assert.equal(checkIndexPath(good), good);
    }
  });

  it('name nothing but what lies below', () => {
    const bad = [
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      'a/..',
      '../a',
      'a/./b',
      'a\0b',
      'a\nb',
      'a\u007fb',
      'a\u0085b',
      'a\u001b[0mb',
      'a\ud800',
      'Zo\u0308e',
      '.peerdex-x',
      'a/.peerdex-',
      'x'.repeat(256),
      'é'.repeat(128),
      `${'abcdefg/'.repeat(512)}a`,
    ];
    for (const path of bad) {
      assert.ok(pathProblem(path), JSON.stringify(path.slice(0, 40)));
      assert.throws(() => checkIndexPath(path), { code: 'forbidden' });
    }
  });

  it('never leave the folder they are joined to', () => {
    const parts = fc.array(
      fc.oneof(fc.constantFrom('..', '.', '', 'a', '\\', '/'), fc.string({ unit: 'binary', maxLength: 6 })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(parts, (names) => {
        const candidate = names.join('/');
        if (pathProblem(candidate) !== undefined) return;
        const joined = path.posix.join('/root/folder', candidate);
        assert.equal(joined, `/root/folder/${candidate}`);
        assert.equal(
          parentPath(candidate) === ''
            ? baseName(candidate)
            : `${parentPath(candidate)}/${baseName(candidate)}`,
          candidate,
        );
        for (const name of candidate.split('/')) assert.equal(nameProblem(name), undefined);
      }),
    );
  });

  it('fold case and accents for a search', () => {
    assert.equal(foldName('ZÖE'), foldName('zoe'));
    assert.equal(foldName('Zo\u0308e'), 'zoe');
    assert.equal(foldName('写真'), '写真');
    for (const name of ['Straße', 'STRASSE', 'STRAẞE']) assert.equal(foldName(name), 'strasse');
    for (const name of ['ΟΔΟΣ', 'Οδός', 'οδος']) {
      assert.equal(foldName(name), foldName('οδοσ'));
      assert.ok(foldName(`${name}.txt`).includes(foldName(name)), name);
      assert.ok(foldName(`${name}ΤΩΝ`).includes(foldName(name)), name);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) =>
        assert.equal(foldName(foldName(name)), foldName(name)),
      ),
    );
  });
});
