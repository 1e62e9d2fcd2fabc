/** Files that came, changed and went. Folders are not counted. */
export interface ChangeCounts {
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
}

export const NOTHING: ChangeCounts = { added: 0, changed: 0, deleted: 0 };

export const sum = (a: ChangeCounts, b: ChangeCounts): ChangeCounts => ({
  added: a.added + b.added,
  changed: a.changed + b.changed,
  deleted: a.deleted + b.deleted,
});
