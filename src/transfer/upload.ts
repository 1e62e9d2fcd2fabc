import type { Bitfield } from '../core/bitfield.ts';
import { type PeerdexError, systemCode } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { groupCount, groupOfLeaf, LEAF_BYTES, leafCount } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Holding, Holdings } from '../core/ports/holding.ts';
import type { HashStore } from '../core/ports/local-contents.ts';
import type { Refusal, UploadChannel, UploadSink } from '../core/ports/source.ts';
import type { RateMeter } from '../core/rate-meter.ts';
import type { ContentSwarm } from './content-swarm.ts';
import type { ContentSwarms } from './content-swarms.ts';
import { LeafSender } from './leaf-sender.ts';
import { leavesIn, upTo } from './leaves-in.ts';
import { pageCount, pageOf } from './manifest-pages.ts';
import type { Neighbour } from './swarm/spread.ts';
import type { Serving } from './swarm/upload-scheduler.ts';
import type { SwarmMembers } from './swarm-members.ts';
import type { QueuedUpload, UploadQueue } from './upload-queue.ts';

export interface UploadOptions {
  readonly holdings: Holdings;
  readonly hashes: HashStore;
  readonly members: Pick<SwarmMembers, 'asks' | 'others'>;
  readonly swarms: ContentSwarms;
  readonly queue: UploadQueue;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly meter: Pick<RateMeter, 'add'>;
  /** Leaves that one channel may have asked for and not got. */
  readonly mostQueued: number;
}

/** Serves one content to one peer: answers hashes at once, and leaves when the queue of all uploads says so. */
export function openUpload(
  peer: PeerId,
  content: ContentId,
  sink: UploadSink,
  options: UploadOptions,
): UploadChannel {
  const { holdings, members, swarms } = options;
  const refuse = (reason: Refusal) => {
    sink.refuse(undefined, reason, members.others(content, peer));
    return NOTHING;
  };
  let upload: Upload | undefined;
  const holding = holdings.open(content, {
    ready: () => upload?.ready(),
    got: (leaf) => upload?.got(leaf),
    ended: () => upload?.ended(),
  });
  if (!holding) return refuse('unknown');
  if (!swarms.accepts(content, holding.size, peer)) {
    void holding.close();
    return refuse('busy');
  }
  upload = new Upload(peer, content, holding, sink, options);
  return upload;
}

class Upload implements UploadChannel {
  readonly #peer: PeerId;
  readonly #content: ContentId;
  readonly #holding: Holding;
  readonly #sink: UploadSink;
  readonly #options: UploadOptions;
  readonly #swarm: ContentSwarm;
  readonly #neighbour: Neighbour;
  readonly #forget: () => void;
  readonly #leaves: LeafSender;
  readonly #queued: QueuedUpload;
  /** Of which it has the leaf hashes, or will have them before what is sent from now on. */
  readonly #groupsSaid = new Set<number>();
  /** Pages that were asked for before the manifest was proven. */
  readonly #pagesAsked: number[] = [];
  readonly #giveWay = () => this.#refuseAll('busy');
  #ended = false;

