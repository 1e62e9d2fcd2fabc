import { type PeerdexError, systemCode } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { groupCount, LEAF_BYTES, leafBytes, leafCount, leafOffset } from '../core/leaf-layout.ts';
import type { Manifest } from '../core/manifest.ts';
import type { MemoryBudget } from '../core/memory-budget.ts';
import type { ContentFiles, OpenContent } from '../core/ports/content-file.ts';
import type { HashStore, LocalContents, LocalFile } from '../core/ports/local-contents.ts';
import type { Refusal, UploadChannel, UploadSink } from '../core/ports/source.ts';
import type { RateMeter } from '../core/rate-meter.ts';
import { pageOf } from './manifest-pages.ts';

export interface UploadOptions {
  readonly contents: LocalContents;
  readonly hashes: HashStore;
  readonly files: ContentFiles;
  readonly budget: MemoryBudget;
  readonly buffers: LeafBuffers;
  readonly meter: RateMeter;
  /** Leaves that one channel may have asked for and not got. */
  readonly mostQueued: number;
}

/** Leaves that are read and sent in one go: 1 MiB. */
const JOINED_LEAVES = 4;

/** Serves one content to one peer: answers hashes at once and leaves in the order of the requests, reading ahead of the wire. */
export function openUpload(content: ContentId, sink: UploadSink, options: UploadOptions): UploadChannel {
  const manifest = options.hashes.manifest(content);
  const places = [...options.contents.locate(content)];
  if (!manifest || places.length === 0) {
    sink.refuse(undefined, 'unknown');
    return NOTHING;
  }
  sink.holding(manifest.size);
  return new Upload(content, manifest, places, sink, options);
}

/** Neighbours that are read and sent together. */
interface SpanInHand {
  readonly first: number;
  /** Of these leaves, those that nobody has taken back. */
  readonly wanted: Set<number>;
}

class Upload implements UploadChannel {
  readonly #content: ContentId;
  readonly #manifest: Manifest;
  readonly #places: LocalFile[];
  readonly #sink: UploadSink;
  readonly #options: UploadOptions;
  /** In the order of the requests. */
  readonly #queue = new Set<number>();
  /** What is being read, is ready or goes out: at most two spans. */
  readonly #inHand = new Set<SpanInHand>();
  readonly #ended = new AbortController();
  #running = false;
  #place: LocalFile | undefined;
  #file: OpenContent | undefined;

  constructor(
    content: ContentId,
    manifest: Manifest,
    places: LocalFile[],
    sink: UploadSink,
    options: UploadOptions,
  ) {
    this.#content = content;
    this.#manifest = manifest;
    this.#places = places;
    this.#sink = sink;
    this.#options = options;
  }

