import type { PeerId } from '../ids.ts';
import type { Log } from '../ports/log.ts';
import type { Ticket } from './ticket.ts';
import { iso, refused } from './trust-errors.ts';

/** Only members come so far. */
const MOST_SAID = 20_000;

/** Tickets that ended a short while ago: who can reach the registry has a newer one, so they are for when nobody can. */
export class LateTickets {
  readonly #log: Log;
  readonly #registryAnswers: (() => boolean) | undefined;
  /** Of whom it was said. */
  readonly #said = new Set<PeerId>();

  /** `registryAnswers`: whether it answered when it was asked last; it did not unless told. */
  constructor(log: Log, registryAnswers: (() => boolean) | undefined) {
    this.#log = log;
    this.#registryAnswers = registryAnswers;
  }

  /** Says once a peer that its ticket is taken all the same. Throws `forbidden` while the registry answers. */
  take({ peer, name, expires }: Ticket): void {
    if (this.#registryAnswers?.()) {
      throw refused(
        peer,
        `its ticket ended at ${iso(expires)}, and the registry is there to give it a new one`,
      );
    }
    if (this.#said.has(peer)) return;
    if (this.#said.size >= MOST_SAID) this.#said.clear();
    this.#said.add(peer);
    this.#log.warn(`the ticket of ${name} has ended; taken while the registry cannot be reached`, {
      event: 'ticket-ended',
      peer,
    });
  }

  /** It has shown a ticket that is not late. */
  renewed(peer: PeerId): void {
    this.#said.delete(peer);
  }
}
