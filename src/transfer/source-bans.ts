import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';

export interface SourceBansOptions {
  readonly clock: Clock;
  /** This peer is asked for nothing from now on, and why. Called once for each ban. */
  readonly onBan: (peer: PeerId, why: PeerdexError) => void;
}

/** A ban, and how long what was noted of a peer counts against it. Milliseconds. */
export const BAN_MS = 3600 * 1000;
export const REMEMBERED_MS = 24 * BAN_MS;
/** So long a peer that was told of a wrong leaf may take to look at its file, and offers it meanwhile. */
export const TIME_TO_LOOK_MS = 300_000;
/** Contents with bad leaves that one peer may have: files change, also unseen. */
const MOST_CONTENTS = 2;
/** Peers that are remembered; the one that was noted first is forgotten first. */
const MOST_PEERS = 1000;

interface Noted {
  /** When a leaf of it came wrong, the oldest first; monotonic. */
  readonly contents: Map<ContentId, number>;
  bannedUntil: number;
}

/**
 * Which sources are not asked for a while, whatever the job: those with bad leaves in three contents, and those that sent a bad leaf of a
 * content again although they had time to look at it since. A file that merely changed bans nobody.
 */
export class SourceBans {
  readonly #options: SourceBansOptions;
  readonly #noted = new Map<PeerId, Noted>();

  constructor(options: SourceBansOptions) {
    this.#options = options;
  }

  /** A leaf that came from this peer was not what its hash says. */
  badLeaf(peer: PeerId, content: ContentId): void {
    const now = this.#options.clock.monotonic();
    const noted = this.#note(peer);
    for (const [old, at] of noted.contents) if (now - at >= REMEMBERED_MS) noted.contents.delete(old);
    const before = noted.contents.get(content);
    const vouchedAgain = before !== undefined && now - before >= TIME_TO_LOOK_MS;
    if (before === undefined || vouchedAgain) {
      noted.contents.delete(content);
      noted.contents.set(content, now);
    }
    if (noted.contents.size <= MOST_CONTENTS && !vouchedAgain) return;
    if (noted.contents.size > MOST_CONTENTS + 1) noted.contents.delete(noted.contents.keys().next().value!);
    const isNew = noted.bannedUntil <= now;
    noted.bannedUntil = now + BAN_MS;
    if (isNew) this.#options.onBan(peer, banned());
  }

  /** Why this peer is not to be asked, or undefined when it may be. */
  of(peer: PeerId): PeerdexError | undefined {
    const until = this.#noted.get(peer)?.bannedUntil ?? 0;
    return until > this.#options.clock.monotonic() ? banned() : undefined;
  }

  #note(peer: PeerId): Noted {
    const noted = this.#noted.get(peer) ?? { contents: new Map(), bannedUntil: 0 };
    this.#noted.delete(peer);
    this.#noted.set(peer, noted);
    if (this.#noted.size > MOST_PEERS) this.#noted.delete(this.#noted.keys().next().value!);
    return noted;
  }
}

const banned = (): PeerdexError =>
  new PeerdexError('verification', 'it sent wrong bytes again and again, and is not asked for an hour');
