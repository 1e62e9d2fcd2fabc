import type { RatePlan } from '../../core/rate-schedule.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import type { limitOperations, ShownLimits } from '../../protocol/http/local/limit-operations.ts';
import { keepLimits, readKeptLimits } from '../kept-limits.ts';
import type { ScheduledRate } from '../scheduled-rate.ts';
import type { LocalParts } from './local-parts.ts';

/** Rates that hold now, and those that stay. */
export function limitHandlers({
  transfer: { up, down },
  data,
  log,
}: LocalParts): Handlers<typeof limitOperations> {
  const shown = (): ShownLimits => ({
    up: shownRate(up),
    down: shownRate(down),
    kept: readKeptLimits(data, log) !== undefined,
  });
  return {
    limit({ body }) {
      if (body.up !== undefined) up.set(body.up ?? undefined);
      if (body.down !== undefined) down.set(body.down ?? undefined);
      return { up: up.limiter.rate ?? null, down: down.limiter.rate ?? null };
    },
    limits: () => shown(),
    keepLimits({ body }) {
      keepLimits(data, body);
      up.follow(body.up);
      down.follow(body.down);
      return shown();
    },
    forgetLimits() {
      keepLimits(data, undefined);
      up.follow(up.first);
      down.follow(down.first);
      return shown();
    },
  };
}

const shownRate = ({ limiter, plan, isSet }: ScheduledRate): ShownLimits['up'] => ({
  now: limiter.rate ?? null,
  isSet,
  ...copyOf(plan),
});

const copyOf = ({ usual, periods }: RatePlan) => ({
  usual,
  periods: periods.map((period) => ({ ...period })),
});
