import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { LogFollower } from '../../index/follow-log.ts';
import { isForgotten } from './drop-owner.ts';
import { type Followed, headOf, isComing, makeFollowed } from './followed.ts';
import type { IndexSyncOptions } from './options.ts';

type FollowedPeersOptions = Pick<IndexSyncOptions, 'store' | 'clock' | 'limits' | 'directory' | 'isWanted'>;

/** Every peer of which it is remembered how far its log was followed. */
export class FollowedPeers {
  readonly #options: FollowedPeersOptions;
  readonly #peers = new Map<PeerId, Followed>();

  constructor(options: FollowedPeersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#peers.size;
  }

  all(): Iterable<Followed> {
    return this.#peers.values();
  }

  find(id: PeerId): Followed | undefined {
    return this.#peers.get(id);
  }

  /** From now on it is remembered. */
  get(id: PeerId): Followed {
    const known = this.#peers.get(id);
    if (known) return known;
    const { store, clock, limits, directory } = this.#options;
    const present = () => {
      const told = directory.get(id)?.head?.index;
      return told === followed.staleIndex ? undefined : told;
    };
    const follower = new LogFollower({ store, owner: id, clock, limits, present });
    const followed: Followed = makeFollowed(id, follower);
    this.#peers.set(id, followed);
    return followed;
  }

  /** Whether entries of this owner are to be kept. */
  isWanted(id: PeerId): boolean {
    return this.#options.isWanted?.(id) ?? true;
  }

  /** What there is of it is to be dropped: it is not wanted, or nobody has seen the owner for long. */
  isToGo(id: PeerId): boolean {
    const { store, directory, clock } = this.#options;
    const state = store.owner(id);
    return !this.isWanted(id) || (state !== undefined && isForgotten(state, directory.get(id), clock.now()));
  }

  /** Less of its log is known than there is by the newest head that is told of it. */
  isBehind({ id, head }: KnownPeer): boolean {
    const followed = this.get(id);
    const newest = headOf(followed, head);
    return newest !== undefined && followed.follower.behind(newest);
  }

  /** Forgets who came and went without an index. */
  forgetStrangers(): void {
    const { store, directory } = this.#options;
    for (const [id, { state }] of this.#peers)
      if (state === 'idle' && !directory.get(id) && !store.owner(id)) this.#peers.delete(id);
  }

  /** Nobody could be asked for its log so far, and nothing of it is known. */
  isOutOfReach(id: PeerId): boolean {
    const followed = this.#peers.get(id);
    return followed !== undefined && followed.failures > 0 && !followed.follower.isKnown;
  }

  /** Active peers of whose entries much is on its way, or all. */
  coming(): number {
    const { directory, store } = this.#options;
    const owners = new Map(store.owners().map((state) => [state.owner, state]));
    return this.#peers.values().reduce((count, followed) => {
      const peer = directory.get(followed.id);
      return peer?.active && isComing(followed, peer.head, owners.get(followed.id)) ? count + 1 : count;
    }, 0);
  }

  /** Why indexes of active peers are not followed. Sentences. */
  warnings(): readonly string[] {
    const refused = [...this.#peers.values()].flatMap(({ id, refused }) =>
      refused !== undefined && this.#options.directory.get(id)?.active ? [refused] : [],
    );
    const more = refused.length - MAX_WARNINGS;
    return more > 0 ? [...refused.slice(0, MAX_WARNINGS), `and ${more} more like these`] : refused;
  }
}

const MAX_WARNINGS = 10;