  manifestRequested(page: number): void {
    const hashes = pageOf(this.#manifest, page);
    if (hashes) this.#sink.manifest(page, hashes);
    else this.#refuseAll('invalid');
  }

  leavesRequested(group: number): void {
    const hashes =
      group < groupCount(this.#manifest.size) ? this.#options.hashes.leaves(this.#content, group) : undefined;
    if (hashes) this.#sink.leaves(group, hashes);
    else this.#refuseAll('invalid');
  }

  requested(first: number, count: number): void {
    if (count === 0 || first + count > leafCount(this.#manifest.size)) return this.#refuseAll('invalid');
    if (this.#queue.size + count > this.#options.mostQueued) return this.#refuseAll('busy');
    for (let leaf = first; leaf < first + count; leaf += 1) this.#queue.add(leaf);
    if (!this.#running) void this.#run();
  }

  cancelled(first: number, count: number): void {
    if (count >= this.#queue.size) {
      for (const leaf of this.#queue) if (leaf >= first && leaf < first + count) this.#queue.delete(leaf);
    } else {
      for (let leaf = first; leaf < first + count; leaf += 1) this.#queue.delete(leaf);
    }
    for (const { wanted } of this.#inHand) {
      for (const leaf of wanted) if (leaf >= first && leaf < first + count) wanted.delete(leaf);
    }
  }

  complained(_leaf: number): void {
    if (this.#place) this.#options.contents.suspect(this.#place);
  }

  close(): void {
    this.#queue.clear();
    for (const { wanted } of this.#inHand) wanted.clear();
    this.#ended.abort();
    if (!this.#running) void this.#closeFile();
  }

  /** Reads the next leaves while the last ones go out. */
  async #run(): Promise<void> {
    this.#running = true;
    let sending: Promise<void> = Promise.resolve();
    try {
      for (let span = this.#nextSpan(); span.wanted.size > 0; span = this.#nextSpan()) {
        this.#inHand.add(span);
        const buffers = await this.#read(span.first, span.wanted.size);
        if (!buffers) break;
        await sending.catch((error: unknown) => {
          this.#giveBack(buffers);
          throw error;
        });
        sending = this.#send(span, buffers);
        sending.catch(() => {}); // awaited on the next turn
      }
      await sending;
    } catch {
      this.close(); // the connection is gone, or the channel was closed
    } finally {
      this.#running = false;
      this.#inHand.clear();
      if (this.#ended.signal.aborted) await this.#closeFile();
      else if (this.#queue.size > 0) void this.#run();
    }
  }

  #nextSpan(): SpanInHand {
    const [first = 0] = this.#queue;
    const wanted = new Set<number>();
    while (wanted.size < JOINED_LEAVES && this.#queue.delete(first + wanted.size))
      wanted.add(first + wanted.size);
    return { first, wanted };
  }

  async #send(span: SpanInHand, buffers: readonly Buffer[]): Promise<void> {
    const { first, wanted } = span;
    try {
      const leaves = buffers.map((buffer, i) =>
        buffer.subarray(0, leafBytes(this.#manifest.size, first + i)),
      );
      this.#options.meter.add(await this.#sink.data(first, leaves, (leaf) => wanted.has(leaf)));
    } finally {
      this.#inHand.delete(span);
      this.#giveBack(buffers);
    }
  }

  /** The leaves' bytes, from the first place that still has them; undefined when none has, and that was said. */
  async #read(first: number, count: number): Promise<Buffer[] | undefined> {
    const { budget, buffers } = this.#options;
    await budget.reserve(count * LEAF_BYTES, this.#ended.signal);
    const taken = Array.from({ length: count }, () => buffers.take());
    let refusal: Refusal = 'unknown';
    for (;;) {
      try {
        const file = await this.#open();
        if (!file) break;
        const parts = taken.map((buffer, i) => buffer.subarray(0, leafBytes(this.#manifest.size, first + i)));
        await file.read(parts, leafOffset(first));
        return taken;
      } catch (error) {
        refusal = refusalOf(error);
        await this.#giveUpPlace();
      }
    }
    this.#giveBack(taken);
    this.#refuseAll(refusal);
    return undefined;
  }

  async #open(): Promise<OpenContent | undefined> {
    if (this.#file) return this.#file;
    this.#place = this.#places[0];
    if (!this.#place) return undefined;
    this.#file = await this.#options.files.open(this.#place);
    return this.#file;
  }

  async #giveUpPlace(): Promise<void> {
    const place = this.#places.shift();
    await this.#closeFile();
    if (place) this.#options.contents.suspect(place);
  }

  #giveBack(buffers: readonly Buffer[]): void {
    for (const buffer of buffers) this.#options.buffers.give(buffer);
    this.#options.budget.release(buffers.length * LEAF_BYTES);
  }

  #refuseAll(reason: Refusal): void {
    this.#queue.clear();
    if (!this.#ended.signal.aborted) this.#sink.refuse(undefined, reason);
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }
}

/** A channel that was refused when it was opened. */
const NOTHING: UploadChannel = {
  manifestRequested() {},
  leavesRequested() {},
  requested() {},
  cancelled() {},
  complained() {},
  close() {},
};

function refusalOf(error: unknown): Refusal {
  const code = (error as PeerdexError).code;
  if (code === 'conflict') return 'changed';
  return code === 'not-found' || systemCode(error) === 'ENOENT' ? 'unknown' : 'unreadable';
}
