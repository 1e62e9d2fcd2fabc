import { PeerdexError } from '../core/errors.ts';
import { type IndexPath, parentPath } from '../core/index-path.ts';
import type { Fate, KeptEntry, Mirrored, MirrorWanted } from '../core/mirror.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { WantedItem } from '../core/wanted.ts';
import type { NetworkView } from './network-view.ts';
import { namedBy } from './resolve-what.ts';

/**
 * What a mirror of WHAT is to hold now, by its path below the mirror's folder; undefined where nobody who is active has it. Throws what
 * resolving throws, and `usage` for what is neither folder nor pattern.
 */
export async function readMirrored(
  store: EntryQueries,
  view: NetworkView,
  what: string,
): Promise<Mirrored | undefined> {
  const found = await namedBy(store, view, what, { others: true, origins: true });
  if (!found) return undefined;
  if (found.some(({ kind }) => kind === 'file')) throw notMirrored(what);
  const strip = ownNameIn(what);
  const below = (path: string) => (strip ? path.slice(path.indexOf('/') + 1 || path.length) : path);
  const wanted = new Map<string, MirrorWanted>();
  for (const { items } of found) {
    for (const item of items) {
      const relative = below(item.relative);
      if (relative !== '') addWithFolders(wanted, store, { ...item, relative });
    }
  }
  const clashes = found.flatMap((one) => one.clashes ?? []);
  return {
    wanted: [...wanted.values()],
    clashes: clashes.map(({ name, error }) => ({ relative: below(name.replace(/\/$/, '')), error })),
  };
}

/** Throws `usage` for what can be no mirror, whether or not it is there. */
export function checkMirrored(what: string): void {
  if (!what.endsWith('/') && !what.includes('*')) throw notMirrored(what);
}

/** What the index says of something that is not wanted any more. */
export function fateOf(store: EntryQueries, view: NetworkView, { kind, origin }: KeptEntry): Fate {
  const state = store.owner(origin.owner);
  if (!state || state.snapshot) return 'listed';
  // A share that is paused or not shared any more is away, with all that is in it; so is what went with it and has not come back yet.
  const share = store.entry(origin.owner, shareOf(origin.path));
  if (share?.flag !== 1) return 'listed';
  const record = store.entry(origin.owner, origin.path);
  if (record?.flag === 0) return record.seq < share.seq ? 'listed' : 'deleted';
  if (record) return record.kind === kind ? 'listed' : 'deleted';
  // Nothing is left of a deletion that is older than deletions live; only from its owner itself is known that this is one.
  if (!view.peers().has(origin.owner)) return 'listed';
  return state.index === origin.index ? 'deleted' : 'unproven';
}

const shareOf = (path: IndexPath): IndexPath => path.split('/', 1)[0]!;

/** Whether the paths begin with the name of what is mirrored, which is left out: the mirror's folder stands for it. */
function ownNameIn(what: string): boolean {
  const path = what.slice(what.indexOf(':') + 1);
  if (!path.includes('*')) return true;
  return path.split('/').includes('**') && !path.split('/')[0]!.includes('*');
}

/** Folders that a file lies in are wanted with it. */
function addWithFolders(wanted: Map<string, MirrorWanted>, store: EntryQueries, item: WantedItem): void {
  const { relative, kind, size, content, mtime = 0n, executable = false, origin } = item;
  const { owner, path } = origin!;
  const index = store.owner(owner)?.index ?? '';
  const above = parentPath(relative);
  if (above !== '' && !wanted.has(above)) {
    const folder = {
      relative: above,
      kind: 'folder',
      size: 0,
      origin: { owner, path: parentPath(path) },
    } as const;
    addWithFolders(wanted, store, folder);
  }
  if (kind === 'folder' && wanted.has(relative)) return;
  wanted.set(relative, { relative, kind, size, content, mtime, executable, origin: { owner, path, index } });
}

const notMirrored = (what: string): PeerdexError =>
  new PeerdexError('usage', `${JSON.stringify(what)} is neither a folder nor a pattern`, {
    hint: 'a folder is PEER:PATH/, with a slash at its end; one file is fetched by `peerdex get`',
  });
