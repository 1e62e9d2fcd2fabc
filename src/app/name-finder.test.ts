import assert from 'node:assert/strict';
import { copyFileSync, existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../test/harness/eventually.ts';
import { type TempFolder, tempFolder } from '../../test/harness/temp-folder.ts';
import { ManualClock } from '../../test/support/manual-clock.ts';
import type { LogRecord } from '../core/entry.ts';
import { type Log, silentLog } from '../core/ports/log.ts';
import { type FindQuery, wordsOf } from '../index/find.ts';
import { SqliteEntryStore } from '../storage/sqlite/entry-store.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import { buildChunks } from '../storage/sqlite/search/build-chunks.ts';
import { openSearchDatabase } from '../storage/sqlite/search/search-database.ts';
import { NameFinder } from './name-finder.ts';

const ALICE = 'a'.repeat(32);
const BOB = 'b'.repeat(32);
const FILES = 6000;

describe('the search by name of a peer with some thousand files', () => {
  let template: TempFolder;
  let folder: TempFolder;
  let search: string;
  let database: DatabaseSync;
  let entries: SqliteEntryStore;
  let finder: NameFinder;
  let clock: ManualClock;
  let events: unknown[];
  const log: Log = { ...silentLog, warn: (_message, fields) => void events.push(fields?.event) };

  before(async () => {
    template = await tempFolder();
    const made = openPeerDatabase(template.join('peer.db'));
    const store = new SqliteEntryStore(made);
    for (const owner of [ALICE, BOB]) {
      store.addOwner(owner, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
      store.put(
        owner,
        Array.from({ length: FILES }, (_, at) => file(`s/Büro ${10_000 + at}.txt`, at + 1)),
        1,
      );
    }
    const index = openSearchDatabase(template.join('search.db'), store);
    buildChunks(made, index);
    index.close();
    made.close();
  });
  after(() => template[Symbol.asyncDispose]());

  beforeEach(async () => {
    folder = await tempFolder();
    search = folder.join('search.db');
    for (const name of ['peer.db', 'search.db']) copyFileSync(template.join(name), folder.join(name));
    database = openPeerDatabase(folder.join('peer.db'));
    entries = new SqliteEntryStore(database);
    clock = new ManualClock();
    events = [];
    begin();
  });
  afterEach(async () => {
    await finder.stop();
    database.close();
    await folder[Symbol.asyncDispose]();
  });

  function begin(): void {
    finder = new NameFinder({ peer: folder.join('peer.db'), search, entries, clock, log });
    finder.start();
  }

  /** Until the search index has all but some thousand rows. */
  const built = () =>
    eventually(() => {
      clock.advance(1000);
      const index = new DatabaseSync(search, { readOnly: true });
      try {
        const { last } = index.prepare('SELECT max(last) AS last FROM chunks').get()!;
        return Number(last) > entries.numbers().last - 4096;
      } finally {
        index.close();
      }
    });

  const found = async (words: string, owners = [ALICE, BOB], signal?: AbortSignal) => {
    const ids = new Set(owners);
    const query: FindQuery = { parts: wordsOf(words), owners: ids, holders: ids, limit: 5 };
    const { results, total } = await finder.find(query, signal);
    const [first] = results;
    return { path: first?.best.path, holders: [...(first?.holders.keys() ?? [])].sort(), total };
  };

  it('finds what the index has, and what came, changed and went since, at once', async () => {
    assert.deepEqual(await found('buro 15999'), {
      path: 's/Büro 15999.txt',
      holders: [ALICE, BOB],
      total: 1,
    });
    entries.put(ALICE, [file('s/Neu 深い.txt', 7000), file('s/Büro 15999.txt', 7001)], 1);
    entries.put(BOB, [{ ...file('s/Büro 10017.txt', 7002), flag: 0, size: 0, content: undefined }], 1);
    assert.deepEqual(await found('深'), { path: 's/Neu 深い.txt', holders: [ALICE], total: 1 });
    assert.equal((await found('büro 15999')).total, 2);
    assert.deepEqual((await found('büro 10017')).holders, [ALICE]);
    while (!entries.dropOwner(BOB, 10_000));
    assert.deepEqual((await found('büro 10018')).holders, [ALICE]);
    assert.deepEqual((await found('büro 10019', [BOB])).total, 0);
  });

  it('tells an owner from a former one with the same number', async () => {
    assert.deepEqual((await found('büro 10018', [BOB])).holders, [BOB]);
    while (!entries.dropOwner(BOB, 10_000));
    const carol = 'c'.repeat(32);
    entries.addOwner(carol, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
    entries.put(carol, [file('s/hers.txt', 1)], 1);
    assert.deepEqual((await found('hers', [BOB])).total, 0);
    assert.deepEqual((await found('hers', [carol])).holders, [carol]);
  });

  it('ends a search that nobody waits for any more, and no other', async () => {
    const gone = new AbortController();
    const searches = [found('b', [ALICE], gone.signal), found('büro 10017', [ALICE])];
    gone.abort(new Error('typed on'));
    await assert.rejects(searches[0]!, /typed on/);
    assert.equal((await searches[1]!).total, 1);
    await assert.rejects(found('b', [ALICE], gone.signal), /typed on/);
  });

  it('says once that the index cannot be written, and tries again after a minute', async () => {
    await finder.stop();
    search = folder.join('nowhere', 'search.db');
    begin();
    assert.equal((await found('büro 10017')).total, 1);
    await eventually(() => events.length > 0);
    clock.advance(30_000);
    await finder.stop();
    assert.deepEqual(events, ['search-index-behind']);
    begin();
    await mkdir(folder.join('nowhere'));
    await eventually(() => {
      clock.advance(60_000);
      return existsSync(search);
    });
    await built();
    assert.equal((await found('büro 10017')).total, 1);
  });

  it('goes on without the index when it is lost, and makes it anew', async () => {
    await finder.stop();
    for (const end of ['', '-wal', '-shm']) rmSync(search + end, { force: true });
    begin();
    assert.equal((await found('büro 10017')).total, 1);
    await built();
    assert.equal((await found('büro 10017')).total, 1);
    assert.deepEqual(events, []);
  });

  it('notices an index that is no database at the start, and makes it anew', async () => {
    await finder.stop();
    for (const end of ['-wal', '-shm']) rmSync(search + end, { force: true });
    writeFileSync(search, 'not a database, but long enough to be looked at'.repeat(500));
    begin();
    assert.equal((await found('büro 10017')).total, 1);
    await built();
    assert.deepEqual(await found('büro 10017'), {
      path: 's/Büro 10017.txt',
      holders: [ALICE, BOB],
      total: 1,
    });
    assert.deepEqual(events, []);
  });

  it('notices an index that is damaged while it is searched, and makes it anew', async () => {
    truncateSync(search, 20 * 8192);
    assert.deepEqual(await found('büro 10017'), {
      path: 's/Büro 10017.txt',
      holders: [ALICE, BOB],
      total: 1,
    });
    assert.deepEqual(events, ['search-index-damaged']);
    await built();
    assert.deepEqual(await found('büro 10017'), {
      path: 's/Büro 10017.txt',
      holders: [ALICE, BOB],
      total: 1,
    });
    assert.deepEqual(events, ['search-index-damaged']);
  });
});

const file = (path: string, number: number): LogRecord => ({
  path,
  kind: 'file',
  size: number,
  mtime: 1_000_000n,
  executable: false,
  content: number.toString(16).padStart(64, '0'),
  flag: 1,
  seq: number,
});
