import { PeerdexError } from '../../core/errors.ts';
import type { LocalEntry, RootIdentity, ShareRecord } from '../../core/ports/local-file-store.ts';
import { shareOf } from './local-rows.ts';
import type { Statements } from './statements.ts';
import { signed } from './values.ts';

/** The shared folders, and how much each holds, in a peer's database. */
export class ShareRecords {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  all(): readonly ShareRecord[] {
    return this.#statements.all('SELECT * FROM shares ORDER BY id').map(shareOf);
  }

  /** Throws `conflict` when the name or the path is taken. */
  add(name: string, path: string): ShareRecord {
    const taken = this.#statements.all(
      'SELECT name, path FROM shares WHERE name = ? OR path = ?',
      name,
      path,
    )[0];
    if (taken) {
      throw new PeerdexError('conflict', `a share ${taken.name} of ${taken.path} is there already`);
    }
    this.#statements.of('INSERT INTO shares (name, path) VALUES (?, ?)').run(name, path);
    return shareOf(this.#statements.all('SELECT * FROM shares WHERE name = ?', name)[0]!);
  }

  setRoot(share: number, { device, inode, birth, marker }: RootIdentity): void {
    this.#statements
      .of('UPDATE shares SET device = ?, inode = ?, birth = ?, marker = ? WHERE id = ?')
      .run(signed(device), signed(inode), birth ?? null, marker ?? null, share);
  }

  setPaused(share: number, paused: boolean): void {
    this.#statements.of('UPDATE shares SET paused = ? WHERE id = ?').run(paused ? 1 : 0, share);
  }

  remove(share: number): void {
    this.#statements.of('DELETE FROM shares WHERE id = ?').run(share);
  }

  /** Something in a share is now another thing; undefined where there is or was nothing. */
  count(share: number, before: LocalEntry | undefined, after: LocalEntry | undefined): void {
    const [was, is] = [counted(before), counted(after)];
    const files = is.files - was.files;
    const bytes = is.bytes - was.bytes;
    if (files === 0 && bytes === 0) return;
    this.#statements
      .of('UPDATE shares SET files = files + ?, bytes = bytes + ? WHERE id = ?')
      .run(files, bytes, share);
  }
}

/** What an entry adds to the counts of its share: files of known content. */
function counted(entry: LocalEntry | undefined): { readonly files: number; readonly bytes: number } {
  if (entry?.kind !== 'file' || entry.content === undefined || !isThere(entry)) return { files: 0, bytes: 0 };
  return { files: 1, bytes: entry.size };
}

const isThere = ({ state }: LocalEntry): boolean => state !== 'gone' && state !== 'rotten';
