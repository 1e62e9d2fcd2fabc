import { asPeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { KeptPages } from '../../index/kept-pages.ts';
import type { Lanes } from '../../transfer/lanes.ts';
import { dropOwner } from './drop-owner.ts';
import { type Followed, headOf, noteFailure, noteSuccess, restLeft } from './followed.ts';
import type { FollowedPeers } from './followed-peers.ts';
import type { IndexSyncOptions } from './options.ts';
import { pullOwner } from './pull-owner.ts';

export interface PullTurnOptions extends Omit<IndexSyncOptions, 'isWanted'> {
  readonly peers: FollowedPeers;
  readonly kept: KeptPages | undefined;
  readonly lanes: Lanes;
  /** Who has one is dropped. */
  readonly drops: Lanes;
  /** Entries of the owner whose turn it is have changed. */
  readonly onPage: () => void;
  /** Somebody has answered. */
  readonly onReached: () => void;
  readonly signal: AbortSignal;
}

/**
 * One turn of an owner: what there is of one that is not wanted, or forgotten, is dropped, of all others what is new is pulled, and what came of it is
 * noted. False when there is more to pull and nothing against going on at once. Never rejects.
 */
export async function pullTurn(followed: Followed, options: PullTurnOptions): Promise<boolean> {
  const { directory, peers, signal } = options;
  const { id } = followed;
  const peer = directory.get(id);
  try {
    if (peers.isToGo(id)) {
      await drop(id, options);
      noteSuccess(followed, true);
      options.onPage();
      return true;
    }
    if (!peer?.active) return true;
    followed.isAsked = true;
    const isDone = await pull(followed, peer, options);
    // A head that its owner's log does not reach is asked about less and less often.
    const isLost = peers.isBehind(peer) && peers.isWanted(id);
    if (isDone) noteSuccess(followed, !isLost);
    return isDone;
  } catch (error) {
    if (!signal.aborted) noteFailure(followed, peer?.name ?? id, asPeerdexError(error), options);
    return true;
  }
}

/** Each takes a step whenever others have had the thread: many at once would leave them little of it. */
async function drop(owner: PeerId, options: PullTurnOptions): Promise<void> {
  const { drops, peers, signal } = options;
  await drops.enter(signal);
  try {
    if (peers.isToGo(owner)) await dropOwner(options, owner, signal);
  } finally {
    drops.leave();
  }
}

function pull(followed: Followed, peer: KnownPeer, options: PullTurnOptions): Promise<boolean> {
  const { directory, peers, clock } = options;
  const { id } = followed;
  return pullOwner(followed, peer, {
    ...options,
    isWanted: () => peers.isWanted(id),
    isBehind: () => peers.isBehind(directory.get(id) ?? peer),
    atLeast({ index }) {
      const head = headOf(followed, directory.get(id)?.head);
      return head && (index === undefined || head.index === index) ? head.seq : undefined;
    },
    restOf(server) {
      const known = peers.find(server);
      return known ? restLeft(known, clock) : 0;
    },
    onIndex(index) {
      const told = directory.get(id)?.head?.index;
      followed.staleIndex = told === index ? undefined : told;
    },
    onRefused: (server, error) => noteFailure(peers.get(server.id), server.name, error, options),
  });
}
