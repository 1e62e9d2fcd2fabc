import type { OwnedEntry } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { parentPath } from '../core/index-path.ts';
import type { Cursor, EntryQueries } from '../core/ports/entry-store.ts';
import { matchesOf } from './match-paths.ts';
import { pause } from './network-view.ts';

export interface DepthQuery {
  /** Components of a path, or of the tail of one; `**` stands for any folders, none too, `*` in another for any characters of it. */
  readonly names: readonly string[];
  /** The names are all of the path. */
  readonly whole: boolean;
}

export interface FileAtDepth {
  readonly entry: OwnedEntry;
  /** From the last plain name before the first wildcard on; without one all of its path. */
  readonly relative: string;
}

/** Live files of these peers that fit. Throws `limit` for more than a million. */
export async function filesAtAnyDepth(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, unknown>,
  { names, whole }: DepthQuery,
): Promise<FileAtDepth[]> {
  if (names.includes('')) return [];
  const plain = names.findIndex((name) => name.includes('*'));
  const folders = await foldersOf(store, peers, names.slice(0, plain), whole);
  const pattern = new RegExp(`^${names.slice(plain).filter(isNotAgain).map(partOf).join('')}$`, 'u');
  const found: FileAtDepth[] = [];
  for (const { owner, path } of folders) {
    const above = path === '' ? 0 : path.length + 1;
    const kept = path === '' ? 0 : parentPath(path).length + (path.includes('/') ? 1 : 0);
    let from: Cursor | undefined;
    do {
      const { items, next } = store.below(owner, path, STEP, from);
      for (const entry of items) {
        if (entry.kind !== 'file' || !pattern.test(`/${entry.path.slice(above)}`)) continue;
        found.push({ entry: { ...entry, owner }, relative: entry.path.slice(kept) });
      }
      if (found.length > MOST_FILES)
        throw new PeerdexError('limit', `more than ${MOST_FILES} files fit ${names.join('/')}`);
      from = next;
      await pause();
    } while (from !== undefined);
  }
  return found;
}

/** Where to look: the folders that the plain names lead to, each peer's all where there are none. */
async function foldersOf(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, unknown>,
  plain: readonly string[],
  whole: boolean,
): Promise<readonly { readonly owner: PeerId; readonly path: string }[]> {
  if (plain.length === 0) return [...peers.keys()].map((owner) => ({ owner, path: '' }));
  const path = plain.join('/');
  if (whole) {
    return [...peers.keys()]
      .filter((owner) => isFolder(store, owner, path))
      .map((owner) => ({ owner, path }));
  }
  const folders = await matchesOf(store, peers, { names: plain, kind: 'folder', whole });
  const shares = plain.length > 1 ? [] : [...peers.keys()].map((owner) => ({ owner, path }));
  return [...folders.filter(({ path: own }) => own !== path || plain.length > 1), ...shares];
}

function isFolder(store: EntryQueries, owner: PeerId, path: string): boolean {
  if (!path.includes('/')) return true; // a share has no entry of its own
  const entry = store.entry(owner, path);
  return entry?.flag === 1 && entry.kind === 'folder';
}

/** Any folders and then any folders are any folders. */
const isNotAgain = (name: string, i: number, all: readonly string[]): boolean =>
  name !== '**' || all[i - 1] !== '**';

/** One component, with the slash before it. */
function partOf(name: string): string {
  if (name === '**') return '(?:/[^/]+)*';
  return `/${name.split('*').map(escapeRegExp).join('[^/]*')}`;
}

/** Nothing else may be escaped in a pattern of Unicode: a hyphen stands for itself. */
const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const STEP = 1000;
const MOST_FILES = 1_000_000;
