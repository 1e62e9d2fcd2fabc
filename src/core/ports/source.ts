import type { Bitfield } from '../bitfield.ts';
import type { PeerdexError } from '../errors.ts';
import type { ContentId, PeerId } from '../ids.ts';
import type { SmallContent } from '../small-content.ts';
import type { SwarmMember } from '../swarm-member.ts';

/** Why a source does not give what was asked for. */
export type Refusal = 'unknown' | 'changed' | 'unreadable' | 'busy' | 'invalid';

/** A way to ask another peer for contents: a connection, or a simulated one. */
export interface SourceLink {
  readonly peer: PeerId;
  /** Whether what has come over it waits here for a rate limit; undefined: none is for it. */
  readonly isHeldBack?: boolean;
  /** Whether the other side answers batches; undefined: never. */
  readonly takesBatches?: Promise<boolean>;
  /** Asks for contents of one leaf each, as many as a batch may have; answers come to `listener`, by their places in the list. */
  batch?(items: readonly SmallContent[], listener: BatchListener): BatchChannel;
  /**
   * Says that this content is wanted; answers come to `listener`, in the order in which they were asked for. `takesInstead`: other leaves may
   * be given in place of those that are asked for; true unless told.
   */
  open(content: ContentId, listener: SourceListener, takesInstead?: boolean): SourceChannel;
}

/** Asks for parts of one content. Calls after `close`, or after the link went away, do nothing. */
export interface SourceChannel {
  requestManifest(page: number): void;
  requestLeaves(group: number): void;
  request(firstLeaf: number, count: number): void;
  cancel(firstLeaf: number, count: number): void;
  /** The leaf was not what its hash says. */
  complain(leaf: number): void;
  /** What the asking side has already. */
  has(leaves: Bitfield): void;
  /** What it has got since: these neighbours. `isReceipt`: the other side may have sent them, and waits to hear it. */
  got(firstLeaf: number, count: number, isReceipt: boolean): void;
  /** It has asked somebody for these; or does so no more. */
  claim(firstLeaf: number, count: number): void;
  unclaim(firstLeaf: number, count: number): void;
  close(): void;
}

/** Several small contents that were asked for together. Calls after `close`, or after the link went away, do nothing. */
export interface BatchChannel {
  /** These have come: the other side waits to hear it. */
  got(first: number, count: number): void;
  cancel(first: number, count: number): void;
  /** It was not what its id says. */
  complain(item: number): void;
  close(): void;
}

/** What comes of a batch. Nothing of it is verified yet. */
export interface BatchListener {
  /** Bytes from there on, and on into the contents that follow. `bytes` may be used during the call only. Returns false for what nobody asked for: the link is then ended. */
  data(item: number, offset: number, bytes: Uint8Array): boolean;
  /** `item` absent: none of those that have not come. */
  refused(item: number | undefined, reason: Refusal): void;
  /** The link is gone. Called once, and nothing after it. */
  closed(error: PeerdexError): void;
}

/** What comes from a source. Nothing of it is verified yet. */
export interface SourceListener {
  /** It holds the content whole; or only what `bitfield` and `have` tell from here on. */
  holding(size: number, whole: boolean): void;
  /** Leaves that it has: bit i of `bits`, as in a Bitfield, is leaf `first + i`; `first` is a multiple of 8. */
  bitfield(first: number, bits: Uint8Array): void;
  have(firstLeaf: number, count: number): void;
  /** The leaf `given` comes next, in place of the one that was asked for where that is another. */
  instead(asked: number, given: number): void;
  manifest(page: number, hashes: Uint8Array): void;
  leaves(group: number, hashes: Uint8Array): void;
  /** `bytes` may be used during the call only. Returns false for what nobody asked for: the link is then ended. */
  data(leaf: number, offset: number, bytes: Uint8Array): boolean;
  /** `leaf` absent: the source gives nothing of this content. `members`: who may, as it says. */
  refused(leaf: number | undefined, reason: Refusal, members?: readonly SwarmMember[]): void;
  /** The link is gone. Called once, and nothing after it. */
  closed(error: PeerdexError): void;
}

/** Where an upload's answers go. */
export interface UploadSink {
  /** It takes another leaf in place of one that it asked for, and wants to be told which one comes next. */
  readonly takesInstead: boolean;
  holding(size: number, have: Bitfield | 'whole'): void;
  have(firstLeaf: number, count: number): void;
  manifest(page: number, hashes: Uint8Array): void;
  leaves(group: number, hashes: Uint8Array): void;
  refuse(leaf: number | undefined, reason: Refusal, members?: readonly SwarmMember[]): void;
  /** `given` comes next, in place of `asked` where that is another leaf. */
  instead(asked: number, given: number): void;
  /**
   * Sends whole leaves, first to last, one buffer each, except those that are not `wanted` any more when their turn comes. Resolves
   * with the bytes that were sent, when the buffers may be reused.
   */
  data(firstLeaf: number, leaves: readonly Uint8Array[], wanted: (leaf: number) => boolean): Promise<number>;
}

/** Contents of a batch that follow each other, one after the other in one buffer; `leaf` is the place of the first one. */
export interface BatchRun {
  readonly leaf: number;
  readonly bytes: Uint8Array;
}

/** Where the answers to a batch go. */
export interface BatchSink extends Pick<UploadSink, 'refuse'> {
  /** As of an UploadSink, for runs; `wanted` is asked of the first content's place. */
  data(runs: readonly BatchRun[], wanted: (leaf: number) => boolean): Promise<number>;
}

/** The serving end of one batch. */
export type BatchUpload = Pick<UploadChannel, 'cancelled' | 'complained' | 'askerHave' | 'close'>;

/** The serving end of one channel. */
export interface UploadChannel {
  manifestRequested(page: number): void;
  leavesRequested(group: number): void;
  requested(firstLeaf: number, count: number): void;
  cancelled(firstLeaf: number, count: number): void;
  complained(leaf: number): void;
  /** What the asking side has; as a source's `bitfield` and `have`. */
  askerBitfield(first: number, bits: Uint8Array): void;
  askerHave(firstLeaf: number, count: number): void;
  claimed(firstLeaf: number, count: number): void;
  unclaimed(firstLeaf: number, count: number): void;
  /** The other side wants no more, or is gone. */
  close(): void;
}
