import { type InfiniteData, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { JobItemRow, JobItems as Page } from '../../../protocol/http/local/job-operations.ts';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { api } from '../../api/client.ts';
import { formatSize, percentOf } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNote } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { type Column, VirtualTable } from '../../parts/virtual-table.tsx';
import { sayError } from '../../shell/toasts.tsx';
import { isUnderWay } from './job-words.ts';

type State = JobItemRow['state'];

const PAGE = 200;
const EVERY_MS = 2000;
/** Whoever has scrolled through more pages gets them anew when the job ends, not all of them every two seconds. */
const MOST_LIVE_PAGES = 2;

interface JobItemsProps {
  readonly job: LiveJob;
  readonly chosen: number | undefined;
  /** To see the parts of this one. */
  readonly onChoose: (item: number) => void;
}

/** What a job of many files puts on disk, by its state; nothing for a single file. */
export function JobItems({ job, chosen, onChoose }: JobItemsProps): ReactNode {
  const [picked, setPicked] = useState<State>();
  const state = picked ?? firstState(job.state);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['items', job.id, job.state, state],
    queryFn: ({ pageParam: after, signal }) =>
      api.jobItems({ params: { job: job.id }, query: { state, after, limit: PAGE } }, { signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state: { data: pages } }) => everyOf(job.state, pages),
    placeholderData: (before) => before,
  });
  const counts = data?.pages.at(0)?.counts;
  if (error) return <ErrorNote error={error} />;
  if (!data || !counts || counts.open + counts.done + counts.failed < 2) return null;
  // Reasons are sentences, and take two lines.
  const rowHeight = state === 'failed' ? 66 : 46;
  const rows = data.pages.flatMap(({ items }) => items);
  return (
    <section className="job-items" aria-label="Files">
      <h3>Files</h3>
      <Tabs
        label="Files by state"
        tabs={STATES.map(([key, title]) => ({ key, title, count: counts[key] }))}
        now={state}
        onChange={setPicked}
      />
      {state === 'failed' && counts.failed > 0 && isUnderWay(job.state) && <RetryFailed job={job} />}
      {rows.length === 0 ? (
        <p className="muted">None.</p>
      ) : (
        <div className="job-items-table" style={{ height: Math.min(8, rows.length) * rowHeight + 35 }}>
          <VirtualTable
            label="Files of the job"
            columns={COLUMNS}
            rows={rows}
            total={counts[state]}
            rowKey={({ item }) => String(item)}
            rowHeight={rowHeight}
            selected={chosen === undefined ? undefined : String(chosen)}
            onOpen={({ item, kind }) => kind === 'file' && onChoose(item)}
            onReach={(index) => {
              if (index >= rows.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
            }}
          />
        </div>
      )}
    </section>
  );
}

/** What failed need not wait for the rest; a job that has ended has its own button. */
function RetryFailed({ job }: { readonly job: LiveJob }): ReactNode {
  const retry = useMutation({ mutationFn: () => api.resume({ params: { job: job.id } }), onError: sayError });
  return (
    <div>
      <Button
        label="Retry what failed"
        icon="again"
        disabled={retry.isPending}
        onPress={() => retry.mutate()}
      />
    </div>
  );
}

const STATES: readonly (readonly [State, string])[] = [
  ['open', 'To come'],
  ['done', 'Done'],
  ['failed', 'Failed'],
];

const COLUMNS: readonly Column<JobItemRow>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(0, 1fr)',
    cell: (item) => {
      const parts = item.path.split('/');
      const line = item.reason ?? parts.slice(0, -1).join('/');
      return (
        <div className="transfer-name">
          <span className="one-line name" title={item.path}>
            {parts.at(-1)}
          </span>
          <span className={item.reason ? 'job-item-reason muted' : 'one-line muted'} title={line}>
            {line}
          </span>
        </div>
      );
    },
  },
  {
    key: 'size',
    title: 'Size',
    width: '76px',
    align: 'right',
    cell: ({ kind, size, bytes, underWay }) => {
      if (kind === 'folder') return 'folder';
      return underWay ? `${percentOf(bytes, size)} %` : formatSize(size);
    },
  },
];

function firstState(state: LiveJob['state']): State {
  if (state === 'failed') return 'failed';
  return state === 'done' ? 'done' : 'open';
}

const everyOf = (state: LiveJob['state'], pages: InfiniteData<Page> | undefined): number | false =>
  isUnderWay(state) && (pages?.pages.length ?? 0) <= MOST_LIVE_PAGES ? EVERY_MS : false;
