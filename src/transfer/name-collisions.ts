import { PeerdexError } from '../core/errors.ts';
import { nameKey } from '../core/name-key.ts';
import type { WantedClash, WantedItem } from '../core/wanted.ts';

/** What of a job may be put on disk, and names that would have been one there. */
export interface Placed {
  readonly items: readonly WantedItem[];
  readonly clashes: readonly WantedClash[];
}

/**
 * Takes out what would fall together where names that differ in case or in their Unicode form only are one: none of them is allowed to
 * win, and two folders are not poured into one. Whatever lies in such a folder is taken out with it.
 */
export function withoutCollisions(items: readonly WantedItem[]): Placed {
  const collisions = new Map<string, Set<string>>();
  const spellings = new Map<string, string>();
  for (const { relative } of items) {
    for (const path of pathsTo(relative)) {
      const key = nameKey(path);
      const first = spellings.get(key);
      if (first === undefined) spellings.set(key, path);
      else if (first !== path) collisions.set(key, (collisions.get(key) ?? new Set([first])).add(path));
    }
  }
  if (collisions.size === 0) return { items, clashes: [] };
  const reaches = (path: string) => collisions.has(nameKey(path));
  const clashes: WantedClash[] = [];
  for (const paths of collisions.values()) {
    const [first = ''] = paths;
    if (pathsTo(first).slice(0, -1).some(reaches)) continue; // the folder above says it
    for (const path of paths) clashes.push(clashOf(path, [...paths]));
  }
  return { items: items.filter(({ relative }) => !pathsTo(relative).some(reaches)), clashes };
}

/** `a/b/c` is reached by `a`, `a/b` and itself. */
function pathsTo(relative: string): string[] {
  const paths: string[] = [];
  for (let slash = relative.indexOf('/'); slash >= 0; slash = relative.indexOf('/', slash + 1))
    paths.push(relative.slice(0, slash));
  paths.push(relative);
  return paths;
}

function clashOf(name: string, all: readonly string[]): WantedClash {
  const others = all.filter((other) => other !== name).slice(0, MOST_NAMED);
  const error = new PeerdexError(
    'conflict',
    `${name} and ${others.join(', ')} would be one name on that disk`,
    {
      hint: 'fetch one of them, or each to a place of its own with -o',
    },
  );
  return { name, error };
}

/** Of a thousand spellings of one name these are enough to see what is the matter. */
const MOST_NAMED = 3;
