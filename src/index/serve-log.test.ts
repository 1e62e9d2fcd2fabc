import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogRecord } from '../core/entry.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import { serveLog } from './serve-log.ts';

const OWNER = 'ab'.repeat(16);
const INDEX = '01'.repeat(8);

describe('a page of a log', () => {
  it('ends early where its paths are long, and the next ones bring the rest', () => {
    const records = Array.from({ length: 600 }, (_, n) => record(n + 1, `${n}/${'x'.repeat(4000)}`));
    const sizes: number[] = [];
    const seen: number[] = [];
    for (let since = 0, more = true; more; ) {
      const page = serveLog(storeOf(records), OWNER, { index: INDEX, since, limit: 2000 }, 2000);
      const bytes = page.records.reduce((sum, { path }) => sum + Buffer.byteLength(path), 0);
      assert.ok(bytes <= 1024 * 1024, `${bytes} bytes of paths`);
      sizes.push(page.records.length);
      seen.push(...page.records.map(({ seq }) => seq));
      more = page.more;
      since = seen.at(-1)!;
    }
    assert.deepEqual(
      seen,
      records.map(({ seq }) => seq),
    );
    assert.equal(sizes.length, 3);
  });

  it('has as many records as were wanted where they are short', () => {
    const records = Array.from({ length: 30 }, (_, n) => record(n + 1, `s/${n}`));
    const page = serveLog(storeOf(records), OWNER, { index: INDEX, since: 0, limit: 20 }, 2000);
    assert.deepEqual([page.records.length, page.more], [20, true]);
  });
});

const storeOf = (records: readonly LogRecord[]): EntryQueries =>
  ({
    owner: () => ({ index: INDEX, seq: records.length, floor: 0 }),
    page: (_owner: string, since: number, limit: number) =>
      records.filter(({ seq }) => seq > since).slice(0, limit),
  }) as unknown as EntryQueries;

const record = (seq: number, path: string): LogRecord => ({
  ...{ seq, path, kind: 'folder', size: 0, mtime: 0n, executable: false, flag: 1 },
});
