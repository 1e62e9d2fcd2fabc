import { PeerdexError } from '../../../core/errors.ts';
import { checkIndexPath } from '../../../core/index-path.ts';
import { MAX_CONTENT_BYTES } from '../../../core/leaf-layout.ts';
import type { RequestContext } from '../../../network/http/handlers.ts';
import { writeNewFile } from '../../../storage/disk/dropped-files.ts';
import type { LocalParts } from '../../local/local-parts.ts';
import { refuseInData } from '../../private-folders.ts';

export type DropInParts = Pick<LocalParts, 'shares' | 'downloads' | 'data' | 'mayPublish'>;

/** Files that come in at a time. */
const MOST_AT_A_TIME = 4;

export interface Dropped {
  /** In the index. */
  readonly path: string;
  readonly size: number;
  readonly content: string;
}

/** Takes files that people drop onto the page into the downloads folder, and has them in the index when they are there. */
export class DropIn {
  readonly #parts: DropInParts;
  #underWay = 0;

  constructor(parts: DropInParts) {
    this.#parts = parts;
  }

  /** `path`: below the downloads folder. Throws as `writeNewFile`, `forbidden` for a name that no fetched file may bear, `limit`. */
  async take(path: string, { bytes, headers }: Pick<RequestContext, 'bytes' | 'headers'>): Promise<Dropped> {
    const { downloads, data, mayPublish, shares } = this.#parts;
    if (!mayPublish())
      throw new PeerdexError('forbidden', 'this peer may only fetch: nobody would see what it shares');
    const relative = checkIndexPath(path.normalize('NFC'));
    refuseInData(downloads, [relative], { data, downloads });
    const size = lengthOf(headers['content-length']);
    if (this.#underWay >= MOST_AT_A_TIME) {
      throw new PeerdexError('limit', `${MOST_AT_A_TIME} files are being taken in already`, { retry: true });
    }
    this.#underWay += 1;
    try {
      await writeNewFile({ root: downloads, relative }, size, bytes ?? NOTHING);
      return await shares.takeIn(downloads, relative);
    } finally {
      this.#underWay -= 1;
    }
  }
}

const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

/** What is announced is what has to fit: a body without an end is refused. */
function lengthOf(header: string | undefined): number {
  const length = /^\d{1,15}$/.test(header ?? '') ? Number(header) : undefined;
  if (length === undefined) throw new PeerdexError('usage', 'the request does not say how long the file is');
  if (length > MAX_CONTENT_BYTES)
    throw new PeerdexError('usage', 'the file is larger than any content may be');
  return length;
}
