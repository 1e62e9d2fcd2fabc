import type { EntryKind, LogRecord, OwnedEntry } from '../../core/entry.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import { baseName, foldName, type IndexPath, parentPath } from '../../core/index-path.ts';
import type {
  ContentPlace,
  Cursor,
  EntryStore,
  LogPosition,
  NameQuery,
  OwnerState,
  Owners,
  SnapshotProgress,
  Stretch,
} from '../../core/ports/entry-store.ts';

interface Kept extends OwnedEntry {
  readonly id: number;
  readonly generation: number;
  readonly stamp: number;
}

interface Owner extends LogPosition {
  readonly generation: number;
  readonly updated: number;
}

/** The entries of all owners in memory: for tests and for peers that keep nothing. */
export class MemoryEntryStore implements EntryStore {
  #owners = new Map<PeerId, Owner>();
  #entries = new Map<string, Kept>();
  #nextId = 1;

  transaction<T>(work: () => T): T {
    const owners = new Map(this.#owners);
    const entries = new Map(this.#entries);
    try {
      return work();
    } catch (error) {
      this.#owners = owners;
      this.#entries = entries;
      throw error;
    }
  }

  addOwner(owner: PeerId, position: LogPosition, now: number): void {
    if (!this.#owners.has(owner)) this.#owners.set(owner, { ...position, generation: 0, updated: now });
  }

  put(owner: PeerId, records: readonly LogRecord[], now: number): void {
    const { generation } = this.#owners.get(owner)!;
    for (const record of records) {
      const key = keyOf(owner, record.path);
      const id = this.#entries.get(key)?.id ?? this.#nextId++;
      this.#entries.set(key, { ...record, owner, id, generation, stamp: now });
    }
  }

  setPosition(owner: PeerId, { index, seq, floor, snapshot, jumps }: LogPosition, now: number): void {
    const { generation } = this.#owners.get(owner)!;
    this.#owners.set(owner, {
      index,
      seq,
      floor,
      snapshot,
      ...(jumps && { jumps }),
      generation,
      updated: now,
    });
  }

  beginSnapshot(owner: PeerId, snapshot: SnapshotProgress, now: number): void {
    const old = this.#owners.get(owner)!;
    this.#owners.set(owner, { ...old, snapshot, generation: old.generation + 1, updated: now });
  }

  sweep(owner: PeerId, limit: number, from: Cursor = '0'): Cursor | undefined {
    const { generation } = this.#owners.get(owner)!;
    const window = this.#window(Number(from), limit);
    for (const kept of window) {
      if (kept.owner === owner && kept.generation < generation) this.#delete(kept);
    }
    return window.length < limit ? undefined : String(window.at(-1)!.id);
  }

  dropDeletions(owner: PeerId, upTo: number, stampedBefore: number, limit: number): readonly number[] {
    const found = this.#of(owner)
      .filter(({ flag, seq, stamp }) => flag === 0 && seq <= upTo && stamp < stampedBefore)
      .sort(bySeq)
      .slice(0, limit);
    for (const kept of found) this.#delete(kept);
    return found.map(({ seq }) => seq);
  }

  dropOwner(owner: PeerId, limit: number): boolean {
    const found = this.#of(owner).slice(0, limit);
    for (const kept of found) this.#delete(kept);
    if (found.length === limit) return false;
    this.#owners.delete(owner);
    return true;
  }

  owners(): readonly OwnerState[] {
    return [...this.#owners.keys()].map((owner) => this.owner(owner)!);
  }

  owner(owner: PeerId): OwnerState | undefined {
    const state = this.#owners.get(owner);
    if (!state) return undefined;
    const { generation: _, ...rest } = state;
    const all = this.#of(owner);
    const files = all.filter(({ flag, kind }) => flag === 1 && kind === 'file');
    return {
      ...rest,
      owner,
      files: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      folders: all.filter(({ flag, kind }) => flag === 1 && kind === 'folder').length,
      records: all.length,
      pathBytes: all.reduce((sum, { path }) => sum + Buffer.byteLength(path), 0),
    };
  }

  entry(owner: PeerId, path: IndexPath): LogRecord | undefined {
    const kept = this.#entries.get(keyOf(owner, path));
    return kept && recordOf(kept);
  }

  page(owner: PeerId, since: number, limit: number): readonly LogRecord[] {
    return this.#of(owner)
      .filter(({ seq }) => seq > since)
      .sort(bySeq)
      .slice(0, limit)
      .map(recordOf);
  }

  deletions(owner: PeerId, since: number, upTo: number, limit: number): readonly LogRecord[] {
    return this.#of(owner)
      .filter(({ flag, seq }) => flag === 0 && seq > since && seq <= upTo)
      .sort(bySeq)
      .slice(0, limit)
      .map(recordOf);
  }

  children(owner: PeerId, folder: string, limit: number, from: Cursor = ''): Stretch<LogRecord> {
    const found = this.#of(owner)
      .filter(({ path, flag }) => flag === 1 && parentPath(path) === folder)
      .filter(({ path }) => baseName(path) > from)
      .sort(byPath)
      .slice(0, limit);
    return {
      items: found.map(recordOf),
      next: found.length < limit ? undefined : baseName(found.at(-1)!.path),
    };
  }

  below(owner: PeerId, folder: string, limit: number, from: Cursor = ''): Stretch<LogRecord> {
    const found = this.#of(owner)
      .filter(({ path, flag }) => flag === 1 && (folder === '' || path.startsWith(`${folder}/`)))
      .filter(({ path }) => path > from)
      .sort(byPath)
      .slice(0, limit);
    return { items: found.map(recordOf), next: found.length < limit ? undefined : found.at(-1)!.path };
  }

  byContent(content: ContentId, owners: Owners, limit: number): readonly OwnedEntry[] {
    return this.#live((kept) => kept.content === content && owners.has(kept.owner)).slice(0, limit);
  }

  placesOfEach(contents: readonly ContentId[]): readonly (readonly ContentPlace[])[] {
    return contents.map((content) => {
      const live = this.#live((kept) => kept.content === content);
      const places = new Map(live.map(({ owner, path }) => [owner, { owner, path }]));
      return [...places.values()];
    });
  }

  ownersOfEach(contents: readonly ContentId[]): readonly (readonly PeerId[])[] {
    return contents.map((content) => [
      ...new Set(this.#live((kept) => kept.content === content).map(({ owner }) => owner)),
    ]);
  }

  byName(name: string, kind: EntryKind, limit: number, from: Cursor = '0'): Stretch<OwnedEntry> {
    const named = this.#window(Number(from), Number.POSITIVE_INFINITY)
      .filter(({ path }) => baseName(path) === name)
      .slice(0, limit);
    const items = named.filter((kept) => kept.flag === 1 && kept.kind === kind).map(ownedOf);
    return { items, next: named.length < limit ? undefined : String(named.at(-1)!.id) };
  }

  matching(query: NameQuery, limit: number, from: Cursor = '0'): Stretch<OwnedEntry> {
    const window = this.#window(Number(from), limit);
    const items = window.filter((kept) => kept.flag === 1 && fits(query, kept)).map(ownedOf);
    return { items, next: window.length < limit ? undefined : String(window.at(-1)!.id) };
  }

  rows(limit: number, from: Cursor = '0'): Stretch<OwnedEntry> {
    const found = this.#window(Number(from), Number.POSITIVE_INFINITY)
      .filter(({ kind }) => kind === 'file')
      .slice(0, limit);
    return { items: found.map(ownedOf), next: found.length < limit ? undefined : String(found.at(-1)!.id) };
  }

  #window(from: number, limit: number): Kept[] {
    return [...this.#entries.values()]
      .filter(({ id }) => id > from)
      .sort((a, b) => a.id - b.id)
      .slice(0, limit);
  }

  #of(owner: PeerId): Kept[] {
    return [...this.#entries.values()].filter((kept) => kept.owner === owner);
  }

  #live(which: (kept: Kept) => boolean): OwnedEntry[] {
    return [...this.#entries.values()].filter((kept) => kept.flag === 1 && which(kept)).map(ownedOf);
  }

  #delete(kept: Kept): void {
    this.#entries.delete(keyOf(kept.owner, kept.path));
  }
}

const keyOf = (owner: PeerId, path: IndexPath): string => `${owner} ${path}`;
const bySeq = (a: Kept, b: Kept): number => a.seq - b.seq;
const byPath = (a: Kept, b: Kept): number => (a.path < b.path ? -1 : 1);

function fits(query: NameQuery, { path, kind }: Kept): boolean {
  const name = baseName(path);
  if ('parts' in query) {
    return kind === 'file' && query.parts.every((part) => foldName(name).includes(part));
  }
  return (
    kind === query.kind &&
    name.length >= query.start.length + query.end.length &&
    name.startsWith(query.start) &&
    name.endsWith(query.end)
  );
}

const ownedOf = ({ id: _i, generation: _g, stamp: _s, ...entry }: Kept): OwnedEntry => entry;

function recordOf(kept: Kept): LogRecord {
  const { owner: _, ...record } = ownedOf(kept);
  return record;
}
