import { ERROR_CODES } from '../../../core/errors.ts';
import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { ContentIdShape, CountShape, NameShape, TimeShape } from '../shapes.ts';
import { AbsolutePath, Text } from './local-shapes.ts';

const Counts = {
  share: NameShape,
  files: CountShape,
  bytes: CountShape,
};

/** How far the verification of a share is: of the one under way what is done and in all, else zeros. */
export const VerifiedShare = Type.Object({
  ...Counts,
  state: Type.Enum(['running', 'ended', 'never'] as const),
  totalFiles: CountShape,
  totalBytes: CountShape,
  /** Files whose bytes have changed while they look as they did. */
  rotten: CountShape,
  /** When the one under way began, or null. */
  began: Type.Union([TimeShape, Type.Null()]),
  /** When the last one ended, or null. */
  ended: Type.Union([TimeShape, Type.Null()]),
});

/** What a verification comes to, one a line. `alive` says, once a second, that the daemon is there. */
export const VerifyEvent = Type.Union([
  Type.Object({ event: Type.Literal('alive') }),
  Type.Object({
    event: Type.Literal('progress'),
    ...Counts,
    totalFiles: CountShape,
    totalBytes: CountShape,
  }),
  Type.Object({
    event: Type.Literal('rotten'),
    share: NameShape,
    path: AbsolutePath,
    /** What it should be, and what it is; null where it cannot be read. */
    content: ContentIdShape,
    found: Type.Union([ContentIdShape, Type.Null()]),
    reason: Text,
  }),
  Type.Object({
    event: Type.Literal('done'),
    ...Counts,
    seconds: Type.Number({ minimum: 0 }),
    /** In the share, those that were known before too. */
    rotten: CountShape,
  }),
  Type.Object({
    event: Type.Literal('failed'),
    share: NameShape,
    code: Type.Enum(ERROR_CODES),
    reason: Text,
  }),
  /** The last line. */
  Type.Object({ event: Type.Literal('end') }),
]);
export type VerifyEvent = Static<typeof VerifyEvent>;

const OneShare = {
  body: Type.Object({ path: AbsolutePath }),
  response: Type.Object({ path: AbsolutePath, name: NameShape }),
};

/** The care of what is shared. */
export const shareOperations = {
  pauseShare: {
    method: 'POST',
    path: '/v1/shares/pause',
    summary: 'Takes a share out of the index until it is resumed; what is known of its files is kept.',
    ...OneShare,
    errors: ['not-found', 'conflict'],
  },
  resumeShare: {
    method: 'POST',
    path: '/v1/shares/resume',
    summary: 'Offers a paused share again.',
    ...OneShare,
    errors: ['not-found', 'forbidden'],
  },
  verify: {
    method: 'POST',
    path: '/v1/verify',
    summary:
      'Hashes what a share holds again, or all shares, and tells what is rotten. It goes on without the caller; a second call follows it.',
    body: Type.Object({ share: Type.Optional(NameShape) }),
    response: VerifyEvent,
    kind: 'ndjson',
    errors: ['not-found'],
  },
  verification: {
    method: 'GET',
    path: '/v1/verify',
    summary: 'How far the verification of each share is.',
    response: Type.Object({ shares: Type.Array(VerifiedShare) }),
    errors: [],
  },
} as const satisfies Operations;
