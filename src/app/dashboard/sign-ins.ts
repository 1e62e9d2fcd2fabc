import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { PeerdexError } from '../../core/errors.ts';

export const CODE_MS = 10 * 60 * 1000;
export const SESSION_MS = 7 * 24 * 3600 * 1000;
const MOST_CODES = 32;
const MOST_SESSIONS = 64;

/** A secret and its end, milliseconds since 1970. */
export interface Issued {
  readonly secret: string;
  readonly expires: number;
}

/**
 * Who is signed in to the dashboard. A code lets one browser in, once; the session it gets ends when it signs out, after 7 days, or
 * with the daemon. Only hashes are kept, in memory. Both are bounded: the oldest give way.
 */
export class SignIns {
  readonly #clock: Clock;
  readonly #codes = new Map<string, number>();
  readonly #sessions = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  makeCode(): Issued {
    return this.#issue(this.#codes, CODE_MS, MOST_CODES);
  }

  /** Throws `unauthorized` for a code that is none, was used, or has ended. */
  exchange(code: string): Issued {
    const key = hash(code);
    const holds = this.#holds(this.#codes, key);
    this.#codes.delete(key);
    if (!holds) {
      throw new PeerdexError('unauthorized', 'this link has been used or has ended', {
        hint: 'run `peerdex open` for a new one',
      });
    }
    return this.#issue(this.#sessions, SESSION_MS, MOST_SESSIONS);
  }

  isSignedIn(token: string): boolean {
    return this.#holds(this.#sessions, hash(token));
  }

  signOut(token: string): void {
    this.#sessions.delete(hash(token));
  }

  #issue(kept: Map<string, number>, ms: number, most: number): Issued {
    const secret = randomBytes(24).toString('base64url');
    const now = this.#clock.monotonic();
    for (const [key, end] of kept) if (end <= now) kept.delete(key);
    for (const key of kept.keys()) if (kept.size >= most) kept.delete(key);
    kept.set(hash(secret), now + ms);
    return { secret, expires: this.#clock.now() + ms };
  }

  /** 192 bits are looked up by their hash, so how long it takes tells nothing of them. */
  #holds(kept: ReadonlyMap<string, number>, key: string): boolean {
    return (kept.get(key) ?? 0) > this.#clock.monotonic();
  }
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64');
