import type { LogRecord } from '../../src/core/entry.ts';
import { seededRandom } from '../../src/core/random.ts';
import { SqliteEntryStore } from '../../src/storage/sqlite/entry-store.ts';
import { SqliteLocalFiles } from '../../src/storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';

const STEP = 2000;
const FILES_OF_FOLDER = 200;

/**
 * Writes so many entries into the own log in a peer's database, as of a share whose drive is not there: such a share keeps its entries, and no
 * disk has to hold a million files. The peer must not run.
 */
export function fillLog(file: string, entries: number): void {
  using database = openPeerDatabase(file);
  const store = new SqliteEntryStore(database);
  const [own] = store.owners();
  if (!own) throw new Error('this peer has never run');
  new SqliteLocalFiles(database).addShare('drive', '/nonexistent/peerdex-bench/drive');
  const random = seededRandom(1);
  let { seq } = own;
  for (let from = 0; from < entries; from += STEP) {
    const records = Array.from({ length: Math.min(STEP, entries - from) }, (_, n) =>
      record(from + n, seq + n + 1, random.next()),
    );
    seq += records.length;
    store.transaction(() => {
      store.put(own.owner, records, Date.now());
      store.setPosition(own.owner, { ...own, seq }, Date.now());
    });
  }
}

function record(n: number, seq: number, drawn: number): LogRecord {
  if (n === 0) return { ...FOLDER, path: 'drive', seq };
  const folder = Math.floor(n / FILES_OF_FOLDER);
  const path = `drive/holiday ${folder}`;
  if (n % FILES_OF_FOLDER === 0) return { ...FOLDER, path, seq };
  return {
    ...{ path: `${path}/picture ${n}.jpg`, kind: 'file', size: Math.floor(drawn * 1e7), executable: false },
    mtime: 1_700_000_000_000_000_000n + BigInt(n),
    content: (n + drawn).toString(16).replace('.', '').padEnd(64, '7').slice(0, 64),
    ...{ flag: 1, seq },
  };
}

const FOLDER = { kind: 'folder', size: 0, mtime: 0n, executable: false, flag: 1 } as const;
