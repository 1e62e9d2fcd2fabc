import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { FilePlace, LocalFile } from '../../core/ports/local-contents.ts';
import type {
  FileLook,
  LocalEntry,
  LocalFileStore,
  NumberedEntry,
  PendingFile,
  RootIdentity,
  ShareRecord,
  WrittenPlace,
} from '../../core/ports/local-file-store.ts';

/** What the scanner remembers, in memory. */
export class MemoryLocalFiles implements LocalFileStore {
  readonly #shares = new Map<number, Omit<ShareRecord, 'files' | 'bytes'>>();
  readonly #entries = new Map<string, NumberedEntry>();
  readonly #written = new Map<string, Pick<WrittenPlace, 'hashes'> & { readonly file: LocalFile }>();
  #next = 1;

  shares(): readonly ShareRecord[] {
    return [...this.#shares.values()].map((share) => {
      const files = this.#all().filter(
        (entry) => entry.share === share.id && entry.kind === 'file' && entry.content && isThere(entry),
      );
      return { ...share, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
    });
  }

  addShare(name: string, path: string): ShareRecord {
    const taken = [...this.#shares.values()].find((share) => share.name === name || share.path === path);
    if (taken) {
      throw new PeerdexError('conflict', `a share ${taken.name} of ${taken.path} is there already`);
    }
    const share = { id: this.#next++, name, path, paused: false };
    this.#shares.set(share.id, share);
    return { ...share, root: undefined, files: 0, bytes: 0 };
  }

  setRoot(share: number, { device, inode, birth, marker }: RootIdentity): void {
    this.#shares.set(share, { ...this.#shares.get(share)!, root: { device, inode, birth, marker } });
  }

  setPaused(share: number, paused: boolean): void {
    this.#shares.set(share, { ...this.#shares.get(share)!, paused });
  }

  removeShare(share: number): void {
    this.#shares.delete(share);
  }

  get(share: number, parent: string, name: string): LocalEntry | undefined {
    return plain(this.#entries.get(keyOf(share, parent, name)));
  }

  byId(id: number): LocalEntry | undefined {
    return plain(this.#all().find((entry) => entry.id === id));
  }

  put(entry: LocalEntry): void {
    const key = keyOf(entry.share, entry.parent, entry.name);
    this.#entries.set(key, { ...entry, id: this.#entries.get(key)?.id ?? this.#next++ });
  }

  replace(_before: LocalEntry | undefined, entry: LocalEntry): void {
    this.put(entry);
  }

  remove(share: number, parent: string, name: string): void {
    this.#entries.delete(keyOf(share, parent, name));
  }

  directory(share: number, parent: string): readonly LocalEntry[] {
    return this.#some((entry) => entry.share === share && entry.parent === parent && entry.state !== 'gone');
  }

  below(share: number, folder: string, limit: number): readonly LocalEntry[] {
    return this.#some(
      (entry) =>
        entry.share === share &&
        entry.state !== 'gone' &&
        (folder === '' || entry.parent === folder || entry.parent.startsWith(`${folder}/`)),
    ).slice(0, limit);
  }

  pending(share: number, limit: number, after = 0): readonly PendingFile[] {
    return this.#all()
      .filter((entry) => entry.share === share && entry.state === 'pending' && entry.id > after)
      .sort((a, b) => a.id - b.id)
      .slice(0, limit)
      .map(({ id, parent, name, size, mtime }) => ({ id, share, parent, name, size, mtime }));
  }

  waiting(share: number): { readonly files: number; readonly bytes: number } {
    const waiting = this.pending(share, Number.POSITIVE_INFINITY);
    return { files: waiting.length, bytes: waiting.reduce((sum, { size }) => sum + size, 0) };
  }

  settledAfter(share: number, id: number, limit: number): readonly NumberedEntry[] {
    return this.#all()
      .filter((entry) => entry.share === share && entry.id > id && entry.state === 'settled')
      .sort((a, b) => a.id - b.id)
      .slice(0, limit);
  }

  retryDeferred(share: number): number {
    const deferred = this.#all().filter((entry) => entry.share === share && entry.state === 'deferred');
    for (const { id: _, ...entry } of deferred) this.put({ ...entry, state: 'pending' });
    return deferred.length;
  }

  forget(share: number, limit: number, which: { readonly goneBefore: number } | 'all'): number {
    const found = this.#all()
      .filter((entry) => entry.share === share)
      .filter((entry) => which === 'all' || (entry.state === 'gone' && entry.stamp < which.goneBefore))
      .slice(0, limit);
    for (const { parent, name } of found) this.remove(share, parent, name);
    return found.length;
  }

  sameLook(look: FileLook): LocalEntry | undefined {
    return this.#some(
      (entry) =>
        entry.kind === 'file' &&
        entry.content !== undefined &&
        (entry.state === 'settled' || entry.state === 'gone') &&
        look.inode !== 0n &&
        entry.inode === look.inode &&
        entry.device === look.device &&
        entry.size === look.size &&
        entry.mtime === look.mtime,
    )[0];
  }

  byContent(content: ContentId): readonly LocalEntry[] {
    return this.#some((entry) => entry.content === content && isThere(entry));
  }

  putWritten(files: readonly WrittenPlace[], _now: number, keep: number): void {
    for (const { content, root, relative, size, mtime, device, inode, hashes } of files) {
      this.removeWritten(root, relative);
      const file = { content, root, relative, size, mtime, device, inode };
      this.#written.set(`${root}\0${relative}`, { file, hashes });
    }
    for (const key of this.#written.keys()) if (this.#written.size > keep) this.#written.delete(key);
  }

  removeWritten(root: string, relative: string): void {
    this.#written.delete(`${root}\0${relative}`);
  }

  written(content: ContentId): readonly LocalFile[] {
    return [...this.#written.values()].map(({ file }) => file).filter((file) => file.content === content);
  }

  writtenHashes(content: ContentId): ReturnType<LocalFileStore['writtenHashes']> {
    for (const { file, hashes } of this.#written.values())
      if (file.content === content && hashes) return { size: file.size, hashes };
    return undefined;
  }

  placesOf(contents: readonly ContentId[]): readonly (readonly LocalFile[])[] {
    return contents.map((content) => {
      const offered = this.byContent(content).filter(({ share }) => !this.#shares.get(share)!.paused);
      const shared = offered.map(({ share, parent, name, size, mtime, device, inode }) => {
        const relative = parent === '' ? name : `${parent}/${name}`;
        return { content, root: this.#shares.get(share)!.path, relative, size, mtime, device, inode };
      });
      return [...shared, ...this.written(content)];
    });
  }

  placeOfEach(contents: readonly ContentId[]): readonly (FilePlace | undefined)[] {
    return this.placesOf(contents).map(([first]) => first);
  }

  #all(): NumberedEntry[] {
    return [...this.#entries.values()];
  }

  #some(which: (entry: NumberedEntry) => boolean): LocalEntry[] {
    return this.#all()
      .filter(which)
      .map((kept) => plain(kept)!);
  }
}

const isThere = ({ state }: LocalEntry): boolean => state !== 'gone' && state !== 'rotten';

const keyOf = (share: number, parent: string, name: string): string => `${share}\0${parent}\0${name}`;

function plain(kept: NumberedEntry | undefined): LocalEntry | undefined {
  if (!kept) return undefined;
  const { id: _, ...entry } = kept;
  return entry;
}
