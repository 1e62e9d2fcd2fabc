import { LEAST_RATE } from '../../../core/rate-limiter.ts';
import { MAX_PERIODS } from '../../../core/rate-schedule.ts';
import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';

/** Bytes a second; null: no limit. */
const Rate = Type.Union([
  Type.Number({ minimum: LEAST_RATE, maximum: Number.MAX_SAFE_INTEGER }),
  Type.Null(),
]);

/** See RatePlan. */
const Plan = {
  usual: Rate,
  periods: Type.Array(
    Type.Object({
      days: Type.Integer({ minimum: 1, maximum: 127 }),
      from: Type.Integer({ minimum: 0, maximum: 1439 }),
      to: Type.Integer({ minimum: 1, maximum: 1440 }),
      rate: Rate,
    }),
    { maxItems: MAX_PERIODS },
  ),
};

/** `now` holds at this moment; with `isSet` a person has set it until the daemon stops, and the plan does not count. */
const ShownRate = Type.Object({ now: Rate, isSet: Type.Boolean(), ...Plan });

export const ShownLimits = Type.Object({
  up: ShownRate,
  down: ShownRate,
  /** These were kept by `PUT`; else they are those of the settings. */
  kept: Type.Boolean(),
});
export type ShownLimits = Static<typeof ShownLimits>;

export const limitOperations = {
  limit: {
    method: 'POST',
    path: '/v1/limits',
    summary: 'Sets rate limits until the daemon stops, and says which hold.',
    body: Type.Object({ up: Type.Optional(Rate), down: Type.Optional(Rate) }),
    response: Type.Object({ up: Rate, down: Rate }),
    errors: [],
  },
  limits: {
    method: 'GET',
    path: '/v1/limits',
    summary: 'Which limits hold now, and what they are at which times.',
    response: ShownLimits,
    errors: [],
  },
  keepLimits: {
    method: 'PUT',
    path: '/v1/limits',
    summary:
      'Sets limits and their schedule, to stay over restarts; they take the place of those of the settings.',
    body: Type.Object({ up: Type.Object(Plan), down: Type.Object(Plan) }),
    response: ShownLimits,
    errors: [],
  },
  forgetLimits: {
    method: 'DELETE',
    path: '/v1/limits',
    summary: 'Goes back to the limits of the settings.',
    response: ShownLimits,
    errors: [],
  },
} as const satisfies Operations;
