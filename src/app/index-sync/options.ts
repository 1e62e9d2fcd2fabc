import type { Clock } from '../../core/clock.ts';
import type { PeerId } from '../../core/ids.ts';
import type { IndexLimits } from '../../core/limits/limits.ts';
import type { EntryStore } from '../../core/ports/entry-store.ts';
import type { Log } from '../../core/ports/log.ts';
import type { PageStore } from '../../core/ports/page-store.ts';
import type { PeerDirectory } from '../../core/ports/peer-directory.ts';
import type { Random } from '../../core/random.ts';
import type { PageSources } from '../../index/page-sources.ts';
import type { Reach } from './in-reach.ts';
import type { FetchPage } from './pull-log.ts';

export interface IndexSyncOptions {
  readonly self: PeerId;
  readonly store: EntryStore;
  /** Where pages are kept to be passed on; nowhere unless told. */
  readonly pages?: PageStore | undefined;
  readonly directory: PeerDirectory;
  /** Whom to ask for an owner's log; only the owner unless told. */
  readonly sources?: PageSources | undefined;
  /** Tries whether somebody answers before it is asked; without it everybody is taken to. */
  readonly reach?: Reach | undefined;
  readonly fetchPage: FetchPage;
  /** False for members whose entries are not wanted: what is kept of them is dropped, and they are not asked. All are unless told. */
  readonly isWanted?: (owner: PeerId) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Records asked for in one page; 2,000 by default. */
  readonly pageRecords?: number;
  /** What is kept of one peer; the usual unless told. */
  readonly limits?: Partial<IndexLimits> | undefined;
}
