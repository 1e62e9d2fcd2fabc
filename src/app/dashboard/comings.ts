import type { NetworkEvent } from '../../protocol/http/dashboard/network-operations.ts';

const MOST = 200;

/** Who came and went, as far as this process has seen; the oldest give way. */
export class Comings {
  readonly #listeners = new Set<() => void>();
  #events: readonly NetworkEvent[] = [];

  /** The newest first. */
  all(): readonly NetworkEvent[] {
    return this.#events;
  }

  add(events: readonly NetworkEvent[]): void {
    if (events.length === 0) return;
    this.#events = [...events.toReversed(), ...this.#events].slice(0, MOST);
    for (const listener of this.#listeners) listener();
  }

  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
