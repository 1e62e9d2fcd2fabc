import { BudgetShares } from '../core/budget-shares.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import { LeafBuffers, sharedBuffer } from '../core/leaf-buffers.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { MemoryBudget } from '../core/memory-budget.ts';
import type { PeerLimiters } from '../core/peer-limiters.ts';
import type { UploadChannel, UploadSink } from '../core/ports/source.ts';
import { RateMeter } from '../core/rate-meter.ts';
import type { HalvesParts } from '../network/swarm/both-halves.ts';
import { MAX_OUTSTANDING_LEAVES } from '../protocol/swarm/limits.ts';
import { openBatch } from '../transfer/batch/batch-upload.ts';
import { SLAB_LEAVES } from '../transfer/batch/small-parts.ts';
import { ContentSwarms } from '../transfer/content-swarms.ts';
import { LocalHoldings } from '../transfer/local-holdings.ts';
import { PeerMeters } from '../transfer/peer-meters.ts';
import { openUpload, type UploadOptions } from '../transfer/upload.ts';
import { UploadQueue } from '../transfer/upload-queue.ts';
import { type BothDirections, KEPT_SLABS } from './both-directions.ts';

/** What is sent: to others, and to this peer itself from what lies here already. */
export interface PeerUploads extends Pick<HalvesParts, 'openUpload' | 'openBatch'> {
  /** To this peer itself, from whole files: it is neither counted nor limited. */
  openCopy(content: ContentId, sink: UploadSink): UploadChannel;
  /** Memory for what is sent, and its parts by who gets it. */
  readonly budget: MemoryBudget;
  readonly shares: BudgetShares;
  readonly meter: RateMeter;
  /** What goes to each peer. */
  readonly meters: PeerMeters;
  readonly queue: UploadQueue;
}

/**
 * Packs of two leaves are read and sent at less cost, where a span of them leaves as much memory again to what else goes to the same
 * peer: else it would wait for ever behind a large content.
 */
const LARGE_PACKS_FROM = 16 * LEAF_BYTES;

/** `limits`: what each peer may have. */
export function makeUploads(both: BothDirections, limits: PeerLimiters): PeerUploads {
  const { self, contents, hashes, files, holdings, members, buffers, clock, random } = both;
  const meter = new RateMeter(clock);
  const meters = new PeerMeters(clock, meter);
  const budget = new MemoryBudget(both.half);
  const ofEach = Math.max(LEAF_BYTES * 8, both.half / 4);
  const shares = new BudgetShares(budget, ofEach);
  const queue = new UploadQueue(clock, random, (peer) => limits.holdsBack(peer));
  const uploads: UploadOptions = {
    ...{ holdings, hashes, members, swarms: both.contentSwarms, queue, budget, buffers, meter },
    mostQueued: MAX_OUTSTANDING_LEAVES,
  };
  const packLeaves = ofEach < LARGE_PACKS_FROM ? 1 : 2;
  const batches = {
    ...{ contents, files: both.smallFiles, queue, packLeaves },
    buffers: new LeafBuffers((KEPT_SLABS * SLAB_LEAVES) / packLeaves, () => sharedBuffer(packLeaves)),
  };
  const copies: UploadOptions = {
    ...uploads,
    // Of files, never of the copy that is being made.
    holdings: new LocalHoldings({ contents, hashes, files }),
    swarms: new ContentSwarms({ self, clock, random }),
    queue: new UploadQueue(clock, random),
    meter: new RateMeter(clock),
  };
  const ofPeer = (peer: PeerId) => ({ budget: shares.of(peer), meter: meters.of(peer) });
  return {
    ...{ budget, shares, meter, meters, queue },
    openUpload: (peer, content, sink) => openUpload(peer, content, sink, { ...uploads, ...ofPeer(peer) }),
    openBatch: (peer, items, sink) => openBatch(peer, items, sink, { ...batches, ...ofPeer(peer) }),
    openCopy: (content, sink) => openUpload(self, content, sink, copies),
  };
}
