import type { PeerdexError } from '../../core/errors.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import type { MemberBook } from '../../core/ports/member-book.ts';
import type { BatchSink, BatchUpload, Refusal, UploadChannel, UploadSink } from '../../core/ports/source.ts';
import type { SmallContent } from '../../core/small-content.ts';
import type { SwarmMember } from '../../core/swarm-member.ts';
import type { ControlFrame } from '../../protocol/swarm/frames.ts';
import { BITFIELD_PAGE_LEAVES, MAX_BATCHES, MAX_CHANNELS } from '../../protocol/swarm/limits.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import { ToldLeaves } from './told-leaves.ts';
import type { Usage } from './usage.ts';

/** Who serves contents; injected, because what is shared is no matter of the network. */
export type OpenUpload = (peer: PeerId, content: ContentId, sink: UploadSink) => UploadChannel;

/** As OpenUpload, for contents that are asked for together. */
export type OpenBatch = (peer: PeerId, items: readonly SmallContent[], sink: BatchSink) => BatchUpload;

export interface Openers {
  readonly openUpload: OpenUpload;
  /** Absent where batches are not offered: they are read past then. */
  readonly openBatch?: OpenBatch | undefined;
}

/** More than the manifest of the largest content has pages. */
const MOST_IN_TURN = 4096;

interface Served {
  readonly upload: UploadChannel;
  close(): void;
}

/** The serving half of a connection. */
export class UploadChannels implements ConnectionListener {
  readonly #connection: Connection;
  readonly #usage: Usage;
  readonly #open: Openers;
  readonly #members: Pick<MemberBook, 'others'>;
  readonly #channels = new Map<number, Served>();
  readonly #batches = new Map<number, BatchUpload>();
  /** Requests that wait until the other side has read the answers before; all of them, so that hashes stay ahead of their data. */
  #inTurn: { readonly channel: number; readonly upload: UploadChannel | undefined; answer(): void }[] = [];

  constructor(connection: Connection, usage: Usage, open: Openers, members: Pick<MemberBook, 'others'>) {
    this.#connection = connection;
    this.#usage = usage;
    this.#open = open;
    this.#members = members;
  }

