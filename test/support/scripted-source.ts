import type { PeerdexError } from '../../src/core/errors.ts';
import type { PeerId } from '../../src/core/ids.ts';
import type { SourceChannel, SourceLink, SourceListener } from '../../src/core/ports/source.ts';
import { pageOf } from '../../src/transfer/manifest-pages.ts';
import type { SampleContent } from './sample-content.ts';

export interface ScriptedSourceOptions {
  /** Answers requests for hashes by itself; true unless told. */
  readonly hashes?: boolean;
  /** Gives every leaf as soon as it is asked for. */
  readonly generous?: boolean;
}

/** A source that gives what the test says, when the test says it; what it was asked for can be seen. */
export class ScriptedSource implements SourceLink {
  readonly peer: PeerId;
  /** Its bytes come over a network, so limits are for it. */
  readonly isHeldBack = false;
  /** Leaves asked for and neither given nor taken back, in the order of the requests. */
  readonly pending = new Set<number>();
  /** Every leaf ever asked for. */
  readonly asked: number[] = [];
  readonly cancelled: number[] = [];
  readonly complaints: number[] = [];
  readonly pagesAsked: number[] = [];
  readonly groupsAsked: number[] = [];
  /** What it was told that the other side has. */
  readonly told: number[] = [];
  closed = false;
  generous: boolean;
  readonly #content: SampleContent;
  readonly #options: ScriptedSourceOptions;
  #listener: SourceListener | undefined;

  constructor(n: number, content: SampleContent, options: ScriptedSourceOptions = {}) {
    this.peer = n.toString(16).padStart(32, '0');
    this.#content = content;
    this.#options = options;
    this.generous = options.generous ?? false;
  }

  get listener(): SourceListener {
    return this.#listener!;
  }

  open(_content: string, listener: SourceListener): SourceChannel {
    this.#listener = listener;
    this.closed = false;
    const { hashes = true } = this.#options;
    // A source answers after it was asked, never during the call that asks.
    const later = (answer: () => void) =>
      queueMicrotask(() => {
        if (!this.closed && this.#listener === listener) answer();
      });
    return {
      requestManifest: (page) => {
        this.pagesAsked.push(page);
        if (hashes) later(() => listener.manifest(page, pageOf(this.#content.manifest, page)!));
      },
      requestLeaves: (group) => {
        this.groupsAsked.push(group);
        if (hashes) later(() => listener.leaves(group, this.#content.group(group)));
      },
      request: (first, count) => {
        for (let leaf = first; leaf < first + count; leaf += 1) {
          this.asked.push(leaf);
          this.pending.add(leaf);
          later(() => this.generous && this.pending.has(leaf) && this.give(leaf));
        }
      },
      cancel: (first, count) => {
        for (let leaf = first; leaf < first + count; leaf += 1) {
          this.cancelled.push(leaf);
          this.pending.delete(leaf);
        }
      },
      complain: (leaf) => this.complaints.push(leaf),
      has: (leaves) => this.told.push(...leaves),
      got: (first, count) => {
        for (let leaf = first; leaf < first + count; leaf += 1) this.told.push(leaf);
      },
      claim() {},
      unclaim() {},
      close: () => {
        this.closed = true;
        this.pending.clear();
      },
    };
  }

  /** Sends a leaf in pieces of 64 KiB; false where the other side says that it was not asked for. */
  give(leaf: number, bytes: Uint8Array = this.#content.leaf(leaf)): boolean {
    this.pending.delete(leaf);
    let wanted = true;
    for (let at = 0; at < bytes.byteLength && wanted; at += PIECE)
      wanted = this.listener.data(leaf, at, bytes.subarray(at, at + PIECE));
    return wanted;
  }

  giveAll(): void {
    for (const leaf of [...this.pending]) if (!this.closed) this.give(leaf);
  }

  /** Sends as many bytes as the leaf has, one of them wrong. */
  giveWrong(leaf: number): void {
    const bytes = Uint8Array.from(this.#content.leaf(leaf));
    bytes[bytes.length - 1]! ^= 1;
    this.give(leaf, bytes);
  }

  /** The link goes away. */
  drop(error: PeerdexError): void {
    this.closed = true;
    this.pending.clear();
    this.listener.closed(error);
  }
}

const PIECE = 64 * 1024;
