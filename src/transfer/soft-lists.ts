import type { Clock } from '../core/clock.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { SwarmMember } from '../core/swarm-member.ts';

/** An entry that is not renewed ends after so long. */
export const ENTRY_MS = 600_000;
const MOST_CONTENTS = 16_384;
/** Of one content. */
const MOST_MEMBERS = 128;
/** That one peer may be entered in, so that nobody takes the room of all. */
const MOST_OF_ONE_PEER = 2_048;

interface Entry {
  readonly member: SwarmMember;
  readonly until: number;
}

/** Members of swarms that entered themselves, for a while: bounded in contents, in members of each, and in time. */
export class SoftLists {
  readonly #clock: Clock;
  /** In the order in which they were last entered into, as are the members of each. */
  readonly #lists = new Map<ContentId, Map<PeerId, Entry>>();
  /** In how many lists each peer stands. */
  readonly #places = new Map<PeerId, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True for who was not in the list and is now. The oldest makes room for a new one. */
  enter(content: ContentId, member: SwarmMember): boolean {
    const { peer } = member;
    const list = this.#lists.get(content) ?? new Map<PeerId, Entry>();
    const isNew = !list.has(peer);
    if (isNew && (this.#places.get(peer) ?? 0) >= MOST_OF_ONE_PEER) return false;
    this.#remove(list, peer);
    list.set(peer, { member, until: this.#clock.monotonic() + ENTRY_MS });
    this.#places.set(peer, (this.#places.get(peer) ?? 0) + 1);
    this.#lists.delete(content);
    this.#lists.set(content, list);
    if (list.size > MOST_MEMBERS) this.#remove(list, list.keys().next().value as PeerId);
    this.#makeRoom();
    return isNew;
  }

  of(content: ContentId): readonly SwarmMember[] {
    const now = this.#clock.monotonic();
    const list = this.#lists.get(content) ?? new Map<PeerId, Entry>();
    return [...list.values()].flatMap(({ member, until }) => (until > now ? [member] : []));
  }

  /** Lists that ended go first: they are those that were entered into longest ago. */
  #makeRoom(): void {
    const now = this.#clock.monotonic();
    for (const [content, list] of this.#lists) {
      const isOver = ([...list.values()].at(-1)?.until ?? 0) <= now;
      if (!isOver && this.#lists.size <= MOST_CONTENTS) return;
      for (const peer of [...list.keys()]) this.#remove(list, peer);
      this.#lists.delete(content);
    }
  }

  #remove(list: Map<PeerId, Entry>, peer: PeerId): void {
    if (!list.delete(peer)) return;
    const left = this.#places.get(peer)! - 1;
    if (left > 0) this.#places.set(peer, left);
    else this.#places.delete(peer);
  }
}
