import { systemClock } from '../../src/core/clock.ts';
import { toHex } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { issueTicket, TICKET_LIFE_MS, type Ticket } from '../../src/core/trust/ticket.ts';
import { Trust } from '../../src/core/trust/trust.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import type { KeyFile } from '../../src/storage/disk/key-file.ts';
import { freshKey } from './fresh-key.ts';

const SIGNERS = new Map<number, KeyFile>();

/** The key of the n-th peer of this test file: always the same one. */
export function signer(n: number): KeyFile {
  const known = SIGNERS.get(n) ?? freshKey();
  SIGNERS.set(n, known);
  return known;
}

/** The n of `signer(n)` whose id this is, or -1. */
export const numberOf = (id: string): number => SIGNERS.entries().find(([, one]) => one.id === id)?.[0] ?? -1;

/** A network with a key of its own, whose members need no registry. */
export class TestNetwork {
  readonly key: KeyFile;
  readonly #tickets: Partial<Ticket>;

  /** `tickets`: what those that it gives say, unless told otherwise. */
  constructor(key = freshKey(), tickets: Partial<Ticket> = {}) {
    this.key = key;
    this.#tickets = tickets;
  }

  get id(): string {
    return this.key.id;
  }

  ticket(peer: Signer, more: Partial<Ticket> = {}): string {
    const issued = systemClock.now();
    const expires = issued + TICKET_LIFE_MS;
    return issueTicket(this.key, {
      network: this.id,
      mode: 'plaintext',
      peer: peer.id,
      name: 'member',
      role: 'publish',
      issued,
      expires,
      ...this.#tickets,
      ...more,
    });
  }

  /** A member's view of the network, with a ticket unless told otherwise. */
  member(self: Signer, ticket: string | null = this.ticket(self)): Trust {
    return new Trust({
      self,
      verifier: systemVerifier,
      clock: systemClock,
      log: silentLog,
      mode: 'plaintext',
      credentials: { network: this.id, networkKey: toHex(this.key.publicKey), ticket, revocations: null },
      save: () => {},
    });
  }
}
