import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LogRecord } from '../../src/core/entry.ts';
import { foldName } from '../../src/core/index-path.ts';
import type { FileFilter } from '../../src/core/ports/name-search.ts';
import { fitsQuery } from '../../src/index/file-filter.ts';
import { find, wordsOf } from '../../src/index/find.ts';
import { NameScan } from '../../src/index/scan-names.ts';
import { SqliteEntryQueries } from '../../src/storage/sqlite/entry-queries.ts';
import { SqliteEntryStore } from '../../src/storage/sqlite/entry-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { buildChunks } from '../../src/storage/sqlite/search/build-chunks.ts';
import {
  alignSearchDatabase,
  chunksOf,
  openSearchDatabase,
} from '../../src/storage/sqlite/search/search-database.ts';
import { SearchIndex } from '../../src/storage/sqlite/search/search-index.ts';
import { runs } from '../fuzz/runs.ts';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';

/** Small ones, so that there are many chunks, and that they grow together and are made anew. */
const LIMITS = { least: 3, most: 12 };
const DAY = 86_400_000;

const names = fc
  .array(fc.constantFrom('a', 'b', 'A', 'ä', 'Ⅷ', '深', 'い', '.', ' ', '7', '-', 'ﬁ', '😀', 'ß', 'Σ'), {
    minLength: 1,
    maxLength: 9,
  })
  .map((letters) => `${letters.join('').normalize('NFC')}_`);
const owners = fc.integer({ min: 0, max: 3 });
const files = fc.record({
  owner: owners,
  name: names,
  content: fc.integer({ min: 1, max: 20 }),
  size: fc.constantFrom(0, 1, 1000, 1001, 2 ** 40),
  day: fc.integer({ min: -1, max: 3 }),
});
const queries = fc.record({
  name: names,
  cuts: fc.array(fc.tuple(fc.nat(8), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 3 }),
  active: fc.uniqueArray(owners, { minLength: 1 }),
  filter: fc.record(
    {
      minSize: fc.constantFrom(0, 1, 1001, 2 ** 41),
      maxSize: fc.constantFrom(0, 1000, 2 ** 40),
      newer: fc.integer({ min: -DAY, max: 3 * DAY }),
      older: fc.integer({ min: 0, max: 3 * DAY }),
      extensions: fc.array(fc.constantFrom('a_', 'b7_', '_', 'い_'), { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: [] },
  ),
});
type File = typeof files extends fc.Arbitrary<infer T> ? T : never;
type Query = typeof queries extends fc.Arbitrary<infer T> ? T : never;

type Step =
  | { readonly do: 'put'; readonly files: readonly File[] }
  | { readonly do: 'change'; readonly which: number; readonly to: Pick<File, 'content' | 'size' | 'day'> }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'drop'; readonly owner: number }
  | { readonly do: 'build' }
  | { readonly do: 'remember' }
  | { readonly do: 'fall back' }
  | { readonly do: 'lose the index' }
  | { readonly do: 'find'; readonly query: Query };

const put = fc.record({ do: fc.constant('put' as const), files: fc.array(files, { maxLength: 12 }) });
const look = fc.record({ do: fc.constant('find' as const), query: queries });
const plain = <T extends string>(name: T) => fc.record({ do: fc.constant(name) });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: put },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      which: fc.nat(),
      to: fc.record({ content: fc.nat(20), size: fc.constantFrom(0, 1000), day: fc.constantFrom(1, 2) }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), owner: owners }) },
  { weight: 6, arbitrary: plain('build') },
  { weight: 1, arbitrary: plain('remember') },
  { weight: 1, arbitrary: plain('fall back') },
  { weight: 1, arbitrary: plain('lose the index') },
  { weight: 8, arbitrary: look },
);

/** The truth: what each owner has at which path. */
type Model = Map<string, File>;

class World {
  readonly #folder: TempFolder;
  #model: Model = new Map();
  #remembered: Model | undefined;
  #seq = 0;
  #database: DatabaseSync;
  #store: SqliteEntryStore;
  #opened: DatabaseSync | undefined;

