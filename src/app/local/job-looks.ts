import { PeerdexError } from '../../core/errors.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import type { jobOperations } from '../../protocol/http/local/job-operations.ts';
import type { JobService } from '../../transfer/job-service.ts';

const DEFAULT_ITEMS = 200;
const DEFAULT_BINS = 500;

/** What is in a job, for who looks closer. */
export function jobLookHandlers(jobs: JobService): Handlers<typeof jobOperations> {
  const pathIn = (job: string, relative: string) => {
    const { root } = jobs.view(job);
    return `${root === '/' ? '' : root}/${relative}`;
  };
  return {
    jobItems({ params: { job }, query: { state, after = -1, limit = DEFAULT_ITEMS } }) {
      const { items, totals, next } = jobs.looks.items(job, state, after, limit);
      const { open, done, failed } = totals;
      return {
        items: items.map(({ ordinal, relative, kind, size, bytes, isUnderWay, code, reason, ...item }) => ({
          item: ordinal,
          path: pathIn(job, relative),
          kind,
          size,
          bytes,
          state: item.state,
          underWay: isUnderWay,
          code: code ?? null,
          reason: reason ?? null,
        })),
        counts: { open, done, failed },
        ...(next === undefined ? {} : { next }),
      };
    },
    async jobLeaves({ params: { job }, query: { item: ordinal, bins: most = DEFAULT_BINS } }) {
      const look = await jobs.looks.leaves(job, ordinal, most);
      if (!look) throw new PeerdexError('not-found', `job ${job} has no such file`);
      const { item, bins } = look;
      const { have: here, ...tally } = bins.tally;
      return {
        item: item.ordinal,
        path: pathIn(job, item.relative),
        size: item.size,
        leaves: bins.leaves,
        here,
        ...tally,
        bins: { here: bins.have, coming: bins.coming, rarest: bins.rarest },
      };
    },
  };
}
