import type { PeerId } from '../../core/ids.ts';
import type { EntryStatements } from './entry-statements.ts';

/** The numbers by which rows name their owners, read once each. */
export class OwnerNumbers {
  readonly #statements: EntryStatements;
  readonly #numbers = new Map<PeerId, number>();
  readonly #peers = new Map<number, PeerId>();

  constructor(statements: EntryStatements) {
    this.#statements = statements;
  }

  /** -1 for an owner that is not there: no row has it. */
  of(owner: PeerId): number {
    const known = this.#numbers.get(owner);
    if (known !== undefined) return known;
    const row = this.#statements.first('SELECT id FROM owners WHERE peer = ?', owner);
    if (!row) return -1;
    this.#numbers.set(owner, row.id as number);
    this.#peers.set(row.id as number, owner);
    return row.id as number;
  }

  /** Whose number this is: one that a row has. */
  peer(number: number): PeerId {
    let peer = this.#peers.get(number);
    if (peer === undefined) {
      peer = this.#statements.first('SELECT peer FROM owners WHERE id = ?', number)?.peer as PeerId;
      this.#numbers.set(peer, number);
      this.#peers.set(number, peer);
    }
    return peer;
  }

  /** Those of them who have rows. */
  ofThose(owners: ReadonlySet<PeerId>): Set<number> {
    const rows = this.#statements.all('SELECT id, peer FROM owners');
    return new Set(rows.flatMap(({ id, peer }) => (owners.has(peer as string) ? [id as number] : [])));
  }

  /** It is removed: its number is given again. */
  forget(owner: PeerId): void {
    this.#peers.delete(this.#numbers.get(owner) ?? -1);
    this.#numbers.delete(owner);
  }

  forgetAll(): void {
    this.#numbers.clear();
    this.#peers.clear();
  }
}
