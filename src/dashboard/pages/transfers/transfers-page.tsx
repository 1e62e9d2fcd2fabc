import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { useLiveJobs } from '../../api/live.ts';
import { mark, NOTHING_SELECTED } from '../../parts/selection.ts';
import { Empty, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useSorted } from '../../parts/use-sorted.ts';
import { VirtualTable } from '../../parts/virtual-table.tsx';
import { Page } from '../../shell/page.tsx';
import { goTo, routeTo, useRoute } from '../../shell/route.ts';
import { JobDrawer } from './job-drawer.tsx';
import { ManyJobs } from './many-jobs.tsx';
import { columnsOf, type Marking } from './transfer-columns.tsx';
import { FILTER_TITLES, FILTERS, type Filter, filterOf, fits } from './transfer-filters.ts';
import './transfers.css';

/** Every download that the peer remembers, live. `#/transfers/JOB?show=failed` shows one of them beside those that failed. */
export function TransfersPage(): ReactNode {
  const jobs = useLiveJobs();
  const { rest, query } = useRoute();
  const filter = filterOf(query.get('show'));
  const all = useMemo(() => [...(jobs?.values() ?? [])], [jobs]);
  const shown = useMemo(() => all.filter((job) => fits(job, filter)), [all, filter]);
  const [selection, setSelection] = useState(NOTHING_SELECTED);
  const order = useRef<readonly string[]>([]);
  const marking: Marking = useMemo(
    () => ({
      isMarked: ({ id }) => selection.keys.has(id),
      onMark: ({ id }, isRange) => setSelection((before) => mark(before, id, isRange, order.current)),
    }),
    [selection],
  );
  const columns = useMemo(() => columnsOf(marking), [marking]);
  const sorted = useSorted(shown, columns, { key: 'created', descending: true });
  useEffect(() => {
    order.current = sorted.rows.map(({ id }) => id);
  }, [sorted.rows]);
  const marked = all.filter(marking.isMarked);
  const selected = jobs?.get(rest);
  const show = (job: string, to = filter) =>
    goTo(routeTo('transfers', job, to === 'all' ? {} : { show: to }));
  const close = useCallback(
    () => goTo(routeTo('transfers', '', filter === 'all' ? {} : { show: filter })),
    [filter],
  );
  return (
    <Page
      title="Transfers"
      head={
        <Tabs label="Show" tabs={tabsOf(all)} now={filter} onChange={(to) => show(selected?.id ?? '', to)} />
      }
    >
      <div className="beside">
        {!jobs && <Skeleton />}
        {jobs?.size === 0 && (filter === 'mirrors' ? <NoneSuch filter={filter} /> : <NoneYet />)}
        {jobs && jobs.size > 0 && (
          <div className="transfers">
            {shown.length === 0 ? (
              <NoneSuch filter={filter} />
            ) : (
              <VirtualTable
                label="Transfers"
                columns={columns}
                {...sorted}
                rowKey={({ id }) => id}
                rowHeight={52}
                narrowRowHeight={84}
                selected={selected?.id}
                onOpen={({ id }) => show(id)}
                {...marking}
              />
            )}
            {marked.length > 0 && (
              <ManyJobs
                jobs={marked}
                onAll={
                  shown.every(marking.isMarked)
                    ? undefined
                    : () => setSelection({ keys: new Set(shown.map(({ id }) => id)), anchor: undefined })
                }
                onClear={() => setSelection(NOTHING_SELECTED)}
              />
            )}
          </div>
        )}
        {selected && <JobDrawer key={selected.id} job={selected} onClose={close} />}
      </div>
    </Page>
  );
}

const tabsOf = (jobs: readonly LiveJob[]) =>
  FILTERS.map((key) => ({
    key,
    title: FILTER_TITLES[key],
    count: jobs.length === 0 ? undefined : jobs.filter((job) => fits(job, key)).length,
  }));

function NoneSuch({ filter }: { readonly filter: Filter }): ReactNode {
  if (filter === 'mirrors') {
    return (
      <Empty icon="again" title="No folder is mirrored here">
        <p>
          <code>peerdex mirror PEER:FOLDER/ --to DIR</code> keeps a folder of this machine equal to one of the
          network, and shows here.
        </p>
      </Empty>
    );
  }
  return (
    <Empty icon="transfers" title={`Nothing here is ${FILTER_TITLES[filter].toLowerCase()}`}>
      <p>
        <a href={routeTo('transfers')}>Show all transfers</a>
      </p>
    </Empty>
  );
}

function NoneYet(): ReactNode {
  return (
    <Empty icon="transfers" title="Nothing has been fetched yet">
      <p>
        <a href={routeTo('library')}>Find a file in the library</a>, or fetch one with{' '}
        <code>peerdex get NAME</code>: it shows here while it arrives.
      </p>
    </Empty>
  );
}
