import { PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type {
  SourceChannel,
  SourceLink,
  SourceListener,
  UploadChannel,
  UploadSink,
} from '../core/ports/source.ts';

/** This machine as a source for itself: what lies here already is copied and verified in the same way as what comes from afar. */
export class LocalLink implements SourceLink {
  readonly peer: PeerId;
  readonly #open: (content: ContentId, sink: UploadSink) => UploadChannel;

  constructor(self: PeerId, open: (content: ContentId, sink: UploadSink) => UploadChannel) {
    this.peer = self;
    this.#open = open;
  }

  open(content: ContentId, listener: SourceListener): SourceChannel {
    let upload: UploadChannel | undefined;
    let closed = false;
    // A source answers after it was asked, never during the call that asks.
    const later = (answer: () => void) => queueMicrotask(() => closed || answer());
    const sink: UploadSink = {
      takesInstead: false,
      holding: (size, have) => {
        later(() => listener.holding(size, have === 'whole'));
        if (have !== 'whole') later(() => listener.bitfield(0, have.bytes));
      },
      have: (first, count) => later(() => listener.have(first, count)),
      manifest: (page, hashes) => later(() => listener.manifest(page, hashes)),
      leaves: (group, hashes) => later(() => listener.leaves(group, hashes)),
      instead: (asked, given) => later(() => listener.instead(asked, given)),
      refuse: (leaf, reason, members) => later(() => listener.refused(leaf, reason, members)),
      data: async (firstLeaf, leaves, wanted) => {
        await Promise.resolve();
        let sent = 0;
        for (const [i, bytes] of leaves.entries()) {
          if (closed) throw new PeerdexError('interrupted', 'nobody wants it any more');
          if (!wanted(firstLeaf + i)) continue;
          listener.data(firstLeaf + i, 0, bytes);
          sent += bytes.byteLength;
        }
        return sent;
      },
    };
    upload = this.#open(content, sink);
    return {
      requestManifest: (page) => upload.manifestRequested(page),
      requestLeaves: (group) => upload.leavesRequested(group),
      request: (first, count) => upload.requested(first, count),
      cancel: (first, count) => upload.cancelled(first, count),
      complain: (leaf) => upload.complained(leaf),
      got: (first, count) => upload.askerHave(first, count),
      // Nobody else is served by what this machine copies to itself.
      has() {},
      claim() {},
      unclaim() {},
      close: () => {
        closed = true;
        upload.close();
      },
    };
  }
}
