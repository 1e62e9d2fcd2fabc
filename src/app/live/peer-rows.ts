import type { PeerId } from '../../core/ids.ts';
import type { PeerRow } from '../../protocol/http/local/index-rows.ts';
import type { LocalParts } from '../local/local-parts.ts';
import { otherRow, ownRow } from '../local/peers.ts';

/** Which rows of the list of peers are not what they were. */
export class PeerRows {
  readonly #parts: LocalParts;
  readonly #changed = new Set<PeerId>();
  /** `files bytes` as last told. */
  readonly #counts = new Map<PeerId, string>();

  constructor(parts: LocalParts) {
    this.#parts = parts;
  }

  /** Whoever listens from now on has been told all. */
  begin(): void {
    this.#changed.clear();
    this.#counts.clear();
    this.#lookAtCounts();
  }

  changed(ids: readonly PeerId[]): void {
    for (const id of ids) this.#changed.add(id);
  }

  /** Somebody shares another number of files or bytes. */
  countsChanged(): void {
    this.changed(this.#lookAtCounts());
  }

  /** Those that changed, once; without a row they are active no more. */
  *take(): Generator<[PeerId, PeerRow | undefined]> {
    const { self, directory } = this.#parts;
    for (const id of this.#changed) {
      const peer = directory.get(id);
      if (id === self) yield [id, ownRow(this.#parts)];
      else yield [id, peer?.active ? otherRow(peer, this.#parts) : undefined];
    }
    this.#changed.clear();
  }

  #lookAtCounts(): PeerId[] {
    const changed: PeerId[] = [];
    for (const { owner, files, bytes } of this.#parts.entries.owners()) {
      const counts = `${files} ${bytes}`;
      if (this.#counts.get(owner) === counts) continue;
      this.#counts.set(owner, counts);
      changed.push(owner);
    }
    return changed;
  }
}
