import type { EntryKind } from '../core/entry.ts';
import { nameProblem, pathProblem } from '../core/index-path.ts';
import type { Listing, WalkedItem } from '../core/ports/disk.ts';
import { type FileLook, type LocalEntry, sameInode } from '../core/ports/local-file-store.ts';

/** A difference between a folder and what is remembered of it. */
export type ScanChange =
  | ({
      readonly change: 'seen';
      readonly parent: string;
      readonly name: string;
      readonly kind: EntryKind;
    } & FileLook)
  /** With the look that was remembered: who has another one by now keeps it. */
  | {
      readonly change: 'gone';
      readonly parent: string;
      readonly name: string;
      readonly mtime: bigint;
      readonly inode: bigint;
    };

/** Something that is not shared, and why, as a person reads it. */
export interface ScanProblem {
  readonly kind: string;
  readonly relative: string;
  readonly detail: string;
}

export interface FolderDifference {
  /** What is gone comes first: its place may be taken by what is new. */
  readonly changes: readonly ScanChange[];
  /** Names of the folders to walk next. */
  readonly folders: readonly string[];
  readonly problems: readonly ScanProblem[];
}

/** A file whose time is so close to its hashing may have changed since without showing it. */
export const RACY_MS = 2000;

export const isRacy = (mtime: bigint, hashedAt: number): boolean =>
  Math.abs(hashedAt - Number(mtime / 1_000_000n)) < RACY_MS;

/** What changed in one folder of the share `shareName`. `known` was read before the folder was listed. */
export function compareFolder(
  shareName: string,
  listing: Listing,
  known: readonly LocalEntry[],
): FolderDifference {
  const before = new Map(known.map((entry) => [entry.name, entry]));
  const { shared, problems } = sharedItems(shareName, listing, before);
  const gone: ScanChange[] = [];
  const seen: ScanChange[] = [];
  if (listing.complete) {
    for (const { parent, name, mtime, inode } of known) {
      if (!shared.has(name)) gone.push({ change: 'gone', parent, name, mtime, inode });
    }
  }
  const lost = new Set(gone.flatMap(({ name }) => (ASCII.test(name) ? [] : [name.normalize('NFC')])));
  for (const item of shared.values()) {
    // What went may have had the path in the index of what is still there in another Unicode form.
    const isTold = lost.size === 0 || !lost.has(item.name.normalize('NFC'));
    if (!isTold || !isUnchanged(item, before.get(item.name))) {
      seen.push({ change: 'seen', parent: listing.relative, ...item });
    }
  }
  const folders = [...shared.values()].filter(({ kind }) => kind === 'folder').map(({ name }) => name);
  return { changes: [...gone, ...seen], folders, problems };
}

/** True when there is nothing to do about an item. */
function isUnchanged(item: WalkedItem, entry: LocalEntry | undefined): boolean {
  if (!entry || entry.kind !== item.kind) return false;
  if (item.kind === 'folder') return true;
  return (
    entry.size === item.size &&
    entry.mtime === item.mtime &&
    sameInode(entry, item) &&
    entry.device === item.device &&
    entry.executable === item.executable &&
    (entry.state !== 'settled' || !isRacy(entry.mtime, entry.stamp))
  );
}

/** The items that can be in the index, by their name on disk. Of two that are one name there, the composed spelling wins. */
function sharedItems(
  shareName: string,
  { items, relative, problems }: Listing,
  before: ReadonlyMap<string, LocalEntry>,
): { shared: Map<string, WalkedItem>; problems: ScanProblem[] } {
  const shared = new Map<string, WalkedItem>();
  const spelled = new Map<string, WalkedItem>();
  const found: ScanProblem[] = [...problems];
  const prefix = `${shareName}/${relative === '' ? '' : `${relative}/`}`;
  for (const item of items) {
    const { name } = item;
    const index = ASCII.test(name) ? name : name.normalize('NFC');
    const problem = before.has(name)
      ? undefined
      : (nameProblem(index) ?? pathProblem(prefix.normalize('NFC') + index));
    if (problem) {
      found.push({ kind: 'name', relative: prefix.slice(shareName.length + 1) + name, detail: problem });
      continue;
    }
    const rival = index === name && ASCII.test(name) ? undefined : spelled.get(index);
    if (rival) {
      found.push({
        kind: 'same-name',
        relative: prefix.slice(shareName.length + 1) + name,
        detail: 'another file has the same name in another Unicode form; one of them is shared',
      });
      if (!wins(name, rival.name, index)) continue;
      shared.delete(rival.name);
    }
    spelled.set(index, item);
    shared.set(name, item);
  }
  return { shared, problems: found };
}

const ASCII = /^[\u0020-\u007e]*$/;

const wins = (name: string, rival: string, index: string): boolean =>
  name === index || (rival !== index && name < rival);
