import type { EntryKind, OwnedEntry } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { Cursor, EntryQueries, Stretch } from '../core/ports/entry-store.ts';
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

/** Live entries of these peers that the path names, each once. Throws `limit` for more than a million that fit a pattern. */
export async function matchesOf(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, unknown>,
  query: PathQuery,
): Promise<OwnedEntry[]> {
  const { names, kind, whole, pattern } = query;
  if (names.includes('')) return [];
  if (whole && !pattern) {
    return [...peers.keys()].flatMap((owner) => {
      const entry = store.entry(owner, names.join('/'));
      return entry?.flag === 1 && entry.kind === kind ? [{ ...entry, owner }] : [];
    });
  }
  // An entry that changes meanwhile may come twice: what it is now counts.
  const found = new Map<string, OwnedEntry>();
  for (const walk of walksOf(store, peers, query)) {
    let from: Cursor | undefined;
    do {
      const { items, next } = walk(from);
      for (const entry of items)
        if (peers.has(entry.owner) && fits(entry.path, query))
          found.set(`${entry.owner}:${entry.path}`, entry);
      if (!pattern && found.size >= ENOUGH) return [...found.values()];
      if (found.size > MOST_MATCHES)
        throw new PeerdexError('limit', `more than ${MOST_MATCHES} ${kind}s fit ${names.join('/')}`);
      from = next;
      await pause();
    } while (from !== undefined);
  }
  return [...found.values()];
}

/** Where what fits is among others, step by step. */
function walksOf(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, unknown>,
  { names, kind, whole, pattern }: PathQuery,
): ((from?: Cursor) => Stretch<OwnedEntry>)[] {
  const last = names.length - 1;
  if (pattern?.at !== last) return [(from) => store.byName(names[last]!, kind, WINDOW, from)];
  if (!whole) return [(from) => store.matching({ ...pattern, kind }, WINDOW, from)];
  const folder = names.slice(0, -1).join('/');
  return [...peers.keys()].map((owner) => (from) => childrenOf(store, owner, folder, kind, from));
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

/** Of one name: more would not make it less ambiguous. */
const ENOUGH = 100_000;
const MOST_MATCHES = 1_000_000;
const WINDOW = 10_000;
const CHILDREN = 1000;