  constructor(peer: PeerId, content: ContentId, holding: Holding, sink: UploadSink, options: UploadOptions) {
    this.#peer = peer;
    this.#content = content;
    this.#holding = holding;
    this.#sink = sink;
    this.#options = options;
    this.#forget = options.members.asks(content, { peer });
    this.#swarm = options.swarms.of(content, holding.size);
    this.#neighbour = this.#swarm.joined(peer, 'asks', this.#giveWay);
    const isWhole = () => holding.have === 'whole';
    this.#leaves = new LeafSender({
      ...options,
      holding,
      sink,
      onChosen: (serving) => this.#chosen(serving),
      onTaken: (serving, leaves) => {
        this.#swarm.used(peer, leaves.length * LEAF_BYTES);
        this.#queued.taken(serving, leaves);
      },
      onDropped: (leaf) => this.#queued.dropped(leaf),
      onFailed: (error) => this.#refuseAll(refusalOf(error)),
      onGone: () => this.close(),
    });
    const { spread } = this.#swarm;
    this.#queued = options.queue.open(
      peer,
      { spread, size: holding.size, isWhole },
      this.#neighbour,
      sink.takesInstead,
      this.#leaves,
    );
    if (holding.manifest) this.ready();
  }

  /** The manifest is proven: only what can be proven is said to be held. */
  ready(): void {
    if (this.#ended) return;
    this.#sink.holding(this.#holding.size, this.#holding.have);
    for (const page of this.#pagesAsked.splice(0)) this.manifestRequested(page);
  }

  got(leaf: number): void {
    const { manifest, have, size } = this.#holding;
    if (this.#ended || !manifest) return;
    if (have === 'whole' || have.isFull) return this.#sink.holding(size, 'whole');
    // Who is asked is told on that channel, and who has the leaf need not know.
    const isToldElsewhere = this.#swarm.isToldAsAsked(this.#peer);
    if (!isToldElsewhere && !this.#neighbour.has.has(leaf)) this.#sink.have(leaf, 1);
  }

  /** The download that it was served from came to nothing; another try may come. */
  ended(): void {
    this.#refuseAll('unknown');
  }

  manifestRequested(page: number): void {
    const { manifest, size } = this.#holding;
    if (!manifest && this.#pagesAsked.length < pageCount(size)) return void this.#pagesAsked.push(page);
    const hashes = manifest && pageOf(manifest, page);
    if (hashes) this.#sink.manifest(page, hashes);
    else this.#refuseAll('invalid');
  }

  leavesRequested(group: number): void {
    const { manifest } = this.#holding;
    if (!manifest) return this.#refuseAll('busy');
    const hashes =
      group < groupCount(manifest.size) ? this.#options.hashes.leaves(this.#content, group) : undefined;
    if (!hashes) return this.#refuseAll('invalid');
    this.#groupsSaid.add(group);
    this.#sink.leaves(group, hashes);
  }

  requested(first: number, count: number): void {
    const { manifest, have } = this.#holding;
    if (!manifest) return this.#refuseAll('busy');
    if (count === 0 || first + count > leafCount(manifest.size)) return this.#refuseAll('invalid');
    if (this.#queued.waiting + count > this.#options.mostQueued) return this.#refuseAll('busy');
    this.#swarm.tick();
    for (let leaf = first; leaf < first + count; leaf += 1) {
      if (have !== 'whole' && !have.has(leaf)) this.#sink.refuse(leaf, 'unknown');
    }
    if (have === 'whole') return this.#queued.requested(first, count);
    for (const { first: from, count: run } of runsIn(have, first, count)) this.#queued.requested(from, run);
  }

  cancelled(first: number, count: number): void {
    this.#leaves.cancel(first, count);
    this.#queued.cancelled(first, count);
  }

  complained(_leaf: number): void {
    this.#holding.suspect();
  }

  askerBitfield(first: number, bits: Uint8Array): void {
    this.#swarm.announced(this.#neighbour, leavesIn(first, bits, this.#swarm.spread.leaves));
  }

  askerHave(first: number, count: number): void {
    const end = Math.min(this.#swarm.spread.leaves, first + count);
    this.#swarm.announced(this.#neighbour, upTo(first, end));
    for (let leaf = first; leaf < end; leaf += 1) this.#queued.acknowledged(leaf);
  }

  claimed(first: number, count: number): void {
    this.#swarm.claimed(this.#neighbour, first, count);
  }

  unclaimed(first: number, count: number): void {
    this.#swarm.unclaimed(this.#neighbour, first, count);
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#forget();
    this.#leaves.close();
    this.#queued.close();
    this.#swarm.left(this.#peer, 'asks', this.#giveWay);
  }

  /** Says what comes next to who has asked others as well, or gets another leaf than it asked for. */
  #chosen({ first, count, insteadOf }: Serving): void {
    const { spread } = this.#swarm;
    if (this.#ended || !this.#sink.takesInstead) return;
    if (insteadOf === undefined && spread.neighbours.size < 2) return;
    const group = groupOfLeaf(first);
    if (insteadOf !== undefined && !this.#groupsSaid.has(group)) this.leavesRequested(group);
    for (let leaf = first; leaf < first + count; leaf += 1) {
      this.#sink.instead(leaf === first ? (insteadOf ?? leaf) : leaf, leaf);
    }
  }

  #refuseAll(reason: Refusal): void {
    if (this.#ended) return;
    this.#queued.clear();
    const others = this.#options.members.others(this.#content, this.#peer);
    this.#sink.refuse(undefined, reason, others);
  }
}

/** The neighbours among so many leaves from `first` on that are had. */
function* runsIn(have: Bitfield, first: number, count: number): Generator<{ first: number; count: number }> {
  for (let at = first; at < first + count; at += 1) {
    let run = 0;
    while (at + run < first + count && have.has(at + run)) run += 1;
    if (run > 0) yield { first: at, count: run };
    at += run;
  }
}

/** A channel that was refused when it was opened. */
const NOTHING: UploadChannel = {
  manifestRequested() {},
  leavesRequested() {},
  requested() {},
  cancelled() {},
  complained() {},
  askerBitfield() {},
  askerHave() {},
  claimed() {},
  unclaimed() {},
  close() {},
};

function refusalOf(error: unknown): Refusal {
  const code = (error as PeerdexError).code;
  if (code === 'conflict') return 'changed';
  return code === 'not-found' || systemCode(error) === 'ENOENT' ? 'unknown' : 'unreadable';
}
