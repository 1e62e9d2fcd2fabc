import type { ReactNode } from 'react';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { formatRate, percentOf } from '../../format/amounts.ts';
import { formatAgo, formatTime, formatTimeLeft } from '../../format/times.ts';
import { MarkBox } from '../../parts/mark-box.tsx';
import { Progress } from '../../parts/progress.tsx';
import { useNow } from '../../parts/use-now.ts';
import type { Column } from '../../parts/virtual-table.tsx';
import { JobButtons } from './job-buttons.tsx';
import { amountOf, lineOf, shortLineOf, stateKind, stateWord, titleOf } from './job-words.ts';

export interface Marking {
  readonly isMarked: (job: LiveJob) => boolean;
  /** `isRange`: with all from the one before. */
  readonly onMark: (job: LiveJob, isRange: boolean) => void;
}

/** The first has a box in each row, by which several are chosen. */
export const columnsOf = ({ isMarked, onMark }: Marking): readonly Column<LiveJob>[] => [
  {
    key: 'chosen',
    title: '',
    label: 'Chosen',
    width: '20px',
    cell: (job) => (
      <MarkBox name={titleOf(job.what)} isMarked={isMarked(job)} onMark={(isRange) => onMark(job, isRange)} />
    ),
  },
  ...COLUMNS,
];

const COLUMNS: readonly Column<LiveJob>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(160px, 1.4fr)',
    narrow: 'minmax(0, 1fr)',
    cell: (job, isNarrow) => <NameCell job={job} isNarrow={isNarrow} />,
    sort: ({ what }) => titleOf(what),
  },
  {
    key: 'progress',
    title: 'Progress',
    width: 'minmax(150px, 1fr)',
    from: 640,
    cell: (job) => <ProgressCell job={job} />,
    sort: ({ bytes, size }) => percentOf(bytes, size),
  },
  {
    key: 'rate',
    title: 'Rate',
    width: '84px',
    align: 'right',
    from: 641,
    cell: ({ rate }) => formatRate(rate),
    sort: ({ rate }) => rate,
  },
  {
    key: 'left',
    title: 'Time left',
    width: '84px',
    align: 'right',
    from: 740,
    cell: ({ bytes, size, rate }) => formatTimeLeft(bytes, size, rate),
  },
  {
    key: 'created',
    title: 'Added',
    width: '96px',
    align: 'right',
    from: 860,
    cell: ({ created }) => <Added created={created} />,
    sort: ({ created }) => created,
  },
  {
    key: 'buttons',
    title: '',
    label: 'Actions',
    width: '72px',
    narrow: '84px',
    cell: (job) => <JobButtons job={job} iconOnly />,
  },
];

function NameCell({ job, isNarrow }: { readonly job: LiveJob; readonly isNarrow: boolean }): ReactNode {
  const line = isNarrow ? [amountOf(job), lineOf(job)].filter(Boolean).join(' · ') : shortLineOf(job);
  return (
    <div className="transfer-name">
      <div className="transfer-title">
        <strong className="one-line name" title={job.what}>
          {titleOf(job.what)}
        </strong>
        {job.mirror && <span className="badge">mirror</span>}
      </div>
      {isNarrow && <JobProgress job={job} />}
      <span className="one-line muted" title={line}>
        {line}
      </span>
    </div>
  );
}

function ProgressCell({ job }: { readonly job: LiveJob }): ReactNode {
  return (
    <div className="transfer-progress">
      <div>
        <span className="muted number">{amountOf(job)}</span>
        <span className="badge" data-kind={stateKind(job)}>
          {job.state === 'running' ? `${percentOf(job.bytes, job.size)} %` : stateWord(job)}
        </span>
      </div>
      <JobProgress job={job} />
    </div>
  );
}

export function JobProgress({ job }: { readonly job: LiveJob }): ReactNode {
  // Of a mirror the bytes are those of the moment.
  if (job.mirror && job.bytes >= job.size) return null;
  const kind = { done: 'good', failed: 'bad', paused: 'idle', cancelled: 'idle' } as const;
  return (
    <Progress
      percent={percentOf(job.bytes, job.size)}
      kind={kind[job.state as keyof typeof kind]}
      label={`Progress of ${titleOf(job.what)}`}
    />
  );
}

function Added({ created }: { readonly created: string }): ReactNode {
  const now = useNow();
  return (
    <time className="muted" dateTime={created} title={formatTime(created)}>
      {formatAgo(created, now)}
    </time>
  );
}
