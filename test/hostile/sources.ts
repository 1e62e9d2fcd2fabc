import { randomBytes } from 'node:crypto';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { pageOf } from '../../src/transfer/manifest-pages.ts';
import type { AnswerFrame, RawSource } from '../harness/raw-source.ts';
import type { SampleContent } from '../support/sample-content.ts';

/** How a source lies about a content that it says it has, and what a downloader says of it. */
export interface LyingSource {
  readonly said: RegExp;
  readonly answer: (content: SampleContent) => AnswerFrame;
}

/** Has nothing of what it is asked for. */
export const refuseAll: AnswerFrame = (frame, source) => {
  if (frame.type === 'interest') source.send({ type: 'reject', channel: frame.channel, reason: 'unknown' });
};

/** These break no frame, so the downloader drops them for good. */
export const LIARS = {
  'wrong bytes': {
    said: /it sent bytes that are not what their hash says/,
    answer: (content) => honest(content, { leaf: (n) => content.leaf(n).map((byte) => byte ^ 1) }),
  },
  'wrong leaf hashes': {
    said: /its hashes of group 0 are wrong/,
    answer: (content) => honest(content, { group: (n) => randomBytes(content.group(n).byteLength) }),
  },
  'a manifest of something else': {
    said: /manifest does not belong to content/,
    answer: (content) =>
      honest(content, { page: (n) => randomBytes(pageOf(content.manifest, n)!.byteLength) }),
  },
  'a manifest that is too long': {
    said: /its manifest does not fit/,
    answer: (content) => honest(content, { page: () => randomBytes(2048 * 32) }),
  },
  'another size': {
    said: /its manifest does not fit/,
    answer: (content) => honest(content, { size: content.size + 2 ** 40 }),
  },
  'nothing of what its index tells': {
    said: /it does not share this content any more/,
    answer: () => refuseAll,
  },
} satisfies Record<string, LyingSource>;

/** These end the connection, or let it stand, and are tried again later. */
export const BREAKERS = {
  'a frame of 4 GiB': {
    said: /closed here: /,
    answer: () => onInterest((source) => source.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x09]))),
  },
  'what nobody asked for': {
    said: /it sent what nobody asked for/,
    answer: () => onInterest((source, channel) => source.data(channel, 77, randomBytes(1000), 4096)),
  },
  'a second preface': {
    said: /closed here: /,
    answer: () => onInterest((source) => source.write(PREFACE, PREFACE)),
  },
  silence: {
    said: /it has been silent for 10 s/,
    answer: (content) => (frame, source) => {
      if (frame.type !== 'request') honest(content)(frame, source);
    },
  },
} satisfies Record<string, LyingSource>;

/** Gives a byte every now and then, and so is never silent. */
export const dripping =
  (content: SampleContent): AnswerFrame =>
  (frame, source) => {
    if (frame.type !== 'request') return honest(content)(frame, source);
    let at = 0;
    const drip = setInterval(() => {
      source.data(frame.channel, frame.first, content.leaf(frame.first).subarray(at, at + 1), at);
      at += 1;
    }, 500);
    source.socket.once('close', () => clearInterval(drip));
  };

interface Lies {
  readonly size?: number;
  readonly page?: (n: number) => Uint8Array;
  readonly group?: (n: number) => Uint8Array;
  readonly leaf?: (n: number) => Uint8Array;
}

/** Answers as a holder does, but for these. */
function honest(content: SampleContent, lies: Lies = {}): AnswerFrame {
  const { size = content.size, page = (n) => pageOf(content.manifest, n) ?? new Uint8Array(32) } = lies;
  const { group = content.group, leaf = content.leaf } = lies;
  return (frame, source) => {
    if (!('channel' in frame)) return;
    const { channel } = frame;
    if (frame.type === 'interest') source.send({ type: 'holding', channel, size, whole: true });
    else if (frame.type === 'manifestRequest')
      source.send({ type: 'manifest', channel, page: frame.page, hashes: page(frame.page) });
    else if (frame.type === 'leavesRequest')
      source.send({ type: 'leaves', channel, group: frame.group, hashes: group(frame.group) });
    else if (frame.type === 'request')
      for (let n = 0; n < frame.count; n += 1) source.data(channel, frame.first + n, leaf(frame.first + n));
  };
}

const onInterest =
  (then: (source: RawSource, channel: number) => void): AnswerFrame =>
  (frame, source) => {
    if (frame.type === 'interest') then(source, frame.channel);
  };
