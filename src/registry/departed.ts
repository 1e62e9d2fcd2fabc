import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import { FORGET_AFTER_MS } from '../core/lease.ts';
import type { Member } from '../core/trust/invite.ts';
import type { AdmissionBook } from './admission-book.ts';

export interface DepartedOptions {
  readonly clock: Clock;
  readonly maxMembers: number;
}

/**
 * Members that went for good, and take nobody's place. By which invites they came stays known for 30 days, longer than any ticket of
 * theirs holds: so whoever is revoked after he went takes his link with him all the same. No more are remembered than there may be
 * members; who went first is forgotten first.
 */
export class Departed {
  readonly #book: AdmissionBook;
  readonly #options: DepartedOptions;

  constructor(book: AdmissionBook, options: DepartedOptions) {
    this.#book = book;
    this.#options = options;
  }

  has(peer: PeerId): boolean {
    return this.#book.members.get(peer)?.departed !== undefined;
  }

  /** Who went first is in front. */
  all(): readonly PeerId[] {
    return this.#gone().map(({ peer }) => peer);
  }

  /** Ends the membership of a peer that said itself that it will not come back. Nothing happens to who is no member. */
  add(peer: PeerId): void {
    const member = this.#book.members.get(peer);
    if (!member || !isPresent(member)) return;
    const { clock, maxMembers } = this.#options;
    const before = this.all();
    const first = before.slice(0, Math.max(0, before.length + 1 - maxMembers));
    // Written anew, it is the last of all.
    const removedMembers = [...first, peer];
    this.#book.commit({ removedMembers, members: [{ ...member, departed: clock.now() }] });
  }

  forgetLongGone(): void {
    const now = this.#options.clock.now();
    const removedMembers = this.#gone()
      .filter(({ departed }) => now - departed > FORGET_AFTER_MS)
      .map(({ peer }) => peer);
    if (removedMembers.length > 0) this.#book.commit({ removedMembers });
  }

  #gone() {
    return this.#book.members
      .values()
      .flatMap(({ peer, departed }) => (departed === undefined ? [] : [{ peer, departed }]))
      .toArray()
      .sort((a, b) => a.departed - b.departed);
  }
}

export const isPresent = ({ departed }: Member): boolean => departed === undefined;
