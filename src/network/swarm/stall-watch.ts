import type { Connection } from './connection.ts';

interface Seen {
  sent: number;
  received: number;
  /** When something last went out while something waited to, and when anything went at all; monotonic milliseconds. */
  sentAt: number;
  movedAt: number;
}

/**
 * Ends connections whose other side takes nothing of what waits for it, and those over which nothing goes at all: what they hold of
 * memory and of the places for connections is others' again.
 */
export class StallWatch {
  readonly #limits: { readonly stalled: number; readonly quiet: number };
  readonly #seen = new WeakMap<Connection, Seen>();

  /** Milliseconds. */
  constructor(limits: { readonly stalled: number; readonly quiet: number }) {
    this.#limits = limits;
  }

  /** To be called every now and then; what it ends is late by up to one interval. Gives those that took nothing. */
  look(connections: Iterable<Connection>): readonly Connection[] {
    const now = performance.now();
    const stalled: Connection[] = [];
    for (const connection of [...connections]) {
      const { sent, received, waiting, heldBack } = connection.traffic();
      const seen = this.#seen.get(connection) ?? { sent: -1, received: -1, sentAt: now, movedAt: now };
      if (sent !== seen.sent || !waiting) seen.sentAt = now;
      if (sent !== seen.sent || received !== seen.received || heldBack) seen.movedAt = now;
      this.#seen.set(connection, Object.assign(seen, { sent, received }));
      if (now - seen.sentAt >= this.#limits.stalled) {
        connection.close('closing', TAKES_NOTHING);
        stalled.push(connection);
      } else if (now - seen.movedAt >= this.#limits.quiet) {
        connection.close('closing', 'nothing was said for a while');
      }
    }
    return stalled;
  }
}

export const TAKES_NOTHING = 'it takes nothing of what was sent to it';
