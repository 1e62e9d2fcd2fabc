import { asPeerdexError, type PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { PeerDirectory } from '../../core/ports/peer-directory.ts';
import type { PageSources } from '../../index/page-sources.ts';
import type { Lanes } from '../../transfer/lanes.ts';
import type { Followed } from './followed.ts';
import { inReach, type Reach } from './in-reach.ts';
import { type PullOptions, pullLog } from './pull-log.ts';

export interface PullOwnerOptions extends PullOptions {
  readonly directory: PeerDirectory;
  /** Whom to ask; only the owner unless told. */
  readonly sources?: PageSources | undefined;
  readonly reach?: Reach | undefined;
  /** Who has one is told pages; waiting for an answer takes none. */
  readonly lanes: Lanes;
  /** Somebody has answered. */
  readonly onReached: () => void;
  /** Milliseconds that a server still is to be left alone because of what it gave. */
  readonly restOf: (server: PeerId) => number;
  /** Another peer than the owner gave what is refused. */
  readonly onRefused: (server: KnownPeer, error: PeerdexError) => void;
  /** True while less of the log is known than there is. */
  readonly isBehind: () => boolean;
}

/**
 * One turn of an owner's log: from whoever has it, until what its head tells is known. False when there is more and nothing against going on at once.
 * Throws what the last of them failed with, the owner's own failure before that of others.
 */
export async function pullOwner(
  followed: Followed,
  owner: KnownPeer,
  options: PullOwnerOptions,
): Promise<boolean> {
  const { sources, signal, reach, clock } = options;
  let problem: PeerdexError | undefined;
  const servers = serversFor(followed, owner, options);
  for await (const { server, error: silence } of inReach(servers, reach, clock, signal)) {
    try {
      if (silence !== undefined) throw silence;
      options.onReached();
      const isDone = await pullInLane(followed, server, options);
      sources?.answered(server.id);
      if (!isDone) return false;
      if (server.id === owner.id || !options.isWanted() || (owner.head && !options.isBehind())) return true;
    } catch (cause) {
      signal.throwIfAborted();
      const error = asPeerdexError(cause);
      if (error.code === 'unavailable') sources?.failed(server.id);
      else if (error.code === 'verification' && server.id !== owner.id) options.onRefused(server, error);
      if (server.id === owner.id || !problem || error.code === 'limit') problem = error;
      if (error.code === 'limit' && !error.retry) throw error;
    }
  }
  if (!problem) return true;
  throw problem;
}

async function pullInLane(
  followed: Followed,
  server: KnownPeer,
  options: PullOwnerOptions,
): Promise<boolean> {
  const { lanes, signal } = options;
  await lanes.enter(signal);
  try {
    return await pullLog(followed, server, options);
  } finally {
    lanes.leave();
  }
}

function serversFor(followed: Followed, owner: KnownPeer, options: PullOwnerOptions): readonly KnownPeer[] {
  const { sources, directory, kept } = options;
  if (!sources) return [owner];
  const { follower } = followed;
  const mustBeOwner = Number.isFinite(follower.cheapestStart(kept));
  return sources
    .order(owner.id, !follower.isKnown, mustBeOwner)
    .map((id) => (id === owner.id ? owner : directory.get(id)))
    .filter((peer) => peer !== undefined)
    .filter((peer) => peer.active && (peer === owner || options.restOf(peer.id) <= 0));
}
