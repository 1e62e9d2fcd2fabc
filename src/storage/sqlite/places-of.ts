import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ContentId } from '../../core/ids.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import { unsigned } from './values.ts';

/** Of one content no more are told: a folder may hold thousands of equal files. */
const MOST_PLACES = 64;

/** Where contents lie in shares: one question for many of them costs a third of one for each. */
export class PlacesOf {
  readonly #statement: StatementSync;

  constructor(database: DatabaseSync) {
    this.#statement = database.prepare(PLACES);
    this.#statement.setReadBigInts(true);
    this.#statement.setReturnArrays(true);
  }

  /** Of each content, in their order, each of which is there once. */
  of(contents: readonly ContentId[]): LocalFile[][] {
    const found: LocalFile[][] = contents.map(() => []);
    const rows = this.#statement.iterate(JSON.stringify(contents)) as unknown as Iterable<PlaceRow>;
    for (const [at, root, relative, size, mtime, device, inode] of rows) {
      if (found[Number(at)]!.length >= MOST_PLACES) continue;
      const content = contents[Number(at)]!;
      const look = { size: Number(size), mtime, device: unsigned(device), inode: unsigned(inode) };
      found[Number(at)]!.push({ content, root, relative, ...look });
    }
    return found;
  }
}

type PlaceRow = readonly [bigint, string, string, bigint, bigint, bigint, bigint];

const PLACES = `
SELECT wanted.key, shares.path, iif(file.parent = '', file.name, file.parent || '/' || file.name),
       file.size, file.mtime, file.device, file.inode
  FROM json_each(?1) AS wanted
  CROSS JOIN local_files AS file ON file.content = unhex(wanted.value)
  JOIN shares ON shares.id = file.share
  WHERE file.state < 3 AND shares.paused = 0`;
