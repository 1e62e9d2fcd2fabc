import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { LogRecord } from '../core/entry.ts';
import type { Candidate, Candidates } from '../core/ports/name-search.ts';
import { MemoryEntryStore } from '../storage/memory/entry-store.ts';
import { find } from './find.ts';

const A = 'a'.repeat(32);
const COUNT = 270;

/** As an index gives them: best first as far as it can tell, some at a time. */
function* candidates(query: { readonly first: number }): Generator<Candidates> {
  const entries = Array.from({ length: COUNT }, (_, n) => candidate(n, A, `word ${1000 + n}`));
  // What others call them comes late, and brings their number of holders to light.
  for (const n of [7, 99, 130, 199])
    for (const owner of 'bcdef') entries.splice(220, 0, candidate(n, owner.repeat(32), `other words ${n}`));
  yield { entries: entries.slice(0, query.first), ranked: false };
  for (let at = query.first; at < entries.length; at += 9)
    yield { entries: entries.slice(at, at + 9), ranked: true };
}

const candidate = (n: number, owner: string, folded: string): Candidate => {
  const content = n.toString(16).padStart(64, '0');
  return { ...{ owner, path: `s/${folded}`, size: 1, modified: 1, content, folded }, copies: 1 };
};

/** What the owner lists. */
function listed(): MemoryEntryStore {
  const store = new MemoryEntryStore();
  store.addOwner(A, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
  const records = Array.from({ length: COUNT }, (_, n): LogRecord => {
    const { path, size, content } = candidate(n, A, `word ${1000 + n}`);
    return { path, kind: 'file', size, mtime: 0n, executable: false, content, flag: 1, seq: n + 1 };
  });
  store.put(A, records, 1);
  return store;
}

for (const first of [0, 60]) {
  it(`the pages of a search hold every content once, with ${first} that no index knows yet`, async () => {
    const store = listed();
    for (const limit of [7, 30, 50, 100]) {
      const told: string[] = [];
      for (let offset = 0; offset < COUNT; offset += limit) {
        const search = { candidates: () => candidates({ first }) };
        const query = { parts: ['word'], owners: new Set([A]), holders: new Set([A]), limit, offset };
        const { results } = await find(store, search, query);
        told.push(...results.map(({ best }) => best.content));
      }
      assert.equal(told.length, COUNT);
      assert.equal(new Set(told).size, COUNT, `pages of ${limit}`);
    }
  });
}
