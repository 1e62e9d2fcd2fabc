import type { JobRow } from '../../protocol/http/local/answers.ts';
import type { JobView } from '../../transfer/job-view.ts';

export const jobRow = ({ id, what, shown, bytes, size, rate, sources, why }: JobView): JobRow => ({
  id,
  what,
  state: shown,
  bytes,
  size,
  rate,
  sources,
  reason: why ?? null,
});
