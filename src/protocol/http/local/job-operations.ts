import { ERROR_CODES } from '../../../core/errors.ts';
import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { CountShape } from '../shapes.ts';
import { AbsolutePath, JobParams, Text } from './local-shapes.ts';

const Counts = Type.Array(CountShape, { maxItems: 2000 });
/** From 0 within its job. */
const Ordinal = Type.Integer({ minimum: 0 });

export const ITEM_STATES = ['open', 'done', 'failed'] as const;

export const JobItemRow = Type.Object({
  item: Ordinal,
  path: AbsolutePath,
  kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
  size: CountShape,
  /** On disk, while it is on its way. */
  bytes: CountShape,
  state: Type.Enum(ITEM_STATES),
  underWay: Type.Boolean(),
  code: Type.Union([Type.Enum(ERROR_CODES), Type.Null()]),
  reason: Type.Union([Text, Type.Null()]),
});
export type JobItemRow = Static<typeof JobItemRow>;

export const JobItems = Type.Object({
  items: Type.Array(JobItemRow, { maxItems: 1000 }),
  /** Of the whole job, folders among them. */
  counts: Type.Object({ open: CountShape, done: CountShape, failed: CountShape }),
  /** `after` of the page behind it; absent for the last one. */
  next: Type.Optional(Ordinal),
});
export type JobItems = Static<typeof JobItems>;

/**
 * Which leaves of one file are here, in bins of neighbouring leaves: bin i begins with leaf `floor(i * leaves / bins)`. The counts after
 * `coming` are of leaves that are neither here nor coming, by how many connected peers have them or will soon.
 */
export const JobLeaves = Type.Object({
  item: Ordinal,
  path: AbsolutePath,
  size: CountShape,
  leaves: CountShape,
  here: CountShape,
  coming: CountShape,
  atNobody: CountShape,
  atOne: CountShape,
  atMore: CountShape,
  bins: Type.Object({
    here: Counts,
    coming: Counts,
    /** How many connected peers have the rarest leaf of the bin that is not here; null where none is missing, or nobody is connected. */
    rarest: Type.Array(Type.Union([CountShape, Type.Null()]), { maxItems: 2000 }),
  }),
});
export type JobLeaves = Static<typeof JobLeaves>;

/** What is in a job, for who looks closer. */
export const jobOperations = {
  jobItems: {
    method: 'GET',
    path: '/v1/jobs/:job/items',
    summary: 'What a job puts on disk, by its state, in pages.',
    params: JobParams,
    query: Type.Object({
      state: Type.Enum(ITEM_STATES),
      /** Those behind this item; from the first without. */
      after: Type.Optional(Ordinal),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    response: JobItems,
    errors: ['not-found'],
  },
  jobLeaves: {
    method: 'GET',
    path: '/v1/jobs/:job/leaves',
    summary:
      'Which leaves of one file of a job are here, coming and missing, and how rare those are; without `item` of the file that has most to come.',
    params: JobParams,
    query: Type.Object({
      item: Type.Optional(Ordinal),
      bins: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000 })),
    }),
    response: JobLeaves,
    errors: ['not-found'],
  },
} as const satisfies Operations;
