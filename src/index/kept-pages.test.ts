import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { LogPage } from '../core/entry.ts';
import type { SignedPage } from '../core/ports/page-store.ts';
import { MemoryPageStore } from '../storage/memory/page-store.ts';
import { KeptPages } from './kept-pages.ts';

const OWNER = 'a'.repeat(32);
const INDEX = '1'.repeat(16);

/** Records of these numbers. */
const page = (since: number, seqs: readonly number[], more: Partial<LogPage> = {}): LogPage => ({
  ...{ owner: OWNER, index: INDEX, floor: 0, last: seqs.at(-1)!, since, more: false },
  records: seqs.map((seq) => ({
    ...{ path: `s/${seq}`, kind: 'folder', size: 0, mtime: 0n, executable: false, flag: 1, seq },
  })),
  ...more,
});
const signed = (bytes = 100): SignedPage => ({
  ...{ body: new Uint8Array(bytes), key: new Uint8Array(), signature: new Uint8Array() },
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n + 1);

describe('pages that are kept to be passed on', () => {
  let store: MemoryPageStore;
  let kept: KeptPages;
  beforeEach(() => {
    store = new MemoryPageStore();
    kept = new KeptPages(store);
  });
  const chain = () => store.marks(OWNER).map(({ since, reach }) => [since, reach]);
  const ask = (since: number, more = {}) => kept.serve(OWNER, { index: INDEX, since, limit: 2000, ...more });

  it('are a chain: what repeats an end replaces it, and what leaves out anything begins another', () => {
    kept.keep(page(0, range(0, 3)), signed());
    kept.keep(page(3, range(3, 5)), signed());
    kept.keep(page(5, [7]), signed());
    assert.deepEqual(chain(), [
      [0, 3],
      [3, 5],
      [5, 7],
    ]);
    kept.keep(page(3, [5, 7, 9]), signed());
    assert.deepEqual(chain(), [
      [0, 3],
      [3, 9],
    ]);
    kept.keep(page(12, [13]), signed());
    assert.deepEqual(chain(), [[12, 13]]);
    kept.keep(page(13, [14], { index: '2'.repeat(16) }), signed());
    assert.deepEqual(chain(), [[13, 14]]);
  });

  it('answer from the page that begins no later, if it has news', () => {
    const [first, second] = [signed(), signed()];
    kept.keep(page(0, range(0, 3), { last: 5, more: true }), first);
    kept.keep(page(3, range(3, 5)), second);
    assert.equal(ask(0), first);
    assert.equal(ask(2), first);
    assert.equal(ask(3), second);
    assert.equal(ask(4), second);
    assert.equal(ask(5), undefined);
    assert.equal(ask(3, { atLeast: 6 }), undefined);
    assert.equal(ask(3, { limit: 1 }), undefined);
    assert.equal(ask(0, { index: '2'.repeat(16) }), undefined);
    assert.equal(kept.serve(OWNER, { since: 0, limit: 2000 }), first);
  });

  it('leave out none that deletions may be missing in for who asks', () => {
    kept.keep(page(0, range(0, 3)), signed());
    kept.keep(page(3, [6], { floor: 5 }), signed());
    assert.equal(ask(3), undefined);
    assert.notEqual(ask(3, { floor: 5 }), undefined);
    assert.notEqual(ask(5), undefined);
  });

  it('are no longer than records make them, and not too many', () => {
    kept.keep(page(0, [1, 2]), signed(16 * 1024 + 700));
    assert.deepEqual(chain(), [[0, 2]]);
    kept.keep(page(2, [3]), signed(20_000));
    assert.deepEqual(chain(), []);
    kept.keep(page(0, [1]), signed());
    for (let n = 1; n < 4096; n += 1) kept.keep(page(n, [], { last: n + 1 }), signed());
    assert.equal(chain().length, 4096);
    kept.keep(page(4096, [], { last: 4097 }), signed());
    assert.equal(chain().length, 0);
  });

  it('are asked for anew where many are short, and all of them where most is over', () => {
    kept.keep(page(0, range(0, 2000)), signed());
    for (let n = 2000; n < 2015; n += 1) kept.keep(page(n, [n + 1]), signed());
    assert.equal(kept.askFrom(OWNER, 2015, 2000), 2015);
    kept.keep(page(2015, [2016]), signed());
    assert.equal(kept.askFrom(OWNER, 2016, 2000), 2000);
    assert.equal(kept.askFrom(OWNER, 1000, 2000), 1000);
    for (let n = 2016; n < 12_016; n += 2000) kept.keep(page(n, range(n, n + 2000)), signed());
    assert.equal(kept.askFrom(OWNER, 12_016, 2000), 0);
  });
});
