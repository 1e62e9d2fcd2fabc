import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../core/clock.ts';
import { PeerdexError } from '../../../core/errors.ts';
import type { ContentId } from '../../../core/ids.ts';

/** After the last use: a film that plays goes on, an address that was copied somewhere ends soon. */
export const PREVIEW_MS = 10 * 60 * 1000;
/** However often it is used. */
export const LONGEST_PREVIEW_MS = 12 * 3600 * 1000;
const MOST_PREVIEWS = 128;

/** What one URL shows. */
export interface Previewed {
  readonly content: ContentId;
  /** Bytes, as the index tells them. */
  readonly size: number;
  /** Its type comes from here, never from the address. */
  readonly name: string;
  /** False when the session that asked for it has ended. */
  readonly isSignedIn: () => boolean;
}

interface Kept extends Previewed {
  readonly made: number;
  used: number;
}

/** Capabilities to see one content each, for elements that bear no header. Only their hashes are kept; the oldest give way. */
export class Previews {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `expires`: milliseconds since 1970, when it is not used until then. */
  make(previewed: Previewed): { readonly token: string; readonly expires: number } {
    const token = randomBytes(24).toString('base64url');
    const now = this.#clock.monotonic();
    for (const [key, kept] of this.#kept) if (!this.#counts(kept)) this.#kept.delete(key);
    for (const key of this.#kept.keys()) if (this.#kept.size >= MOST_PREVIEWS) this.#kept.delete(key);
    this.#kept.set(hash(token), { ...previewed, made: now, used: now });
    return { token, expires: this.#clock.now() + PREVIEW_MS };
  }

  /** Throws `not-found` for a token that is none or has ended. */
  use(token: string): Previewed {
    const kept = this.#kept.get(hash(token));
    if (!kept || !this.#counts(kept)) {
      throw new PeerdexError('not-found', 'this preview has ended', { hint: 'open it again in the library' });
    }
    kept.used = this.#clock.monotonic();
    return kept;
  }

  #counts({ made, used, isSignedIn }: Kept): boolean {
    const now = this.#clock.monotonic();
    return now < used + PREVIEW_MS && now < made + LONGEST_PREVIEW_MS && isSignedIn();
  }
}

const hash = (token: string): string => createHash('sha256').update(token).digest('base64');
