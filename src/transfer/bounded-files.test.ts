import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../test/support/settle.ts';
import { PeerdexError } from '../core/errors.ts';
import type { LocalFile } from '../core/ports/local-contents.ts';
import { BoundedFiles } from './bounded-files.ts';

const buffer = [new Uint8Array(1)];

describe('bounded files', () => {
  it('close the one that rested longest, and open it again when it is read', async () => {
    const one = make(2);
    const [a, b] = [await one.files.open(file('a')), await one.files.open(file('b'))];
    const c = await one.files.open(file('c'));
    assert.deepEqual(one.open(), ['b', 'c']);
    await a.read(buffer, 0);
    assert.deepEqual(one.open(), ['c', 'a']);
    for (const each of [a, b, c]) await each.close();
    assert.deepEqual([one.open(), one.most()], [[], 2]);
  });

  it('who finds no place waits until a reader is done', async () => {
    const one = make(1);
    const a = await one.files.open(file('a'));
    const gate = one.block();
    const reading = a.read(buffer, 0);
    let opened = false;
    const opening = one.files.open(file('b')).then((b) => {
      opened = true;
      return b;
    });
    await settle();
    assert.equal(opened, false);
    gate();
    await reading;
    await (await opening).close();
    await a.close();
    assert.deepEqual([one.open(), one.most()], [[], 1]);
  });

  it('one that was closed while it was read is closed after that, and once', async () => {
    const one = make(1);
    const a = await one.files.open(file('a'));
    const gate = one.block();
    const reading = a.read(buffer, 0);
    await a.close();
    assert.deepEqual(one.open(), ['a']);
    gate();
    await reading;
    await a.close();
    assert.deepEqual(one.open(), []);
    await (await one.files.open(file('b'))).close();
  });

  it('one that cannot be opened takes no place', async () => {
    const one = make(1);
    for (let i = 0; i < 3; i += 1)
      await assert.rejects(one.files.open(file('missing')), { code: 'not-found' });
    const a = await one.files.open(file('a'));
    await a.read(buffer, 0);
    await a.close();
    assert.deepEqual(one.open(), []);
  });
});

function make(most: number) {
  const open: string[] = [];
  let reached = 0;
  let gate = Promise.resolve();
  const files = new BoundedFiles(
    {
      async open({ relative, size }) {
        if (relative === 'missing') throw new PeerdexError('not-found', 'gone');
        open.push(relative);
        reached = Math.max(reached, open.length);
        return {
          size,
          read: () => gate,
          async close() {
            assert.ok(open.includes(relative), 'closed once');
            open.splice(open.indexOf(relative), 1);
          },
        };
      },
    },
    most,
  );
  return {
    files,
    open: () => [...open],
    most: () => reached,
    /** Reads wait from now on, until the returned function is called. */
    block(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

const file = (relative: string): LocalFile => ({
  content: relative,
  root: '/share',
  relative,
  size: 1,
  mtime: 0n,
  device: 0n,
  inode: 0n,
});
