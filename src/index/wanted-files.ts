import type { OwnedEntry } from '../core/entry.ts';
import { type Candidate, PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { baseName } from '../core/index-path.ts';
import type { Wanted, WantedClash, WantedItem } from '../core/wanted.ts';
import { likelySize } from './likely-size.ts';
import { type PeerView, timeOf, whatOf } from './network-view.ts';

/** In which entries something is looked for, and how it is told. */
export interface Scope {
  readonly peers: ReadonlyMap<PeerId, PeerView>;
  /** Items say whose entries they are. */
  readonly origins: boolean;
}

/** One content under the name that most of its places give it. Throws `ambiguous` where the matches have different ones. */
export function wantedFile(what: string, matches: readonly OwnedEntry[], scope: Scope): Wanted {
  const contents = contentsOf(matches);
  if (contents.length > 1) throw ambiguous(what, 'different files', contents, scope);
  const byName = Map.groupBy(matches, ({ path }) => baseName(path));
  const [most] = [...byName.values()].sort((a, b) => b.length - a.length);
  return { what, kind: 'file', items: [itemOf(most![0]!, matches, scope)] };
}

/** Each match under its own name; a name that different contents bear is for the caller to settle, and stops no other. */
export function wantedFiles(what: string, matches: readonly OwnedEntry[], scope: Scope): Wanted {
  const places = Map.groupBy(matches, ({ content }) => content);
  const items: WantedItem[] = [];
  const clashes: WantedClash[] = [];
  for (const [name, same] of Map.groupBy(matches, ({ path }) => baseName(path))) {
    const contents = contentsOf(same);
    if (contents.length === 1) items.push(itemOf(same[0]!, places.get(same[0]!.content)!, scope));
    else clashes.push({ name, error: ambiguous(name, 'different files', contents, scope) });
  }
  return { what, kind: 'files', items, clashes };
}

/** As a tree: each match at its own place in it, likewise. */
export function wantedTree(
  what: string,
  matches: readonly { readonly relative: string; readonly entry: OwnedEntry }[],
  scope: Scope,
): Wanted {
  const items: WantedItem[] = [];
  const clashes: WantedClash[] = [];
  for (const [relative, same] of Map.groupBy(matches, (one) => one.relative)) {
    const entries = same.map(({ entry }) => entry);
    const contents = contentsOf(entries);
    if (contents.length === 1) items.push({ ...itemOf(contents[0]!, entries, scope), relative });
    else clashes.push({ name: relative, error: ambiguous(relative, 'different files', contents, scope) });
  }
  return { what, kind: 'tree', items, clashes };
}

/** What it could mean. `which`: as people are told, in the plural. */
export function ambiguous(
  what: string,
  which: string,
  entries: readonly OwnedEntry[],
  { peers }: Scope,
): PeerdexError {
  const owners = new Set(entries.map(({ owner }) => owner));
  const candidates = entries.slice(0, MAX_CANDIDATES).map((entry): Candidate => {
    const isFolder = entry.kind === 'folder';
    return {
      what: whatOf(peers.get(entry.owner)!, isFolder ? `${entry.path}/` : entry.path),
      note: isFolder ? 'folder' : `${entry.size} bytes, modified ${timeOf(entry.mtime)}`,
    };
  });
  return new PeerdexError('ambiguous', `${JSON.stringify(what)} fits ${which}`, {
    hint: owners.size > 1 ? 'name one of them, or one peer with --from' : 'name one of them',
    candidates,
  });
}

/** One entry of each content. */
const contentsOf = (entries: readonly OwnedEntry[]): OwnedEntry[] => [
  ...new Map(entries.map((entry) => [entry.content, entry])).values(),
];

/** `places`: every match with this content. */
const itemOf = (
  { path, content, mtime, executable, owner }: OwnedEntry,
  places: readonly OwnedEntry[],
  { origins }: Scope,
): WantedItem => ({
  relative: baseName(path),
  kind: 'file',
  size: likelySize(places),
  content,
  mtime,
  executable,
  ...(origins ? { origin: { owner, path } } : {}),
});

const MAX_CANDIDATES = 100;
