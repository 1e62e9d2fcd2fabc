import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { LogRecord } from '../core/entry.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import type { NameSearch } from '../core/ports/name-search.ts';
import type { Wanted } from '../core/wanted.ts';
import { SqliteEntryStore } from '../storage/sqlite/entry-store.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import { find } from './find.ts';
import { NetworkView, type ViewOptions } from './network-view.ts';
import { IndexQueries } from './queries.ts';
import { resolveOwn } from './resolve-own.ts';
import { NameScan } from './scan-names.ts';

const SELF = '11111111aaaa'.padEnd(32, '0');
const SEED = '22222222bbbb'.padEnd(32, '0');
const AWAY = '33333333dddd'.padEnd(32, '0');
const CONTENT = '1'.padStart(64, '0');
const OTHER = '2'.padStart(64, '0');
/** More than one step of any walk takes. */
const COPIES = 10_050;

let database: ReturnType<typeof openPeerDatabase>;
let store: SqliteEntryStore;
let options: ViewOptions;
let queries: IndexQueries;

beforeEach(() => {
  database = openPeerDatabase(':memory:');
  store = new SqliteEntryStore(database);
  const seed = { id: SEED, name: 'seed', addresses: [], active: true } as unknown as KnownPeer;
  const directory = { active: () => [seed], get: () => seed, onChange: () => () => {} };
  options = { store, directory, self: () => ({ id: SELF, name: 'me', addresses: [] }) };
  queries = new IndexQueries(options);
  for (const owner of [AWAY, SELF, SEED])
    store.addOwner(owner, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
});

afterEach(() => database.close());

it('a peer that is away and has ten thousand copies hides nobody who has one', async () => {
  put(AWAY, copies('file.txt'));
  put(SEED, [file('data/file.txt', 1)]);
  const [found] = (await queries.find('file')).results;
  assert.deepEqual(
    found?.holders.map(({ name, path }) => [name, path]),
    [['seed', 'data/file.txt']],
  );
  assert.deepEqual(queries.holders(CONTENT), [{ peer: SEED, path: 'data/file.txt' }]);
  assert.deepEqual(await relativesOf(CONTENT), ['file.txt']);
  assert.deepEqual(await relativesOf('file.txt'), ['file.txt']);
  assert.deepEqual(await relativesOf('data/file.txt'), ['file.txt']);
});

it('nor does an active one, nor this peer', async () => {
  put(SELF, copies('file.txt'));
  put(SEED, [file('data/file.txt', 1)]);
  const holders = queries.holders(CONTENT).map(({ peer }) => peer);
  assert.deepEqual(holders.toSorted(), [SELF, SEED]);
});

it('folders of a name are found behind as many of peers that are away', async () => {
  put(
    AWAY,
    Array.from({ length: COPIES }, (_, n) => folder(`s/${n}/set`, n + 1)),
  );
  put(SEED, [folder('data', 1), folder('data/set', 2), file('data/set/a', 3)]);
  assert.deepEqual(await relativesOf('set/'), ['set', 'set/a']);
  assert.deepEqual(await relativesOf('set/**'), ['set/a']);
});

it('what lies here is found behind as many copies of others', async () => {
  put(AWAY, copies('file.txt'));
  put(SELF, [file('mine/own.txt', 1)]);
  const view = new NetworkView(options);
  assert.equal((await resolveOwn(store, view, SELF, CONTENT)).path, 'mine/own.txt');
  put(SEED, [file('data/theirs.txt', 1)]);
  assert.equal((await resolveOwn(store, view, SELF, 'theirs.txt')).path, 'mine/own.txt');
});

it('a file that changes while all names are looked at counts once, as it is now', async () => {
  const records = Array.from({ length: COPIES }, (_, n) => file(`s/${n}.txt`, n + 1));
  put(SEED, records);
  const resolving = queries.resolveWhat('*.txt');
  put(SEED, [file('s/5.txt', COPIES + 1, OTHER)]);
  const [{ items, clashes }] = (await resolving) as [Wanted];
  assert.deepEqual([items.length, clashes], [COPIES, []]);
  assert.equal(items.find(({ relative }) => relative === '5.txt')?.content, OTHER);
});

it('what nobody lists any more when a search ends is no result of it', async () => {
  put(SEED, [file('s/file.txt', 1), file('s/other file.txt', 2, OTHER)]);
  const whole = new NameScan(store);
  const search: NameSearch = {
    *candidates(query) {
      yield* whole.candidates(query);
      put(SEED, [{ ...file('s/file.txt', 3), content: undefined, flag: 0 }]);
    },
  };
  const owners = new Set([SEED]);
  const { results } = await find(store, search, { parts: ['file'], owners, holders: owners, limit: 10 });
  assert.deepEqual(
    results.map(({ best }) => best.path),
    ['s/other file.txt'],
  );
});

const copies = (name: string): LogRecord[] =>
  Array.from({ length: COPIES }, (_, n) => file(`s/${n}/${name}`, n + 1));

function put(owner: string, records: readonly LogRecord[]): void {
  store.put(owner, records, 1);
}

const relativesOf = async (what: string): Promise<string[]> =>
  (await queries.resolveWhat(what)).flatMap(({ items }) => items.map(({ relative }) => relative));

const file = (path: string, seq: number, content = CONTENT): LogRecord => ({
  ...{ path, kind: 'file', size: 10, mtime: 0n, executable: false, content, flag: 1, seq },
});

const folder = (path: string, seq: number): LogRecord => ({
  ...{ path, kind: 'folder', size: 0, mtime: 0n, executable: false, content: undefined, flag: 1, seq },
});
