import type { Clock } from '../core/clock.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Partial } from '../core/ports/partial.ts';
import type { Random } from '../core/random.ts';
import type { ContentSwarm } from './content-swarm.ts';
import type { LeafFacts } from './leaf-bins.ts';
import type { SourceSession } from './source-session.ts';
import type { SwarmPolicy } from './swarm/policies.ts';
import { Requester, type RequesterPort } from './swarm/requester.ts';
import type { Neighbour, Spread } from './swarm/spread.ts';

export interface AskingOptions {
  readonly partial: Pick<Partial, 'have'>;
  readonly swarm: ContentSwarm;
  readonly policy: SwarmPolicy;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly random: Random;
}

/** Asks the sources of one download for what its requester chooses, as far as windows and memory allow. */
export class Asking implements RequesterPort {
  readonly requester: Requester;
  readonly #options: AskingOptions;
  readonly #sessions = new Map<Neighbour, SourceSession>();
  #forgetWait: (() => void) | undefined;
  readonly #forget: () => void;

  constructor(options: AskingOptions) {
    this.#options = options;
    const { swarm } = options;
    const spread: Spread = swarm.spread;
    this.requester = new Requester({ ...options, have: options.partial.have, spread, port: this });
    this.#forget = swarm.listen(this.requester);
  }

  join(session: SourceSession): void {
    this.#sessions.set(session.neighbour, session);
    this.requester.join(session.neighbour);
  }

  /** What it owed is asked of others. */
  leave(session: SourceSession): void {
    if (!this.#sessions.delete(session.neighbour)) return;
    this.requester.leave(session.neighbour);
  }

  /** More would be asked for if there were memory. */
  get isShortOfMemory(): boolean {
    return this.#forgetWait !== undefined;
  }

  /** Which leaves are here, which are asked for, and how many neighbours have each. */
  leaves(): LeafFacts {
    const { partial, swarm } = this.#options;
    const { counts, wholes } = swarm.spread;
    const neighbours = [...this.#sessions.keys()];
    return {
      have: partial.have,
      coming: new Set(neighbours.flatMap((from) => [...this.requester.owes(from)])),
      holders: neighbours.length === 0 ? undefined : (leaf) => counts[leaf]! + wholes,
    };
  }

  /** Nothing is asked for any more. */
  end(): void {
    this.#forgetWait?.();
    this.#forget();
  }

  /** Where much is on its way, not less than a span: it will be asked again when the next leaf has come. */
  room(from: Neighbour): number {
    const session = this.#sessions.get(from);
    const room = session?.room() ?? 0;
    return session && session.owing > 0 && room < session.spanLeaves ? 0 : room;
  }

  spanLeaves(from: Neighbour): number {
    return this.#sessions.get(from)?.spanLeaves ?? 1;
  }

  ask(from: Neighbour, first: number, count: number): number {
    const session = this.#sessions.get(from);
    if (!session) return 0;
    const reserved = this.#reserve(count);
    if (reserved === 0) return 0;
    session.ask(first, reserved);
    return reserved;
  }

  /** Looks for those that are stalled, every second or so; what waits for a rate limit here does not count as theirs. */
  tick(): void {
    for (const { neighbour, isHeldBack } of this.#sessions.values()) {
      if (isHeldBack) this.requester.heard(neighbour);
    }
    this.requester.tick();
  }

  cancel(from: Neighbour, leaf: number): void {
    this.#sessions.get(from)?.cancel(leaf);
  }

  /** How many of so many leaves the memory budget has room for. */
  #reserve(leaves: number): number {
    const { budget } = this.#options;
    let reserved = 0;
    while (reserved < leaves && budget.tryReserve(LEAF_BYTES)) reserved += 1;
    if (reserved < leaves && !this.#forgetWait) {
      this.#forgetWait = budget.onRelease(() => {
        this.#forgetWait = undefined;
        this.requester.roomForAll();
      });
    }
    return reserved;
  }
}
