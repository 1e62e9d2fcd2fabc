import type { Bitfield } from '../core/bitfield.ts';
import type { Random } from '../core/random.ts';
import { Availability } from './availability.ts';
import { endgameSpan, owers } from './endgame.ts';
import type { SelectionPolicy, Span } from './selection.ts';
import type { SourceSession } from './source-session.ts';

export interface AskingPlanOptions {
  /** Leaves that are here already; grows. */
  readonly have: Bitfield;
  readonly policy: SelectionPolicy;
  readonly random: Random;
}

/** What one download asks whom for: knows what is had, what is asked for, and what every source has. */
export class AskingPlan {
  readonly #options: AskingPlanOptions;
  readonly #sessions = new Set<SourceSession>();
  /** Had, asked for or being written. */
  readonly #taken: Bitfield;
  readonly #availability: Availability;

  constructor(options: AskingPlanOptions) {
    this.#options = options;
    this.#taken = options.have.clone();
    this.#availability = new Availability(options.have.length);
  }

  joined(session: SourceSession): void {
    this.#sessions.add(session);
    this.#availability.joined(session.source);
  }

  left(session: SourceSession): void {
    if (this.#sessions.delete(session)) this.#availability.left(session.source);
  }

  /** A source has these as well, or, it says now, all. */
  has(leaves: readonly number[] | 'whole'): void {
    this.#availability.more(leaves);
  }

  /** What to ask this source for next, at most so many leaves; undefined when it has nothing that is wanted. */
  next(session: SourceSession, most: number): Span | undefined {
    const { policy, random } = this.#options;
    const view = {
      taken: this.#taken,
      source: session.source,
      availability: (leaf: number) => this.#availability.of(leaf),
      uniform: this.#availability.isUniform,
      last: session.last,
      sources: this.#sessions.size,
    };
    const span = policy(view, most, random);
    if (span || session.owing > 0 || !this.#taken.isFull) return span;
    return endgameSpan(session, [...this.#sessions]);
  }

  /** These are asked for. */
  take({ first, count }: Span): void {
    for (let leaf = first; leaf < first + count; leaf += 1) this.#taken.add(leaf);
  }

  /** These may be asked for again, where nobody owes them and they are not here. */
  free(leaves: readonly number[]): void {
    for (const leaf of leaves) {
      if (this.owers(leaf).length === 0 && !this.#options.have.has(leaf)) this.#taken.delete(leaf);
    }
  }

  /** Who was asked for it and has not brought it. */
  owers(leaf: number): SourceSession[] {
    return owers(leaf, [...this.#sessions]);
  }
}
