import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { foldName } from '../../src/core/index-path.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import type { Search } from './mix.ts';

/** The same names searched by others; milliseconds of each search. Filters are left out. */
export function searchByOthers(
  database: string,
  list: string,
  mix: readonly Search[],
): Map<string, number[]> {
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
  const times = new Map<string, number[]>([
    ['SQLite, LIKE on every row', []],
    ['grep -i over a list of names', []],
  ]);
  for (const { words } of mix) {
    const parts = foldName(words).split(' ');
    const like = parts.map(() => "folded LIKE '%' || ? || '%'").join(' AND ');
    const began = performance.now();
    connection
      .prepare(`SELECT owner, parent, name, size, content FROM entries WHERE ${like} LIMIT 2000`)
      .all(...parts);
    times.get('SQLite, LIKE on every row')!.push(performance.now() - began);
    const started = performance.now();
    spawnSync('grep', ['-i', '-F', '-m', '2000', parts[0]!, list], { maxBuffer: 2 ** 28 });
    times.get('grep -i over a list of names')!.push(performance.now() - started);
  }
  connection.close();
  return times;
}