  constructor(folder: TempFolder) {
    this.#folder = folder;
    copyFileSync(folder.join('empty.db'), folder.join('peer.db'));
    this.#database = this.#open();
    this.#store = new SqliteEntryStore(this.#database);
  }

  async run(step: Step): Promise<void> {
    const paths = [...this.#model.keys()];
    if (step.do === 'put') for (const file of step.files) this.#put(file);
    else if (step.do === 'change' || step.do === 'delete') {
      const path = paths[step.which % Math.max(1, paths.length)];
      if (path === undefined) return;
      if (step.do === 'change') this.#put({ ...this.#model.get(path)!, ...step.to });
      else this.#delete(path);
    } else if (step.do === 'drop') {
      while (!this.#store.dropOwner(id(step.owner), 3));
      for (const [path, { owner }] of this.#model) if (owner === step.owner) this.#model.delete(path);
    } else if (step.do === 'build') this.#build();
    else if (step.do === 'remember') this.#remember();
    else if (step.do === 'fall back') this.#fallBack();
    else if (step.do === 'lose the index') this.#lose();
    else await this.#find(step.query);
  }

  close(): void {
    this.#closeSearch();
    this.#database.close();
    for (const name of ['peer.db', 'search.db', 'remembered.db']) {
      for (const end of ['', '-wal', '-shm']) rmSync(this.#folder.join(name) + end, { force: true });
    }
  }

  /** Without waiting for the disk: it is not the machine that fails here. */
  #open(): DatabaseSync {
    const database = openPeerDatabase(this.#folder.join('peer.db'));
    database.exec('PRAGMA synchronous = OFF');
    return database;
  }

  #openSearch(): DatabaseSync {
    if (this.#opened) return this.#opened;
    this.#opened = openSearchDatabase(this.#search, this.#store);
    this.#opened.exec('PRAGMA synchronous = OFF');
    return this.#opened;
  }

  #closeSearch(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }

  get #search(): string {
    return this.#folder.join('search.db');
  }

  #put(file: File): void {
    const { owner, name, content, size, day } = file;
    const path = `s/${name}`;
    this.#store.addOwner(id(owner), { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
    const mtime = BigInt(day * DAY + 5) * 1_000_000n;
    this.#write(owner, { path, size, mtime, flag: 1, content: contentOf(content) });
    this.#model.set(`${owner}:${path}`, file);
  }

  #delete(path: string): void {
    const { owner, name } = this.#model.get(path)!;
    this.#write(owner, { path: `s/${name}`, size: 0, mtime: 0n, flag: 0 });
    this.#model.delete(path);
  }

  #write(owner: number, record: Pick<LogRecord, 'path' | 'size' | 'mtime' | 'flag' | 'content'>): void {
    this.#seq += 1;
    this.#store.put(id(owner), [{ ...record, kind: 'file', executable: false, seq: this.#seq }], 1);
  }

  #build(): void {
    const search = this.#openSearch();
    buildChunks(this.#database, search, LIMITS);
    let from = 1;
    for (const { first, last, rows } of chunksOf(search)) {
      assert.deepEqual([first, rows <= LIMITS.most], [from, true]);
      from = last + 1;
    }
  }

  #remember(): void {
    rmSync(this.#folder.join('remembered.db'), { force: true });
    this.#database.prepare('VACUUM INTO ?').run(this.#folder.join('remembered.db'));
    this.#remembered = new Map(this.#model);
  }

  #lose(): void {
    this.#closeSearch();
    rmSync(this.#search, { force: true });
  }

