import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { askOnce } from '../../core/ask-once.ts';
import type { ContentId } from '../../core/ids.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import { unsigned } from './values.ts';
import type { WrittenFiles } from './written-files.ts';

/** Of one content no more are told: a folder may hold thousands of equal files. */
const MOST_PLACES = 64;

/** Where contents lie, in shares and outside of them: one question for many of them costs a third of one for each. */
export class PlacesOf {
  readonly #statement: StatementSync;
  readonly #written: Pick<WrittenFiles, 'addTo'>;

  constructor(database: DatabaseSync, written: Pick<WrittenFiles, 'addTo'>) {
    this.#written = written;
    this.#statement = database.prepare(PLACES);
    this.#statement.setReadBigInts(true);
    this.#statement.setReturnArrays(true);
  }

  /** Of each content, in their order; those in shares come first. */
  of(contents: readonly ContentId[]): readonly (readonly LocalFile[])[] {
    return askOnce(contents, (distinct) => {
      const found = this.#inShares(distinct);
      this.#written.addTo(found, distinct);
      return found;
    });
  }

  #inShares(contents: readonly ContentId[]): LocalFile[][] {
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
