import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { JobLeaves as Leaves } from '../../../protocol/http/local/job-operations.ts';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { api, isApiError } from '../../api/client.ts';
import { formatCount, formatNumber } from '../../format/amounts.ts';
import { ErrorNote } from '../../parts/states.tsx';
import { isUnderWay, titleOf } from './job-words.ts';
import { type CellKind, leafCells, MOST_CELLS } from './leaf-cells.ts';

/** While somebody looks, and something moves; the next one is asked for when this one has come. */
const EVERY_MS = 1000;

/** Which parts of a file are here, come, or are missing, and how rare those are. `item`: of which file; else of the one with most to come. */
export function JobLeaves({
  job,
  item,
}: {
  readonly job: LiveJob;
  readonly item?: number | undefined;
}): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['leaves', job.id, job.state, item],
    queryFn: ({ signal }) =>
      api.jobLeaves({ params: { job: job.id }, query: { item, bins: MOST_CELLS } }, { signal }),
    refetchInterval: isUnderWay(job.state) ? EVERY_MS : false,
    placeholderData: (before) => before,
  });
  // It puts folders on disk, and no file.
  if (isApiError(error) && error.code === 'not-found') return null;
  return (
    <section className="job-leaves" aria-label="Parts">
      <h3>Parts</h3>
      {error && <ErrorNote error={error} />}
      {data && <Picture leaves={data} />}
    </section>
  );
}

function Picture({ leaves }: { readonly leaves: Leaves }): ReactNode {
  if (leaves.leaves === 0) return <p className="muted">An empty file has none.</p>;
  const { width, height, paths } = leafCells(leaves);
  const legend = legendOf(leaves);
  return (
    <>
      <svg
        className="leaf-map"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        style={{ aspectRatio: `${width} / ${Math.max(height, 12)}` }}
        role="img"
        aria-label={`Parts of ${titleOf(leaves.path)}: ${legend.map(({ count, text }) => `${formatNumber(count)} ${text}`).join(', ')}`}
      >
        {[...paths].map(([kind, d]) => (
          <path key={kind} data-kind={kind} d={d} />
        ))}
      </svg>
      <ul className="leaf-legend" aria-hidden="true">
        {legend.map(({ kind, count, text }) => (
          <li key={kind}>
            <i data-kind={kind} />
            {formatNumber(count)} {text}
          </li>
        ))}
      </ul>
      <p className="muted">
        {formatCount(leaves.leaves, 'part')} of <span className="name">{titleOf(leaves.path)}</span>
        {leaves.leaves > MOST_CELLS &&
          `; each cell is about ${formatNumber(Math.round(leaves.leaves / MOST_CELLS))} of them`}
      </p>
    </>
  );
}

interface Legend {
  readonly kind: CellKind;
  readonly count: number;
  readonly text: string;
}

function legendOf({ here, coming, atNobody, atOne, atMore, bins }: Leaves): Legend[] {
  // Nobody is connected for a file that does not run: that nobody has the rest would be no news.
  const isAsked = bins.rarest.some((holders) => holders !== null);
  const all: Legend[] = [
    { kind: 'here', count: here, text: 'here' },
    { kind: 'coming', count: coming, text: 'on their way' },
    { kind: 'more', count: atMore, text: 'at several peers' },
    { kind: 'one', count: atOne, text: 'at one peer only' },
    isAsked
      ? { kind: 'nobody', count: atNobody, text: 'at nobody who is connected' }
      : { kind: 'missing', count: atNobody, text: 'missing' },
  ];
  return all.filter(({ count }) => count > 0);
}
