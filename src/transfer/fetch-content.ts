import { asPeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { leafBytes, leafCount } from '../core/leaf-layout.ts';
import { linkedAbort } from '../core/linked-abort.ts';
import { contentIdOf } from '../core/manifest.ts';
import type { LocalFile } from '../core/ports/local-contents.ts';
import type { Partial } from '../core/ports/partial.ts';
import { Wakeup } from '../core/wakeup.ts';
import { announce } from './announcer.ts';
import { confirmDoubtful } from './confirm-doubtful.ts';
import { ContentDownload } from './content-download.ts';
import type { LeafFacts } from './leaf-bins.ts';
import { explainMissing } from './missing-leaves.ts';
import { SourceFinder } from './source-finder.ts';
import type { SourceFacts, SourceShare } from './source-shares.ts';
import { rarestFirst } from './swarm/policies.ts';
import { isWorthTakingOver, takeOver } from './take-over.ts';
import type { FetchRequest, TransferParts } from './transfer-parts.ts';
import type { UnderWay } from './under-way.ts';
import { nothingElse } from './urgent-leaves.ts';

/** A small content is there before anybody has heard of its swarm; only where it takes longer that is asked for. */
const SMALL_LEAVES = 8;
const SMALL_WAIT_MS = 1_000;

/** One content on its way to one place: from this machine where it lies here already, else from every holder. */
export class ContentFetch {
  readonly #parts: TransferParts;
  readonly #request: FetchRequest;
  #download: ContentDownload | undefined;
  #finder: SourceFinder | undefined;

  constructor(parts: TransferParts, request: FetchRequest) {
    this.#parts = parts;
    this.#request = request;
  }

  /** Verified bytes on disk. */
  get bytes(): number {
    return this.#download?.bytes ?? 0;
  }

  /** Bytes a second from other peers. */
  get rate(): number {
    return this.shares().reduce((sum, { rate }) => sum + rate, 0);
  }

  /** Sources that are connected now, this machine among them where it is one. */
  get activeSources(): readonly PeerId[] {
    return this.#download?.activeSources ?? [];
  }

  /** Why nothing comes, or undefined while something may. */
  get reason(): string | undefined {
    if (this.activeSources.length === 0) return this.#finder?.reason;
    const stuckOn = this.#download?.stuckOn;
    const { nameOf } = this.#parts.sources;
    if (stuckOn) return explainMissing(stuckOn, leafCount(this.size), this.activeSources, nameOf);
    return this.#download?.isShortOfMemory ? 'other downloads have all the memory' : undefined;
  }

  /** What other peers gave. */
  shares(): readonly SourceShare[] {
    return (this.#download?.shares() ?? []).filter(({ peer }) => peer !== this.#parts.self);
  }

  /** Connected sources at this moment, this machine not among them. */
  sources(): readonly SourceFacts[] {
    return (this.#download?.sources() ?? []).filter(({ peer }) => peer !== this.#parts.self);
  }

  /** Which leaves are here and which come; undefined before it is under way. */
  leaves(): LeafFacts | undefined {
    return this.#download?.leaves();
  }

  /** Bytes of the content, as far as is known now. */
  get size(): number {
    const { content, size } = this.#request;
    if (content === EMPTY) return 0;
    return this.#parts.hashes.manifest(content)?.size ?? Math.max(1, size);
  }

  /** Fetches, verifies, flushes, gives the name. When the signal aborts, what was fetched stays for the next time. */
  async run(signal: AbortSignal): Promise<LocalFile> {
    const { size } = this;
    try {
      return await this.#runAs(size, signal);
    } catch (error) {
      const full = asPeerdexError(error).code === 'no-space' && !this.#isProven();
      // The size may be a lie: whoever has the content proves the true one, for which no room is needed.
      if (full && !signal.aborted) await this.#runAs(1, signal).catch(() => {});
      if (signal.aborted || this.size === size) throw error;
    }
    return this.#runAs(this.size, signal);
  }

  #isProven(): boolean {
    const { content } = this.#request;
    return content === EMPTY || this.#parts.hashes.manifest(content) !== undefined;
  }

  async #runAs(size: number, signal: AbortSignal): Promise<LocalFile> {
    const { content, destination, overwrite, look, mayName, onFile, reading } = this.#request;
    const { holdings, lingering, partials, hashes, buffers } = this.#parts;
    this.#finder = undefined;
    this.#download = undefined;
    const partial = await partials.open(content, size, destination);
    let underWay: UnderWay | undefined;
    try {
      await confirmDoubtful(partial, hashes, buffers, signal);
      await this.#takeOver(partial, signal);
      underWay = holdings.begin(partial, reading?.onReplaced);
      reading?.onUnderWay(underWay);
      await this.#fill(partial, underWay, signal);
      await mayName?.();
      underWay.closing();
      const file = await partial.finish(overwrite, look);
      onFile(file);
      underWay.end();
      lingering.fetched(content);
      return file;
    } finally {
      underWay?.closing();
      try {
        await partial.close();
      } finally {
        underWay?.end();
      }
    }
  }

  /** What lies elsewhere on this machine is copied from there as a whole. */
  async #takeOver(partial: Partial, signal: AbortSignal): Promise<void> {
    const { old, from } = this.#request;
    const { files, contents } = this.#parts;
    if (!files || !old || partial.have.isFull || !isWorthTakingOver(partial.size)) return;
    if (contents.locate(partial.content).length > 0) return;
    const file = await old(signal);
    if (file) await takeOver(partial, file, this.#parts, from, signal);
  }

  async #fill(partial: Partial, underWay: UnderWay, signal: AbortSignal): Promise<void> {
    const { hashes, local, self, contents, members, bans, tally, urgent } = this.#parts;
    const { content } = partial;
    const until = linkedAbort(signal);
    const isLocal = () => contents.locate(content).length > 0;
    const download = new ContentDownload({
      ...this.#parts,
      content,
      partial,
      store: hashes,
      swarms: this.#parts.contentSwarms,
      policy: urgent.first(content, this.#request.reading ? nothingElse : rarestFirst),
      isExact: this.#request.reading !== undefined,
      onLost: (peer, error) => {
        if (peer === self) startFinder();
        else this.#finder?.lost(peer, error);
      },
      onProven: () => underWay.proven(),
      onLeaf: (leaf, from) => {
        tally.leaf(leafBytes(partial.size, leaf), from === self);
        underWay.got(leaf);
      },
      onTold: (from, told) => members.told(content, from, told),
      onBadLeaf: (peer) => {
        tally.badLeaves += 1;
        if (peer !== self) bans.badLeaf(peer, content);
      },
    });
    this.#download = download;
    const endUrgent = urgent.listen(content, () => download.hurry());
    let failed: (error: unknown) => void = () => {};
    const finderFailed = new Promise<never>((_, reject) => {
      failed = reject;
    });
    const startFinder = () => {
      if (this.#finder || until.signal.aborted) return;
      this.#find(download, until.signal).catch(failed);
    };
    if (isLocal()) download.add(local);
    else if (!partial.have.isFull) startFinder();
    try {
      await Promise.race([download.done, finderFailed, aborted(until.signal)]);
    } finally {
      endUrgent();
      until.abort();
      until.release();
      await download.stop();
      finderFailed.catch(() => {});
    }
  }

  /** Brings sources until the signal aborts, and makes this peer known to its swarm. Throws when none is to be expected. */
  async #find(download: ContentDownload, signal: AbortSignal): Promise<void> {
    const { content, from } = this.#request;
    const { members } = this.#parts;
    const wakeup = new Wakeup();
    const finder = this.#makeFinder(download, wakeup, signal);
    this.#finder = finder;
    const release = members.want(content, () => finder.look());
    const after = leafCount(this.size) < SMALL_LEAVES ? SMALL_WAIT_MS : 0;
    const neighbours = () => download.activeSources;
    try {
      const told = from === undefined ? { neighbours, wakeup, after } : undefined;
      await Promise.all([finder.run(signal), told && announce(content, this.#parts, told, signal)]);
    } finally {
      release();
    }
  }

  #makeFinder(download: ContentDownload, wakeup: Wakeup, signal: AbortSignal): SourceFinder {
    const { content, from, onPassedOver } = this.#request;
    const { sources, members, clock, random, log } = this.#parts;
    const gives = new Map<PeerId, () => void>();
    const forget = (peer: PeerId) => {
      gives.get(peer)?.();
      gives.delete(peer);
    };
    signal.addEventListener('abort', () => [...gives.keys()].forEach(forget), { once: true });
    return new SourceFinder({
      content,
      swarm: download.swarm,
      sources,
      members: () => members.candidates(content),
      from,
      clock,
      random,
      log,
      onLink: (link, isHolder) => {
        download.add(link, isHolder);
        forget(link.peer);
        gives.set(link.peer, members.gives(content, link.peer));
      },
      onLost: forget,
      onSourceless: () => wakeup.wake(),
      onPassedOver,
    });
  }
}

/** The content of an empty file: no source could prove its size, and none is needed. */
export const EMPTY = contentIdOf({ size: 0, groups: new Uint8Array(0) });

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