  frame(frame: ControlFrame): void {
    if (frame.type === 'interest')
      return this.#interest(frame.channel, frame.content, frame.takesInstead === true);
    if (!('channel' in frame)) return;
    if (frame.type === 'batch')
      return this.#answerInTurn(frame.channel, () => this.#batch(frame.channel, frame.items));
    const batch = this.#batches.get(frame.channel);
    if (batch) return this.#ofBatch(batch, frame);
    const upload = this.#channels.get(frame.channel)?.upload;
    // It may be the end of a batch that waits for its turn.
    if (!upload && frame.type === 'close' && this.#inTurn.length > 0)
      return this.#answerInTurn(frame.channel, () => this.#dropBatch(frame.channel));
    if (!upload) return; // a request that crossed our refusal
    if (frame.type === 'manifestRequest')
      this.#answerInTurn(frame.channel, () => upload.manifestRequested(frame.page));
    else if (frame.type === 'leavesRequest')
      this.#answerInTurn(frame.channel, () => upload.leavesRequested(frame.group));
    else if (frame.type === 'request')
      this.#answerInTurn(frame.channel, () => upload.requested(frame.first, frame.count));
    else if (frame.type === 'cancel')
      this.#answerInTurn(frame.channel, () => upload.cancelled(frame.first, frame.count));
    else if (frame.type === 'complaint') upload.complained(frame.leaf);
    else if (frame.type === 'askerBitfield')
      upload.askerBitfield(frame.page * BITFIELD_PAGE_LEAVES, frame.bits);
    else if (frame.type === 'askerHave') upload.askerHave(frame.first, frame.count);
    else if (frame.type === 'claim') upload.claimed(frame.first, frame.count);
    else if (frame.type === 'unclaim') upload.unclaimed(frame.first, frame.count);
    else if (frame.type === 'close') this.#drop(frame.channel);
  }

  /** Content bytes are the other half's business. */
  data(): void {}

  closed(_error: PeerdexError): void {
    this.#inTurn = [];
    for (const channel of [...this.#channels.keys()]) this.#drop(channel);
    for (const channel of [...this.#batches.keys()]) this.#dropBatch(channel);
  }

  /** An answer can be thousands of times as long as its request, so that answers are made only as fast as they are read. */
  #answerInTurn(channel: number, answer: () => void): void {
    if (this.#inTurn.length >= MOST_IN_TURN) {
      return this.#connection.close('protocol', 'it asks for more than it reads');
    }
    this.#inTurn.push({ channel, upload: this.#channels.get(channel)?.upload, answer });
    if (this.#inTurn.length === 1) this.#nextInTurn();
  }

  #nextInTurn(): void {
    while (this.#inTurn.length > 0 && !this.#connection.ended) {
      if (this.#connection.isBacklogged) return this.#connection.whenTaken(() => this.#nextInTurn());
      const { channel, upload, answer } = this.#inTurn[0]!;
      if (this.#channels.get(channel)?.upload === upload) answer();
      this.#inTurn.shift();
    }
  }

  #interest(channel: number, content: ContentId, takesInstead: boolean): void {
    if (this.#isOpen(channel)) return this.#connection.close('protocol', 'it opened one channel twice');
    if (this.#channels.size >= MAX_CHANNELS) {
      const others = this.#members.others(content, this.#connection.remote);
      return this.#refuse(channel, undefined, 'busy', others);
    }
    // The upload may refuse before it is known here, so the place is taken first.
    let open = true;
    const own = new ToldLeaves(this.#connection, channel, 'serves');
    const sink: UploadSink = {
      takesInstead,
      holding: (size, have) => {
        this.#connection.send({ type: 'holding', channel, size, whole: have === 'whole' });
        if (have !== 'whole') own.all(have);
      },
      have: (first, count) => own.more(first, count, 'later'),
      manifest: (page, hashes) => this.#connection.send({ type: 'manifest', channel, page, hashes }),
      leaves: (group, hashes) => this.#connection.send({ type: 'leaves', channel, group, hashes }),
      refuse: (leaf, reason, members) => {
        this.#refuse(channel, leaf, reason, members);
        if (leaf !== undefined) return;
        open = false;
        own.close();
        this.#drop(channel);
      },
      instead: (asked, given) => this.#connection.send({ type: 'instead', channel, asked, given }),
      data: (firstLeaf, leaves, wanted) => this.#connection.sendLeaves(channel, firstLeaf, leaves, wanted),
    };
    const upload = this.#open.openUpload(this.#connection.remote, content, sink);
    const close = () => {
      own.close();
      upload.close();
    };
    if (!open) return;
    this.#usage.opened();
    this.#channels.set(channel, { upload, close });
  }

  #isOpen(channel: number): boolean {
    return this.#channels.has(channel) || this.#batches.has(channel);
  }

  #batch(channel: number, items: readonly SmallContent[]): void {
    const { openBatch } = this.#open;
    if (!openBatch) return;
    if (this.#isOpen(channel)) return this.#connection.close('protocol', 'it opened one channel twice');
    if (this.#batches.size >= MAX_BATCHES) return this.#refuse(channel, undefined, 'busy');
    const sink: BatchSink = {
      refuse: (item, reason) => this.#refuse(channel, item, reason),
      data: (runs, wanted) => this.#connection.sendPieces(channel, runs, wanted),
    };
    this.#usage.opened();
    this.#batches.set(channel, openBatch(this.#connection.remote, items, sink));
  }

  #ofBatch(batch: BatchUpload, frame: Extract<ControlFrame, { channel: number }>): void {
    if (frame.type === 'cancel') batch.cancelled(frame.first, frame.count);
    else if (frame.type === 'complaint') batch.complained(frame.leaf);
    else if (frame.type === 'askerHave') batch.askerHave(frame.first, frame.count);
    else if (frame.type === 'close') this.#dropBatch(frame.channel);
  }

  #dropBatch(channel: number): void {
    const batch = this.#batches.get(channel);
    if (!batch) return;
    this.#batches.delete(channel);
    this.#usage.closed();
    batch.close();
  }

  #refuse(
    channel: number,
    leaf: number | undefined,
    reason: Refusal,
    members: readonly SwarmMember[] = [],
  ): void {
    this.#connection.send({ type: 'reject', channel, leaf, reason, members });
  }

  #drop(channel: number): void {
    const served = this.#channels.get(channel);
    if (!served) return;
    this.#channels.delete(channel);
    this.#usage.closed();
    served.close();
  }
}
