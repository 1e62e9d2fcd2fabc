import { type ReactNode, useState } from 'react';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { formatTime } from '../../format/times.ts';
import { Drawer } from '../../parts/drawer.tsx';
import { JobButtons } from './job-buttons.tsx';
import { JobItems } from './job-items.tsx';
import { JobLeaves } from './job-leaves.tsx';
import { JobWhy } from './job-why.tsx';
import { amountOf, lineOf, stateWord, titleOf } from './job-words.ts';
import { MirrorSection } from './mirror-section.tsx';
import { JobProgress } from './transfer-columns.tsx';

export function JobDrawer({
  job,
  onClose,
}: {
  readonly job: LiveJob;
  readonly onClose: () => void;
}): ReactNode {
  /** Whose parts are shown; undefined: as the peer thinks best. */
  const [item, setItem] = useState<number>();
  return (
    <Drawer title={titleOf(job.what)} onClose={onClose}>
      <div className="job-amount">
        <span>{[stateWord(job), amountOf(job)].filter(Boolean).join(', ')}</span>
        <JobProgress job={job} />
        {job.state === 'running' && <span className="muted number">{lineOf(job)}</span>}
      </div>
      <JobButtons job={job} />
      <JobWhy job={job} />
      {job.mirror && <MirrorSection job={job} mirror={job.mirror} />}
      {(!job.mirror || job.state === 'running') && job.size > 0 && <JobLeaves job={job} item={item} />}
      <JobItems job={job} chosen={item} onChoose={setItem} />
      <dl className="facts">
        <dt>Asked for</dt>
        <dd className="name">{job.what}</dd>
        <dt>Lands in</dt>
        <dd className="name">{job.folder}</dd>
        <dt>Added</dt>
        <dd>{formatTime(job.created)}</dd>
        {job.ended !== null && (
          <>
            <dt>Ended</dt>
            <dd>{formatTime(job.ended)}</dd>
          </>
        )}
        <dt>Job</dt>
        <dd>
          <code>{job.id}</code>
        </dd>
      </dl>
    </Drawer>
  );
}
