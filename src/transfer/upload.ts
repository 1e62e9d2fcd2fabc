import { type PeerdexError, systemCode } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { groupCount, leafCount } from '../core/leaf-layout.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { Holding, Holdings } from '../core/ports/holding.ts';
import type { HashStore } from '../core/ports/local-contents.ts';
import type { Refusal, UploadChannel, UploadSink } from '../core/ports/source.ts';
import type { RateMeter } from '../core/rate-meter.ts';
import { Asker } from './asker.ts';
import { LeafSender } from './leaf-sender.ts';
import { pageCount, pageOf } from './manifest-pages.ts';
import type { SwarmMembers } from './swarm-members.ts';

export interface UploadOptions {
  readonly holdings: Holdings;
  readonly hashes: HashStore;
  readonly members: Pick<SwarmMembers, 'asks' | 'askers' | 'others'>;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly meter: RateMeter;
  /** Leaves that one channel may have asked for and not got. */
  readonly mostQueued: number;
}

/** Peers that are served of one content at a time; one more is told of the others. */
export const MOST_ASKERS = 64;

/** Serves one content to one peer: answers hashes at once and leaves in the order of the requests, reading ahead of the wire. */
export function openUpload(
  peer: PeerId,
  content: ContentId,
  sink: UploadSink,
  options: UploadOptions,
): UploadChannel {
  const { holdings, members } = options;
  const refuse = (reason: Refusal) => {
    sink.refuse(undefined, reason, members.others(content, peer));
    return NOTHING;
  };
  if (members.askers(content, peer) >= MOST_ASKERS) return refuse('busy');
  let upload: Upload | undefined;
  const holding = holdings.open(content, {
    ready: () => upload?.ready(),
    got: (leaf) => upload?.got(leaf),
    ended: () => upload?.ended(),
  });
  if (!holding) return refuse('unknown');
  upload = new Upload(peer, content, holding, sink, options);
  return upload;
}

class Upload implements UploadChannel {
  readonly #peer: PeerId;
  readonly #content: ContentId;
  readonly #holding: Holding;
  readonly #sink: UploadSink;
  readonly #options: UploadOptions;
  readonly #asker: Asker;
  readonly #forget: () => void;
  readonly #leaves: LeafSender;
  /** Pages that were asked for before the manifest was proven. */
  readonly #pagesAsked: number[] = [];
  #ended = false;

  constructor(peer: PeerId, content: ContentId, holding: Holding, sink: UploadSink, options: UploadOptions) {
    this.#peer = peer;
    this.#content = content;
    this.#holding = holding;
    this.#sink = sink;
    this.#options = options;
    this.#asker = new Asker(peer, holding.size);
    this.#forget = options.members.asks(content, this.#asker);
    const onFailed = (error: unknown) => this.#refuseAll(refusalOf(error));
    this.#leaves = new LeafSender({ ...options, holding, sink, onFailed });
    if (holding.manifest) this.ready();
  }

  /** The manifest is proven: only what can be proven is said to be held. */
  ready(): void {
    if (this.#ended) return;
    this.#sink.holding(this.#holding.size, this.#holding.have);
    for (const page of this.#pagesAsked.splice(0)) this.manifestRequested(page);
  }

  got(leaf: number): void {
    const { manifest, have } = this.#holding;
    if (!this.#ended && manifest && have !== 'whole') this.#sink.have(leaf, 1);
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
    if (hashes) this.#sink.leaves(group, hashes);
    else this.#refuseAll('invalid');
  }

  requested(first: number, count: number): void {
    const { manifest, have } = this.#holding;
    if (!manifest) return this.#refuseAll('busy');
    if (count === 0 || first + count > leafCount(manifest.size)) return this.#refuseAll('invalid');
    if (this.#leaves.waiting + count > this.#options.mostQueued) return this.#refuseAll('busy');
    for (let leaf = first; leaf < first + count; leaf += 1) {
      if (have === 'whole' || have.has(leaf)) this.#leaves.add(leaf);
      else this.#sink.refuse(leaf, 'unknown');
    }
  }

  cancelled(first: number, count: number): void {
    this.#leaves.cancel(first, count);
  }

  complained(_leaf: number): void {
    this.#holding.suspect();
  }

  askerBitfield(first: number, bits: Uint8Array): void {
    this.#asker.bitfield(first, bits);
  }

  askerHave(first: number, count: number): void {
    this.#asker.got(first, count);
  }

  claimed(first: number, count: number): void {
    this.#asker.claimed(first, count);
  }

  unclaimed(first: number, count: number): void {
    this.#asker.unclaimed(first, count);
  }

  close(): void {
    this.#ended = true;
    this.#forget();
    this.#leaves.close();
  }

  #refuseAll(reason: Refusal): void {
    if (this.#ended) return;
    this.#leaves.clear();
    const others = this.#options.members.others(this.#content, this.#peer);
    this.#sink.refuse(undefined, reason, others);
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
