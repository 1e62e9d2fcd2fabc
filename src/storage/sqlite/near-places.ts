import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ContentId } from '../../core/ids.ts';
import type { FilePlace } from '../../core/ports/local-contents.ts';

/** Rows that are read of a folder at a time: twice as many each time, while half of them are asked for. */
const LEAST_ROWS = 16;
const MOST_ROWS = 64;
/** Neighbours that may be left out between those that are asked for last. */
const LEFT_OUT = 8;

type PlacesOfAll = (contents: readonly ContentId[]) => readonly (readonly FilePlace[])[];

/**
 * One place of each content. Neighbours of a folder are mostly asked for together, and its rows are read one after the other in half
 * the time that looking each content up takes; what is asked for in another order is looked up.
 */
export class NearPlaces {
  readonly #placesOf: PlacesOfAll;
  readonly #first: StatementSync;
  readonly #next: StatementSync;

  /** `placesOf`: where each of these contents lies, for those that no folder's row tells. */
  constructor(database: DatabaseSync, placesOf: PlacesOfAll) {
    this.#placesOf = placesOf;
    this.#first = database.prepare(FIRST);
    this.#next = database.prepare(NEXT);
    for (const statement of [this.#first, this.#next]) {
      statement.setReadBigInts(true);
      statement.setReturnArrays(true);
    }
  }

  /** Of each content, in their order; undefined of those that lie nowhere. */
  of(contents: readonly ContentId[]): readonly (FilePlace | undefined)[] {
    const found: FilePlace[] = [];
    let walk: Walk | undefined;
    for (const content of contents) {
      const left = contents.length - found.length;
      let place = walk && this.#find(walk, content, left);
      if (!place) {
        if (walk && !isUseful(walk)) break;
        const row = this.#first.get(content) as unknown as FirstRow | undefined;
        if (!row) break;
        const [share, root, parent, ...first] = row;
        walk = { share, root, parent, rows: [first], at: 0, met: 0, most: LEAST_ROWS, isEnd: false };
        place = this.#find(walk, content, left)!;
      }
      found.push(place);
    }
    const rest = contents.slice(found.length);
    if (rest.length === 0) return found;
    return [...found, ...this.#placesOf(rest).map(([place]) => place)];
  }

  /** In the folder at hand: among the rows that were read, from the one that was met last, or behind them. `left`: of all contents. */
  #find(walk: Walk, content: ContentId, left: number): FilePlace | undefined {
    for (;;) {
      const { rows } = walk;
      for (let i = 0; i < rows.length; i += 1) {
        const at = (walk.at + i) % rows.length;
        if (rows[at]![0] !== content) continue;
        walk.at = at + 1;
        walk.met += 1;
        return placeOf(walk, rows[at]!);
      }
      if (walk.isEnd || !isUseful(walk)) return undefined;
      this.#readOn(walk, left);
    }
  }

  #readOn(walk: Walk, left: number): void {
    const [, after] = walk.rows[walk.rows.length - 1]!;
    const limit = Math.min(walk.most, left + LEFT_OUT);
    const rows = this.#next.all(walk.share, walk.parent, after, limit) as unknown as readonly Row[];
    walk.isEnd = rows.length < limit;
    if (rows.length === 0) return;
    Object.assign(walk, { rows, at: 0, met: 0, most: Math.min(MOST_ROWS, 2 * walk.most) });
  }
}

/** A folder on the way through its files. */
interface Walk {
  readonly share: bigint;
  readonly root: string;
  readonly parent: string;
  rows: readonly Row[];
  /** The row after the one that was met last. */
  at: number;
  /** How many of the rows were asked for. */
  met: number;
  /** To be read next, at most. */
  most: number;
  isEnd: boolean;
}

const isUseful = ({ met, rows }: Walk): boolean => met > 0 && 2 * met >= rows.length;

function placeOf({ root, parent }: Walk, [, name, size, mtime]: Row): FilePlace {
  return { root, relative: parent === '' ? name : `${parent}/${name}`, size: Number(size), mtime };
}

type Row = readonly [content: ContentId | null, name: string, size: bigint, mtime: bigint];
type FirstRow = readonly [share: bigint, root: string, parent: string, ...row: Row];

const FIRST = `
SELECT file.share, shares.path, file.parent, lower(hex(file.content)), file.name, file.size, file.mtime
  FROM local_files AS file
  JOIN shares ON shares.id = file.share
  WHERE file.content = unhex(?1) AND file.state < 3 AND shares.paused = 0 LIMIT 1`;

/** `+`: with a bare parameter for its limit a statement is prepared anew each time. */
const NEXT = `
SELECT lower(hex(content)), name, size, mtime FROM local_files
  WHERE share = ?1 AND parent = ?2 AND name > ?3 AND state < 3 AND kind = 0
  ORDER BY name LIMIT +?4`;
