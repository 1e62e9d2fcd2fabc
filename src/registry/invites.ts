import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import { type Invite, type InviteId, inviteIdOf } from '../core/trust/invite.ts';
import type { Role } from '../core/trust/role.ts';
import type { AdmissionBook } from './admission-book.ts';

const DAY_MS = 24 * 3600 * 1000;
/** How long an invite holds when nobody says otherwise, and at most. */
export const INVITE_LIFE_MS = DAY_MS;
export const MAX_INVITE_LIFE_MS = 3650 * DAY_MS;
/** How long the registry's own link holds, and how long before its end the next one takes its place. */
export const STANDING_LIFE_MS = 30 * DAY_MS;
export const STANDING_RENEWAL_MS = 10 * DAY_MS;
/** An invite that ended is remembered for so long, so that who comes late is told that it ended. */
const REMEMBERED_MS = 30 * DAY_MS;

export interface InvitesOptions {
  readonly clock: Clock;
  /** 16 bytes that nobody can guess, others each time. */
  readonly secret: () => Uint8Array;
  /** Most invites that are remembered. */
  readonly maxInvites: number;
}

export interface InviteWish {
  readonly role: Role;
  /** Milliseconds from now; absent: 24 hours. */
  readonly expiresMs?: number | undefined;
  /** How many it may admit; absent: any number. */
  readonly uses?: number | undefined;
}

export type InviteState = 'open' | 'withdrawn' | 'ended' | 'used-up';

export function stateOf({ withdrawn, expires, uses, used }: Invite, now: number): InviteState {
  if (withdrawn !== undefined) return 'withdrawn';
  if (now >= expires) return 'ended';
  return uses !== undefined && used >= uses ? 'used-up' : 'open';
}

/** The invites of a network. */
export class Invites {
  readonly #book: AdmissionBook;
  readonly #options: InvitesOptions;

  constructor(book: AdmissionBook, options: InvitesOptions) {
    this.#book = book;
    this.#options = options;
  }

  /** The newest first. */
  all(): readonly Invite[] {
    return [...this.#book.invites.values()].sort((a, b) => b.created - a.created);
  }

  open(): readonly Invite[] {
    const now = this.#now;
    return this.all().filter((invite) => stateOf(invite, now) === 'open');
  }

  /** Throws `usage` for a wish that makes no sense and `limit` when there are too many that still hold. */
  make({ role, expiresMs = INVITE_LIFE_MS, uses }: InviteWish): Invite {
    if (!(expiresMs > 0 && expiresMs <= MAX_INVITE_LIFE_MS))
      throw new PeerdexError('usage', 'an invite holds for more than no time and for at most 10 years');
    if (uses !== undefined && !(Number.isSafeInteger(uses) && uses > 0))
      throw new PeerdexError('usage', 'an invite admits at least one peer, and a whole number of them');
    const removedInvites = this.#room();
    if (this.#book.invites.size - removedInvites.length >= this.#options.maxInvites) {
      throw new PeerdexError('limit', `${this.#options.maxInvites} invites hold already`, {
        hint: 'wait until some end, see `peerdex registry invites`, or let one invite admit several',
      });
    }
    const invite = this.#fresh(role, Math.ceil(expiresMs), uses, false);
    this.#book.commit({ removedInvites, invites: [invite] });
    return invite;
  }

  /** The registry's own link: role publish, no count; the same one until 10 days before its end, or until it is withdrawn. */
  standing(): Invite {
    const now = this.#now;
    const held = this.open().find(({ standing, expires }) => standing && expires - now > STANDING_RENEWAL_MS);
    if (held) return held;
    const invite = this.#fresh('publish', STANDING_LIFE_MS, undefined, true);
    this.#book.commit({ removedInvites: this.#room(), invites: [invite] });
    return invite;
  }

  /** These as they are when they are withdrawn now; without those that were withdrawn already. */
  withdrawn(ids: Iterable<InviteId>): readonly Invite[] {
    return [...ids].flatMap((id) => {
      const invite = this.#book.invites.get(id);
      return invite && invite.withdrawn === undefined ? [{ ...invite, withdrawn: this.#now }] : [];
    });
  }

  /** Forgets those that ended long ago. */
  forgetLongEnded(): void {
    const now = this.#now;
    const removedInvites = this.all()
      .filter(({ expires }) => now - expires > REMEMBERED_MS)
      .map(({ id }) => id);
    if (removedInvites.length > 0) this.#book.commit({ removedInvites });
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #fresh(role: Role, lifeMs: number, uses: number | undefined, standing: boolean): Invite {
    const secret = this.#options.secret();
    const created = this.#now;
    const expires = created + lifeMs;
    return {
      id: inviteIdOf(secret),
      secret,
      role,
      created,
      expires,
      uses,
      used: 0,
      standing,
      withdrawn: undefined,
    };
  }

  /** Who of those that hold no more has to go so that one more fits: the oldest ones. */
  #room(): readonly InviteId[] {
    const excess = this.#book.invites.size - this.#options.maxInvites + 1;
    if (excess <= 0) return [];
    const now = this.#now;
    const over = this.all().filter((invite) => stateOf(invite, now) !== 'open');
    return over.slice(-excess).map(({ id }) => id);
  }
}
