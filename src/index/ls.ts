import type { LogRecord } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import { baseName, pathProblem } from '../core/index-path.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import { asShellReads, type NetworkView, pause, timeOf } from './network-view.ts';

export interface Listed {
  readonly name: string;
  readonly kind: 'peer' | 'folder' | 'file';
  /** Bytes; of a peer all its files, of a folder 0. */
  readonly size: number;
  /** ISO 8601, UTC; null for what has no time. */
  readonly modified: string | null;
  readonly content: ContentId | null;
}

/** A page of a listing. */
export interface ListedPart {
  readonly entries: readonly Listed[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string | undefined;
}

/** Peers, or with `PEER[:PATH]` what lies there. Throws `not-found`, or `ambiguous` for a PEER that fits several. */
export async function ls(store: EntryQueries, view: NetworkView, where = ''): Promise<Listed[]> {
  const listed: Listed[] = [];
  let from: string | undefined;
  do {
    const { entries, next } = await lsPart(store, view, where, STEP, from);
    for (const entry of entries) listed.push(entry);
    from = next;
    await pause();
  } while (from !== undefined && listed.length < MAX_LISTED);
  return listed;
}

/** At most `limit` of the same (of peers always all), from where the page before ended. */
export async function lsPart(
  store: EntryQueries,
  view: NetworkView,
  where = '',
  limit: number,
  from?: string,
): Promise<ListedPart> {
  if (where === '') return { entries: peersOf(store, view) };
  const colon = where.indexOf(':');
  const said = colon < 0 ? where : where.slice(0, colon);
  const { id, name } = view.mustBePeer(said);
  const path = (colon < 0 ? '' : where.slice(colon + 1)).normalize('NFC').replace(/\/+$/, '');
  if (path !== '') {
    const entry = pathProblem(path) ? undefined : store.entry(id, path);
    if (entry?.flag !== 1) {
      throw new PeerdexError('not-found', `${name} has no ${JSON.stringify(path)}`, {
        hint: `\`peerdex ls ${asShellReads(said)}\` lists its shares`,
      });
    }
    if (entry.kind === 'file') return { entries: [listedOf(entry)] };
  }
  const { items, next } = store.children(id, path, limit, from);
  return { entries: items.map(listedOf), next };
}

const peersOf = (store: EntryQueries, view: NetworkView): Listed[] =>
  [...view.peers().values()].map(({ id, name }) => ({
    name,
    kind: 'peer',
    size: store.owner(id)?.bytes ?? 0,
    modified: null,
    content: null,
  }));

const listedOf = ({ path, kind, size, mtime, content }: LogRecord): Listed => ({
  name: baseName(path),
  kind,
  size,
  modified: kind === 'file' ? timeOf(mtime) : null,
  content: content ?? null,
});

const STEP = 1000;
const MAX_LISTED = 1_000_000;
