import type { Clock } from '../core/clock.ts';
import type { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Partial } from '../core/ports/partial.ts';
import type { SourceLink } from '../core/ports/source.ts';
import type { SwarmMember } from '../core/swarm-member.ts';
import type { ContentSwarm } from './content-swarm.ts';
import type { LeafHashes } from './leaf-hashes.ts';
import type { LinkWindow } from './link-window.ts';
import type { SourceSession } from './source-session.ts';

/** What a session tells the download that it belongs to. */
export interface SessionEvents {
  /** Bytes of what it owes have come. */
  heard(session: SourceSession): void;
  /** It gives this leaf now, in place of `asked` where that is another. False where it is not wanted, and was taken back. */
  giving(session: SourceSession, asked: number, given: number): boolean;
  /** A leaf has arrived whole and unverified; whoever gets it gives the buffer and its reservation back. */
  leaf(session: SourceSession, leaf: number, buffer: Buffer, bytes: number): void;
  /** It has room again for a request. */
  room(session: SourceSession): void;
  /** These peers may give what it does not. */
  told(from: PeerId, members: readonly SwarmMember[]): void;
  /** The source gives nothing more: `owed` are the leaves that it owed. Called once. */
  lost(session: SourceSession, error: PeerdexError, owed: readonly number[]): void;
  /** The download as a whole cannot go on, and no source is to blame. */
  broken(error: PeerdexError): void;
}

export interface SessionOptions {
  readonly link: SourceLink;
  /** Shared with all that ask over the link. */
  readonly window: LinkWindow;
  readonly swarm: ContentSwarm;
  readonly partial: Pick<Partial, 'content' | 'size' | 'have'>;
  readonly hashes: LeafHashes;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly clock: Clock;
  /** It is expected to have all, and may be asked before it says so. */
  readonly expectWhole: boolean;
  /** Another leaf in place of one that is asked for is of no use. */
  readonly isExact?: boolean | undefined;
  readonly events: SessionEvents;
}
