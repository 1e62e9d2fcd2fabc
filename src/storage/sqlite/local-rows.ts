import type { LocalEntry, LocalState, RootIdentity, ShareRecord } from '../../core/ports/local-file-store.ts';
import { contentText, kindName, type Row, unsigned } from './values.ts';

const STATES: readonly LocalState[] = ['settled', 'pending', 'deferred', 'gone', 'rotten'];

export const stateNumber = (state: LocalState): number => STATES.indexOf(state);

/** The rows are read with every integer as a bigint. */
export function localOf(row: Row): LocalEntry {
  return {
    share: Number(row.share),
    parent: row.parent as string,
    name: row.name as string,
    kind: kindName(row.kind),
    size: Number(row.size),
    mtime: row.mtime as bigint,
    device: unsigned(row.device),
    inode: unsigned(row.inode),
    executable: row.executable === 1n,
    content: contentText(row.content),
    stamp: Number(row.stamp),
    state: STATES[Number(row.state)]!,
  };
}

export function shareOf(row: Row): ShareRecord {
  return {
    id: Number(row.id),
    name: row.name as string,
    path: row.path as string,
    root: row.device === null ? undefined : rootOf(row),
    paused: row.paused === 1n,
    files: Number(row.files),
    bytes: Number(row.bytes),
  };
}

const rootOf = (row: Row): RootIdentity => ({
  device: unsigned(row.device),
  inode: unsigned(row.inode),
  birth: (row.birth ?? undefined) as bigint | undefined,
  marker: (row.marker ?? undefined) as string | undefined,
});
