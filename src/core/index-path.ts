import { PeerdexError } from './errors.ts';

/**
 * A path in the index: `SHARE/relative/path`, components joined by `/`, NFC. Everything that comes from outside goes
 * through checkIndexPath before it names anything on this machine.
 */
export type IndexPath = string;

export const MAX_PATH_BYTES = 4096;
export const MAX_NAME_BYTES = 255;
/** What stands in front of every file that peerdex makes for itself inside a folder of the user's. */
export const PRIVATE_PREFIX = '.peerdex-';

const CONTROL = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Why this cannot be the name of a file or folder, or undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'an empty name';
  if (name === '.' || name === '..') return 'a name that means another folder';
  if (name.includes('/')) return 'a slash in a name';
  if (CONTROL.test(name)) return 'a control character in a name';
  if (LONE_SURROGATE.test(name)) return 'a name that is not valid Unicode';
  if (name.normalize('NFC') !== name) return 'a name that is not in Unicode normal form C';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `a name of more than ${MAX_NAME_BYTES} bytes`;
  if (name.startsWith(PRIVATE_PREFIX)) return 'a name that is kept for peerdex itself';
  return undefined;
}

/** Why this cannot be an index path, or undefined when it can. A share alone (`photos`) is one. */
export function pathProblem(path: string): string | undefined {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `a path of more than ${MAX_PATH_BYTES} bytes`;
  for (const name of path.split('/')) {
    const problem = nameProblem(name);
    if (problem) return problem;
  }
  return undefined;
}

/** Throws `forbidden` unless `path` is a relative path whose every component is a plain name. */
export function checkIndexPath(path: string): IndexPath {
  const problem = pathProblem(path);
  if (problem)
    throw new PeerdexError('forbidden', `refused path ${JSON.stringify(path.slice(0, 200))}: ${problem}`);
  return path;
}

/** The last component. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** All but the last component; empty for a share itself. */
export const parentPath = (path: string): string => {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
};

/**
 * What a search compares: case and accents folded away. A sigma is one letter at the end of a word and before it, ß is the ss that it is
 * in capitals.
 */
export const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replaceAll('ß', 'ss')
    .normalize('NFC');
