import type { JobRow } from '../../protocol/http/local/job-row.ts';
import type { JobView } from '../../transfer/job-view.ts';

export const jobRow = (job: JobView): JobRow => {
  const { id, what, shown, bytes, size, rate, sources, why } = job;
  const row = { id, what, state: shown, bytes, size, rate, sources, reason: why ?? null };
  return job.mirror ? { ...row, mirror: mirrorFacts(job, job.mirror) } : row;
};

const mirrorFacts = (
  { root, asks, pass }: JobView,
  { removes, removesAll, once }: NonNullable<JobView['mirror']>,
): NonNullable<JobRow['mirror']> => ({
  ...{ to: root, delete: removes, deleteAll: removesAll, once },
  asks: asks ? { files: asks.files, of: asks.of } : null,
  pass: pass
    ? {
        ended: new Date(pass.ended).toISOString(),
        equal: pass.equal,
        left: pass.left.map(({ relative, reason }) => ({ path: relative, reason })),
        more: pass.more,
      }
    : null,
});
