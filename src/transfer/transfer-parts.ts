import type { Clock } from '../core/clock.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { ContentFiles } from '../core/ports/content-file.ts';
import type { OldFile } from '../core/ports/destination-files.ts';
import type { HashStore, LocalContents, LocalFile } from '../core/ports/local-contents.ts';
import type { Log } from '../core/ports/log.ts';
import type { Destination, PartialStore, WantedLook } from '../core/ports/partial.ts';
import type { SourceLink } from '../core/ports/source.ts';
import type { Random } from '../core/random.ts';
import type { SwarmDirectory } from './announcer.ts';
import type { ContentSwarms } from './content-swarms.ts';
import type { DownloadTally } from './download-tally.ts';
import type { Lingering } from './lingering.ts';
import type { LinkWindows } from './link-window.ts';
import type { LocalHoldings } from './local-holdings.ts';
import type { PassedOver } from './passed-over.ts';
import type { SourceBans } from './source-bans.ts';
import type { Sources } from './source-finder.ts';
import type { SwarmMembers } from './swarm-members.ts';
import type { UnderWay } from './under-way.ts';
import type { UrgentLeaves } from './urgent-leaves.ts';

/** What every download of the process shares. */
export interface TransferParts {
  readonly self: PeerId;
  /** Without those that are banned. */
  readonly sources: Sources;
  readonly swarms: SwarmDirectory;
  readonly members: SwarmMembers;
  readonly holdings: LocalHoldings;
  readonly lingering: Lingering;
  readonly bans: SourceBans;
  readonly tally: DownloadTally;
  readonly contents: LocalContents;
  readonly hashes: HashStore;
  /** Opens old versions of wanted files. Without it nothing is taken over from them. */
  readonly files?: ContentFiles | undefined;
  readonly partials: PartialStore;
  /** This machine as a source. */
  readonly local: SourceLink;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly contentSwarms: ContentSwarms;
  readonly windows: LinkWindows;
  /** What somebody waits for, of any content. */
  readonly urgent: UrgentLeaves;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Reading {
  /** What has come can be read from here. */
  readonly onUnderWay: (underWay: UnderWay) => void;
  /** A download that keeps what it fetches has begun. */
  readonly onReplaced: () => void;
}

export interface FetchRequest {
  readonly content: ContentId;
  /** As an index tells it, which may be false: the manifest has the true one. */
  readonly size: number;
  readonly destination: Destination;
  readonly overwrite: boolean;
  /** The older file that stands at the destination, hashed. */
  readonly old?: ((signal: AbortSignal) => Promise<OldFile | undefined>) | undefined;
  /** Called right before the file gets its name; what it throws ends the fetch. */
  readonly mayName?: (() => Promise<void>) | undefined;
  /** How the file is to look, where that is known. */
  readonly look?: WantedLook | undefined;
  readonly from?: PeerId | undefined;
  /** It is for who reads it now: nothing comes but what somebody waits for. */
  readonly reading?: Reading | undefined;
  readonly onPassedOver: (passed: PassedOver) => void;
  /** It stands under its name; called before it is served from there. */
  readonly onFile: (file: LocalFile) => void;
}
