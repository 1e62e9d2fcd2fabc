import type { Clock } from '../core/clock.ts';
import type { Entry, IndexHead, Jump, LogRecord } from '../core/entry.ts';
import type { IndexId, PeerId } from '../core/ids.ts';
import type { IndexPath } from '../core/index-path.ts';
import type { Cursor, EntryStore, LogPosition } from '../core/ports/entry-store.ts';
import { type Random, randomInt } from '../core/random.ts';

import type { ChangeCounts } from './change-counts.ts';

/** Deletions live so long; who has not asked since needs a snapshot. */
export const DELETIONS_LIVE_MS = 30 * 24 * 3600 * 1000;

/**
 * So far, and up to twice as far, the numbers go on at a start. Commits are not flushed and a database may come from a copy, so what others
 * know above the last stored number is of a past that is lost; it lies within the jump, and so they see that it is.
 */
const JUMP = 2 ** 20;
/** Most jumps that a log tells of; the floor rises over older ones. */
export const MAX_JUMPS = 256;

/** A path that now looks so, or is no longer there. `again`: told also where it was told before. */
export type LogChange = { readonly entry: Entry } | { readonly deleted: IndexPath; readonly again?: boolean };

/**
 * This peer's own entry log. A change that equals what stands makes no record; sequence numbers only grow; a deletion is a record
 * with flag 0, no content, and the size and time that the entry had. The first record of each start comes after a jump in the numbers.
 */
export class OwnLog {
  readonly #store: EntryStore;
  readonly owner: PeerId;
  readonly #clock: Clock;
  /** The last number when this start began, and how many its first record leaves out. */
  readonly #startedAt: number;
  readonly #jump: number;

  /** Makes the log, with a random index id, where there is none. */
  constructor(store: EntryStore, owner: PeerId, clock: Clock, random: Random) {
    this.#store = store;
    this.owner = owner;
    this.#clock = clock;
    if (!store.owner(owner))
      store.addOwner(owner, { index: drawIndexId(random), seq: 0, floor: 0 }, clock.now());
    this.#startedAt = store.owner(owner)!.seq;
    this.#jump = this.#startedAt > 0 ? JUMP + randomInt(random, JUMP) : 0;
  }

  head(): IndexHead {
    const { index, seq } = this.#store.owner(this.owner)!;
    return { index, seq };
  }

  totals(): { readonly files: number; readonly bytes: number } {
    const { files, bytes } = this.#store.owner(this.owner)!;
    return { files, bytes };
  }

  /** Goes on as another log: who follows it takes all of it anew. */
  beginAnew(index: IndexId): void {
    const state = this.#store.owner(this.owner)!;
    this.#store.setPosition(this.owner, { ...state, index, jumps: undefined }, this.#clock.now());
  }

  /** Writes changes in one transaction, in their order. The caller bounds their number. */
  write(changes: readonly LogChange[]): ChangeCounts {
    return this.#store.transaction(() => {
      const records = new Map<IndexPath, LogRecord>();
      const fresh = new Set<IndexPath>();
      const state = this.#store.owner(this.owner)!;
      const jump = state.seq === this.#startedAt ? this.#jump : 0;
      let seq = state.seq + jump;
      const counts = { added: 0, changed: 0, deleted: 0 };
      for (const change of changes) {
        const path = 'entry' in change ? change.entry.path : change.deleted;
        const standing = records.get(path) ?? this.#store.entry(this.owner, path);
        if (!standing) fresh.add(path);
        const next = 'entry' in change ? change.entry : standing && asDeleted(standing);
        const isTold = standing !== undefined && sameEntry(standing, next ?? standing);
        const isAgain = 'deleted' in change && change.again === true;
        if (!next || (isTold && !isAgain)) continue;
        seq += 1;
        records.set(path, { ...next, seq });
        if (isTold) continue;
        const kind = next.flag === 0 ? 'deleted' : standing?.flag === 1 ? 'changed' : 'added';
        if ((next.flag === 0 ? standing?.kind : next.kind) === 'file') counts[kind] += 1;
      }
      if (records.size > 0) {
        const now = this.#clock.now();
        this.#store.put(this.owner, [...records.values()].sort(bySeq), now, fresh);
        const jumps: Jump[] = [...(state.jumps ?? [])];
        if (jump > 0) jumps.push([state.seq, state.seq + jump + 1]);
        this.#store.setPosition(this.owner, withoutOld({ ...state, seq, jumps }), now);
      }
      return counts;
    });
  }

  /**
   * Deletes at most `limit` entries below a folder, and with the last of them the folder itself. Call again with `next` until
   * there is none.
   */
  deleteTree(
    folder: IndexPath,
    limit: number,
    from?: Cursor,
  ): { counts: ChangeCounts; next?: Cursor | undefined } {
    const { items, next } = this.#store.below(this.owner, folder, limit, from);
    const changes: LogChange[] = items.map(({ path }) => ({ deleted: path }));
    if (next === undefined) changes.push({ deleted: folder });
    return { counts: this.write(changes), next };
  }

  /** Drops at most `limit` deletions that are too old; true when none is left. */
  prune(limit: number): boolean {
    return this.#store.transaction(() => {
      const now = this.#clock.now();
      const state = this.#store.owner(this.owner)!;
      const dropped = this.#store.dropDeletions(this.owner, state.seq, now - DELETIONS_LIVE_MS, limit);
      const floor = dropped.reduce((highest, seq) => Math.max(highest, seq), state.floor);
      if (floor > state.floor) this.#store.setPosition(this.owner, withoutOld({ ...state, floor }), now);
      return dropped.length < limit;
    });
  }
}

/** Without jumps that end below the floor. Where too many are left the floor rises: who knows less takes a snapshot. */
function withoutOld(position: LogPosition): LogPosition {
  const all = position.jumps ?? [];
  const floor = Math.max(position.floor, all.at(-1 - MAX_JUMPS)?.[1] ?? 0);
  const jumps = all.filter(([, begins]) => begins > floor);
  return { ...position, floor, jumps: jumps.length > 0 ? jumps : undefined };
}

/** 16 hexadecimal digits. */
export function drawIndexId(random: Random): IndexId {
  return Array.from({ length: 4 }, () => randomInt(random, 0x10000).toString(16).padStart(4, '0')).join('');
}

export const sameEntry = (a: Entry, b: Entry): boolean =>
  a.flag === b.flag &&
  (a.flag === 0 ||
    (a.kind === b.kind &&
      a.content === b.content &&
      a.size === b.size &&
      a.mtime === b.mtime &&
      a.executable === b.executable));

const asDeleted = (standing: Entry): Entry => ({ ...standing, content: undefined, flag: 0 });

const bySeq = (a: LogRecord, b: LogRecord): number => a.seq - b.seq;
