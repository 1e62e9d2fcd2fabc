import type { PeerId } from '../../core/ids.ts';
import { baseName, type IndexPath } from '../../core/index-path.ts';
import type { Cursor, EntryQueries } from '../../core/ports/entry-store.ts';
import { pause, timeOf } from '../../index/network-view.ts';
import type { LinkedFolder } from '../../protocol/http/peer/link-operations.ts';
import { folderEnd, folderHead, folderRow } from './link-page.ts';

type Row = LinkedFolder['entries'][number];

/** What lies directly in a folder of this peer, in pieces: a folder may hold more than fits in memory as a page. */
export interface Listing {
  readonly entries: EntryQueries;
  readonly self: PeerId;
  readonly folder: IndexPath;
  /** It is what the link is for. */
  readonly top: boolean;
}

export async function* listingAsPage(listing: Listing): AsyncGenerator<string> {
  yield folderHead(baseName(listing.folder), listing.top);
  let rows = 0;
  for await (const some of stretches(listing)) {
    rows += some.length;
    yield some.map(folderRow).join('');
  }
  yield folderEnd(rows);
}

/** One LinkedFolder document. */
export async function* listingAsJson(listing: Listing): AsyncGenerator<string> {
  yield `{"name":${JSON.stringify(baseName(listing.folder))},"entries":[`;
  let comma = '';
  for await (const some of stretches(listing)) {
    yield comma + some.map((row) => JSON.stringify(row)).join(',');
    comma = ',';
  }
  yield ']}\n';
}

/** Never empty ones. */
async function* stretches({ entries, self, folder }: Listing): AsyncGenerator<Row[]> {
  let from: Cursor | undefined;
  do {
    const { items, next } = entries.children(self, folder, STEP, from);
    if (items.length > 0) {
      yield items.map(({ path, kind, size, mtime, content }) => ({
        name: baseName(path),
        kind,
        size,
        modified: kind === 'file' ? timeOf(mtime) : null,
        content: content ?? null,
      }));
    }
    from = next;
    await pause();
  } while (from !== undefined);
}

const STEP = 1000;