  /** What was written since is lost, as after a power cut; the search index knows of it. */
  #fallBack(): void {
    if (!this.#remembered) return;
    this.#closeSearch();
    this.#database.close();
    copyFileSync(this.#folder.join('remembered.db'), this.#folder.join('peer.db'));
    this.#database = this.#open();
    this.#store = new SqliteEntryStore(this.#database);
    this.#model = new Map(this.#remembered);
    alignSearchDatabase(this.#search, this.#store);
  }

  async #find({ name, cuts, active, filter }: Query): Promise<void> {
    const letters = [...name];
    const text = cuts.map(([from, length]) => letters.slice(from, from + length).join('')).join(' ');
    const ids = new Set(active.map(id));
    const query = { ...filter, parts: wordsOf(text), owners: ids, holders: ids, limit: 100 };
    const search = this.#openSearch();
    const entries = new SqliteEntryQueries(this.#database);
    const scan = new NameScan(entries);
    const index = new SearchIndex({
      peer: this.#database,
      entries,
      search,
      scan: (one, from) => scan.candidates(one, from),
      fits: fitsQuery,
    });
    const { results, total, more } = await find(entries, index, query);
    const found = results.map(({ best, holders }) => [best.content, [...holders.keys()].sort()] as const);
    const expected = this.#naive(query.parts, active, filter);
    assert.deepEqual(new Map(found), expected, `${JSON.stringify(text)} ${JSON.stringify(filter)}`);
    assert.deepEqual([total, more, results.length], [expected.size, false, expected.size]);
    const paged: string[] = [];
    for (let offset = 0; offset < total; offset += 3) {
      const page = await find(entries, index, { ...query, offset, limit: 3 });
      paged.push(...page.results.map(({ best }) => best.content));
    }
    assert.deepEqual(
      paged,
      found.map(([content]) => content),
    );
  }

  #naive(parts: readonly string[], active: readonly number[], filter: FileFilter): Map<string, string[]> {
    const { minSize = 0, maxSize = Number.MAX_VALUE, newer = -Number.MAX_VALUE } = filter;
    const { older = Number.MAX_VALUE, extensions = [''] } = filter;
    const held = [...this.#model.values()].filter(({ owner }) => active.includes(owner));
    const fitting = held.filter(({ name, size, day }) => {
      const folded = foldName(name);
      const modified = day * DAY + 5;
      return (
        parts.length > 0 &&
        parts.every((part) => folded.includes(part)) &&
        extensions.some((end) => folded.endsWith(end === '' ? '' : `.${end}`)) &&
        ![size < minSize, size > maxSize, modified < newer, modified >= older].includes(true)
      );
    });
    const holders = (content: number) =>
      new Set(held.filter((file) => file.content === content).map(({ owner }) => id(owner)));
    return new Map(fitting.map(({ content }) => [contentOf(content), [...holders(content)].sort()]));
  }
}

const id = (owner: number): string => String(owner).padStart(32, 'a');
const contentOf = (content: number): string => content.toString(16).padStart(64, '0');

const file = (name: string, owner = 0): File => ({ owner, name, content: 1, size: 1, day: 1 });
const search = (name: string): Step => ({
  do: 'find',
  query: { name, cuts: [[0, 9]], active: [0, 1], filter: {} },
});
const many = (start: string, count = 9, owner = 0): File[] =>
  Array.from({ length: count }, (_, at) => file(`${start}${at}`, owner));
const ROWS_WITH_THE_SAME_GRAMS: Step[] = [
  { do: 'put', files: [...many('aba bab'), file('xabab')] },
  { do: 'build' },
  search('abab'),
];
const NUMBERS_GIVEN_AGAIN: Step[] = [
  { do: 'put', files: many('old') },
  { do: 'build' },
  { do: 'remember' },
  { do: 'put', files: many('lost') },
  { do: 'build' },
  { do: 'fall back' },
  { do: 'put', files: [file('new')] },
  search('new'),
  search('old'),
];
const ROWS_THAT_CAME_BACK: Step[] = [
  { do: 'put', files: [...many('one', 45), ...many('two', 15, 1)] },
  { do: 'build' },
  { do: 'remember' },
  { do: 'drop', owner: 0 },
  { do: 'build' },
  { do: 'fall back' },
  search('one'),
  search('two'),
];

describe('a search by the index', () => {
  it('finds what looking at every entry finds, whatever changes, is lost or made anew in between', async () => {
    await using folder = await tempFolder();
    openPeerDatabase(folder.join('empty.db')).close();
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 40 }), async (all) => {
        const world = new World(folder);
        try {
          for (const step of all) await world.run(step);
        } finally {
          world.close();
        }
      }),
      { ...runs(60), examples: [[ROWS_WITH_THE_SAME_GRAMS], [NUMBERS_GIVEN_AGAIN], [ROWS_THAT_CAME_BACK]] },
    );
  });
});
