import { type ReactNode, useMemo, useState } from 'react';
import { useLiveJobs } from '../../api/live.ts';
import { Empty, Skeleton } from '../../parts/states.tsx';
import { useSorted } from '../../parts/use-sorted.ts';
import { VirtualTable } from '../../parts/virtual-table.tsx';
import { Page } from '../../shell/page.tsx';
import { goTo, routeTo, useRoute } from '../../shell/route.ts';
import { JobDrawer } from './job-drawer.tsx';
import { isUnderWay } from './job-words.ts';
import { COLUMNS } from './transfer-columns.tsx';
import './transfers.css';

const FILTERS = ['All', 'Under way', 'Done', 'Failed'] as const;
type Filter = (typeof FILTERS)[number];

/** Every download that the peer remembers, live. `#/transfers/JOB` shows one of them. */
export function TransfersPage(): ReactNode {
  const jobs = useLiveJobs();
  const { rest } = useRoute();
  const [filter, setFilter] = useState<Filter>('All');
  const shown = useMemo(
    () => [...(jobs?.values() ?? [])].filter(({ state }) => fits(state, filter)),
    [jobs, filter],
  );
  const sorted = useSorted(shown, COLUMNS, { key: 'created', descending: true });
  const selected = jobs?.get(rest);
  return (
    <Page title="Transfers" head={<Filters now={filter} onChange={setFilter} />}>
      <div className="beside">
        {!jobs && <Skeleton />}
        {jobs?.size === 0 && <NoneYet />}
        {jobs && jobs.size > 0 && shown.length === 0 && (
          <Empty icon="transfers" title={`Nothing here is ${filter.toLowerCase()}`} />
        )}
        {shown.length > 0 && (
          <VirtualTable
            label="Transfers"
            columns={COLUMNS}
            {...sorted}
            rowKey={({ id }) => id}
            rowHeight={52}
            narrowRowHeight={84}
            selected={selected?.id}
            onOpen={({ id }) => goTo(routeTo('transfers', id))}
          />
        )}
        {selected && <JobDrawer key={selected.id} job={selected} onClose={close} />}
      </div>
    </Page>
  );
}

const close = (): void => goTo(routeTo('transfers'));

function Filters({
  now,
  onChange,
}: {
  readonly now: Filter;
  readonly onChange: (to: Filter) => void;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div className="tabs" role="group" aria-label="Show">
      {FILTERS.map((filter) => (
        <button key={filter} type="button" aria-pressed={filter === now} onClick={() => onChange(filter)}>
          {filter}
        </button>
      ))}
    </div>
  );
}

function NoneYet(): ReactNode {
  return (
    <Empty icon="transfers" title="Nothing has been fetched yet">
      <p>
        Fetch a file with <code>peerdex get NAME</code>: it shows here while it arrives.
      </p>
    </Empty>
  );
}

function fits(state: string, filter: Filter): boolean {
  if (filter === 'All') return true;
  if (filter === 'Under way') return isUnderWay(state) || state === 'paused';
  return state === (filter === 'Done' ? 'done' : 'failed');
}
