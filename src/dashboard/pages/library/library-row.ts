import type { FoundContent, ListedEntry, PeerRow } from '../../../protocol/http/local/index-rows.ts';
import type { Place } from './library-route.ts';

/** One line of the library: a peer, a folder, or a content under one of its names. */
export interface LibraryRow {
  readonly key: string;
  readonly kind: 'peer' | 'folder' | 'file';
  readonly name: string;
  /** Where it lies, for people. */
  readonly where: string;
  readonly size: number;
  readonly modified: string | null;
  readonly content: string | null;
  /** What `get` is asked for; undefined for what cannot be fetched. */
  readonly what: string | undefined;
  /** Peers that hold it; undefined where that was not asked. */
  readonly holders: number | undefined;
  /** Where it is opened, of a peer or folder. */
  readonly place: Place | undefined;
}

/** A peer as commands read it back: by its name, or by its id where the name has a meaning of its own. */
export const referenceOf = ({ id, name }: Pick<PeerRow, 'id' | 'name'>): string =>
  /[:/\s]/.test(name) ? id : name;

export function foundRow({ path, size, content, modified, holders, held }: FoundContent): LibraryRow {
  const best = holders.find((one) => one.path === path) ?? holders[0];
  return {
    key: content,
    kind: 'file',
    name: baseName(path),
    where: best ? `${best.name}: ${parentOf(best.path)}` : parentOf(path),
    size,
    modified,
    content,
    what: best ? `${referenceOf({ id: best.peer, name: best.name })}:${best.path}` : content,
    holders: held ?? holders.length,
    place: undefined,
  };
}

export function listedRow({ name, kind, size, modified, content }: ListedEntry, at: Place): LibraryRow {
  const folder = at.folder === '' ? name : `${at.folder}/${name}`;
  const isFile = kind === 'file';
  return {
    key: name,
    kind,
    name,
    where: '',
    size,
    modified,
    content,
    what: `${at.peer}:${folder}${isFile ? '' : '/'}`,
    holders: undefined,
    place: isFile ? undefined : { peer: at.peer, folder },
  };
}

export const peerRow = (peer: PeerRow): LibraryRow => ({
  key: peer.id,
  kind: 'peer',
  name: peer.name,
  where: peer.self ? 'this peer' : '',
  size: peer.bytes,
  modified: null,
  content: null,
  what: undefined,
  holders: undefined,
  place: { peer: referenceOf(peer), folder: '' },
});

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
