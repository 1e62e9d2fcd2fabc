import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { foldName } from '../../src/core/index-path.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { SEARCHES } from './mix.ts';

export interface OthersResult {
  /** Milliseconds of each search of the mix. */
  readonly like: number[];
  readonly grep: number[];
  /** Files with an e in their names. */
  readonly most: number;
}

/**
 * The same names searched by others, for the first 2,000 hits, one word of several, without filters: SQLite's LIKE, which folds nothing
 * here as the names are folded, and grep over a list of the names in memory.
 */
export function searchByOthers(database: string, list: string): OthersResult {
  const connection = openPeerDatabase(database, { readOnly: true });
  const file = openSync(list, 'w');
  let lines: string[] = [];
  for (const { name } of connection.prepare('SELECT name FROM entries').iterate()) {
    if (lines.push(`${name}\n`) < 10_000) continue;
    writeSync(file, lines.join(''));
    lines = [];
  }
  writeSync(file, lines.join(''));
  closeSync(file);
  const select = connection.prepare(
    `SELECT owner, parent, name, size, content FROM entries WHERE folded LIKE '%' || ? || '%' LIMIT 2000`,
  );
  const like: number[] = [];
  const grep: number[] = [];
  for (const { words } of SEARCHES) {
    const [word] = words.split(' ');
    let began = performance.now();
    select.all(foldName(word!));
    like.push(performance.now() - began);
    began = performance.now();
    spawnSync('grep', ['-i', '-F', '-m', '2000', word!, list], {
      env: { LC_ALL: 'C.UTF-8', PATH: process.env.PATH },
      maxBuffer: 2 ** 28,
    });
    grep.push(performance.now() - began);
  }
  const most = connection.prepare(
    `SELECT count(*) AS files FROM entries WHERE folded LIKE '%e%' AND kind = 0`,
  );
  const { files } = most.get() as { files: number };
  connection.close();
  return { like, grep, most: files };
}
