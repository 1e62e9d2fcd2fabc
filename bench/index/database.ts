import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord } from '../../src/core/entry.ts';
import { SqliteEntryStore } from '../../src/storage/sqlite/entry-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { sampleEntries } from '../../test/support/sample-entries.ts';

export interface Built {
  readonly file: string;
  /** Undefined where it was there from an earlier run. */
  readonly entriesPerSecond: number | undefined;
  readonly bytes: number;
}

export const OWNERS = 20;
/** A folder of the second owner with 50,000 files. */
export const LARGE_FOLDER = 'large/files';
const LARGE = 50_000;
const PAGE = 1000;

export const ownerId = (number: number): string => number.toString(16).padStart(32, 'c');

/**
 * A peer's database with `count` entries of OWNERS owners, written in pages as an index pull does. Kept in the folder for temporary
 * files, so that a later run with the same count need not write it again.
 */
export function buildDatabase(count: number): Built {
  const folder = join(tmpdir(), 'peerdex-bench-index');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `entries-${count}.db`);
  if (existsSync(file)) return { file, entriesPerSecond: undefined, bytes: statSync(file).size };
  const making = `${file}.making`;
  for (const end of ['', '-wal', '-shm']) rmSync(making + end, { force: true });
  const database = openPeerDatabase(making);
  const seconds = fill(database, count);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  renameSync(making, file);
  return { file, entriesPerSecond: count / seconds, bytes: statSync(file).size };
}

/** Seconds. */
function fill(database: DatabaseSync, count: number): number {
  const store = new SqliteEntryStore(database);
  const large = Math.min(LARGE, Math.floor(count / 10));
  const each = Math.floor((count - large) / OWNERS);
  let spent = 0;
  for (let owner = 0; owner < OWNERS; owner += 1) {
    const id = ownerId(owner);
    const position = { index: '0'.repeat(16), seq: 0, floor: 0 };
    store.addOwner(id, position, Date.now());
    const put = (page: readonly LogRecord[]): void => {
      const began = performance.now();
      store.transaction(() => {
        store.put(id, page, Date.now());
        store.setPosition(id, { ...position, seq: page.at(-1)!.seq }, Date.now());
      });
      spent += performance.now() - began;
    };
    let page: LogRecord[] = [];
    const records =
      owner === 1 ? [...largeFolder(large), ...sampleEntries(owner, each)] : sampleEntries(owner, each);
    let seq = 0;
    for (const record of records) {
      seq += 1;
      page.push({ ...record, seq });
      if (page.length < PAGE) continue;
      put(page);
      page = [];
    }
    if (page.length > 0) put(page);
  }
  return spent / 1000;
}

function* largeFolder(files: number): Generator<LogRecord, void> {
  const common = { mtime: 1_700_000_000_000_000_000n, executable: false, flag: 1, seq: 0 } as const;
  yield { ...common, path: 'large', kind: 'folder', size: 0 };
  yield { ...common, path: LARGE_FOLDER, kind: 'folder', size: 0 };
  for (let at = 0; at < files; at += 1) {
    const content = at.toString(16).padStart(64, 'f');
    yield {
      ...common,
      path: `${LARGE_FOLDER}/frame ${String(at).padStart(6, '0')}.exr`,
      kind: 'file',
      size: at,
      content,
    };
  }
}
