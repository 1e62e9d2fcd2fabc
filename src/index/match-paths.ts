import type { EntryKind, OwnedEntry } from '../core/entry.ts';
import type { PeerId } from '../core/ids.ts';
import type { Cursor, EntryQueries } from '../core/ports/entry-store.ts';
import { pause } from './network-view.ts';

/** A name with one `*`, which stands for any characters of it. */
export interface Pattern {
  /** Which of the names. */
  readonly at: number;
  readonly start: string;
  readonly end: string;
}

export interface PathQuery {
  /** Components of a path, or of the tail of one. */
  readonly names: readonly string[];
  readonly kind: EntryKind;
  /** The names are all of the path. */
  readonly whole: boolean;
  readonly pattern?: Pattern;
}

/** The pattern in a path; undefined unless it has exactly one `*`. */
export function readPattern(names: readonly string[]): Pattern | undefined {
  const [start, end, ...more] = names.join('/').split('*');
  if (end === undefined || more.length > 0) return undefined;
  const at = start!.split('/').length - 1;
  return { at, start: start!.split('/').at(-1)!, end: end.split('/')[0]! };
}

/** Live entries of these peers that the path names. */
export async function matchesOf(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, unknown>,
  query: PathQuery,
): Promise<OwnedEntry[]> {
  const fitting = (entry: OwnedEntry): boolean => peers.has(entry.owner) && fits(entry.path, query);
  const { names, kind, whole, pattern } = query;
  if (names.includes('')) return [];
  const last = names.length - 1;
  if (whole && !pattern) {
    return [...peers.keys()].flatMap((owner) => {
      const entry = store.entry(owner, names.join('/'));
      return entry?.flag === 1 && entry.kind === kind ? [{ ...entry, owner }] : [];
    });
  }
  if (pattern?.at !== last) return store.byName(names[last]!, kind, MAX_MATCHES).filter(fitting);
  const found: OwnedEntry[] = [];
  const { start, end } = pattern;
  const owners = whole ? [...peers.keys()] : [undefined];
  for (const owner of owners) {
    let from: Cursor | undefined;
    do {
      const { items, next } =
        owner === undefined
          ? store.matching({ start, end, kind }, WINDOW, from)
          : childrenOf(store, owner, names.slice(0, -1).join('/'), kind, from);
      found.push(...items.filter(fitting));
      from = next;
      await pause();
    } while (from !== undefined && found.length < MAX_MATCHES);
  }
  return found;
}

function childrenOf(store: EntryQueries, owner: PeerId, folder: string, kind: EntryKind, from?: Cursor) {
  const { items, next } = store.children(owner, folder, CHILDREN, from);
  return { items: items.filter((entry) => entry.kind === kind).map((entry) => ({ ...entry, owner })), next };
}

function fits(path: string, { names, whole, pattern }: PathQuery): boolean {
  const own = path.split('/');
  if (whole ? own.length !== names.length : own.length < names.length) return false;
  const tail = own.slice(-names.length);
  return names.every((name, i) => {
    if (i !== pattern?.at) return tail[i] === name;
    const { start, end } = pattern;
    const one = tail[i]!;
    return one.length >= start.length + end.length && one.startsWith(start) && one.endsWith(end);
  });
}

const MAX_MATCHES = 100_000;
const WINDOW = 10_000;
const CHILDREN = 1000;
