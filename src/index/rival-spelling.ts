import type { LocalEntry, LocalFileStore } from '../core/ports/local-file-store.ts';

/** What else is known in a share under this path or another spelling of it, the composed one of each folder and file first. */
export function rivalOf(files: LocalFileStore, share: number, path: string): LocalEntry | undefined {
  if (ASCII.test(path)) return undefined;
  const levels = path.split('/').map(spellingsOf);
  if (levels.every(({ length }) => length === 1)) return undefined;
  return among(files, share, '', levels);
}

function among(
  files: LocalFileStore,
  share: number,
  parent: string,
  [names = [], ...below]: readonly (readonly string[])[],
): LocalEntry | undefined {
  for (const name of names) {
    const entry = files.get(share, parent, name);
    const isLast = below.length === 0;
    if (entry?.state !== 'settled' || (!isLast && entry.kind !== 'folder')) continue;
    const found = isLast ? entry : among(files, share, parent === '' ? name : `${parent}/${name}`, below);
    if (found) return found;
  }
  return undefined;
}

/** Disks keep names composed, decomposed, or as they were given. */
const spellingsOf = (name: string): readonly string[] =>
  ASCII.test(name) ? [name] : [...new Set([name.normalize('NFC'), name.normalize('NFD'), name])];

const ASCII = /^[\0-\u007f]*$/;
