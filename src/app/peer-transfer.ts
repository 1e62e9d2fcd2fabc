import type { BudgetShares } from '../core/budget-shares.ts';
import type { PeerId } from '../core/ids.ts';
import type { HandshakePace } from '../core/limits/handshake-pace.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { ContentFiles } from '../core/ports/content-file.ts';
import type { RateMeter } from '../core/rate-meter.ts';
import type { Trust } from '../core/trust/trust.ts';
import { SwarmNetwork } from '../network/swarm/swarm-network.ts';
import type { Wire } from '../network/wire/wire.ts';
import { FEATURES } from '../protocol/swarm/frames.ts';
import { LocalLink } from '../transfer/local-link.ts';
import type { PeerMeters } from '../transfer/peer-meters.ts';
import { type BothDirectionsOptions, makeBothDirections } from './both-directions.ts';
import type { PeerConfig } from './config.ts';
import { readKeptLimits } from './kept-limits.ts';
import { type DownloadWishes, makeDownloads, type PeerDownloads } from './peer-downloads.ts';
import { makeRates, type RateConfig } from './peer-rates.ts';
import { makeUploads } from './peer-uploads.ts';
import type { ScheduledRate } from './scheduled-rate.ts';

export interface TransferOptions extends Omit<BothDirectionsOptions, 'memoryBytes'>, DownloadWishes {
  readonly config: Pick<PeerConfig, 'data' | 'memoryBytes' | 'lingerSeconds'> & RateConfig;
  readonly network: () => string | undefined;
  readonly wire: Wire;
  readonly trust: Trust;
  /** A member has a newer list of revocations. */
  readonly onNewerRevocations: (peer: PeerId) => void;
  /** How many handshakes others may begin here, and how long one may take. */
  readonly pace: HandshakePace;
  readonly helloMs: number;
}

/** Everything that moves bytes, made and ended together. */
export interface Transfer
  extends Pick<PeerDownloads, 'jobs' | 'reads' | 'lingering' | 'destinations' | 'tally'> {
  readonly swarm: SwarmNetwork;
  readonly files: ContentFiles;
  /** Memory for what is sent, by who gets it. */
  readonly uploadShares: BudgetShares;
  readonly up: ScheduledRate;
  readonly down: ScheduledRate;
  readonly upMeter: RateMeter;
  /** What goes to each peer. */
  readonly upMeters: PeerMeters;
  /** Memory for the buffers of each direction. */
  readonly budgets: { readonly download: MemoryBudget; readonly upload: MemoryBudget };
  /** Leaves that are on their way out. */
  readonly sending: () => number;
  /** Begins to send nothing more; resolves when what is on its way is out or the signal aborts, with how much was not. */
  finish(signal: AbortSignal): Promise<number>;
  stop(): Promise<void>;
}

export function makeTransfer(options: TransferOptions): Transfer {
  const { config, self, clock, log } = options;
  const rates = makeRates(clock, config);
  const { up, down } = rates;
  const kept = readKeptLimits(config.data, log);
  if (kept) {
    up.follow(kept.up);
    down.follow(kept.down);
    log.info('the limits that were kept hold, and not those of the settings', { event: 'limits-kept' });
  }
  const both = makeBothDirections({ ...options, memoryBytes: config.memoryBytes });
  const uploads = makeUploads(both, rates.upOf);
  const swarm = new SwarmNetwork({
    identity: {
      peer: self,
      network: options.network,
      trust: options.trust,
      onNewerRevocations: options.onNewerRevocations,
      features: FEATURES.batch,
    },
    openUpload: uploads.openUpload,
    openBatch: uploads.openBatch,
    members: both.members,
    limiterOf: (peer) => rates.upOf.of(peer),
    downLimiterOf: (peer) => rates.downOf.of(peer),
    log,
    wire: options.wire,
    times: { hello: options.helloMs },
    pace: options.pace,
  });
  const local = new LocalLink(self, uploads.openCopy);
  const downloads = makeDownloads({ ...options, both, rates, swarm, local });
  const { jobs, reads, lingering, destinations, tally } = downloads;
  return {
    ...{ jobs, reads, lingering, destinations, tally, swarm, up, down },
    files: both.files,
    uploadShares: uploads.shares,
    upMeter: uploads.meter,
    upMeters: uploads.meters,
    budgets: { download: downloads.budget, upload: uploads.budget },
    sending: () => uploads.queue.sending,
    finish: (signal) => uploads.queue.finish(signal),
    async stop() {
      up.stop();
      down.stop();
      await downloads.stop();
      await swarm.stop();
      await both.smallFiles.close();
    },
  };
}
