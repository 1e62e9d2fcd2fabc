import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { api } from '../../api/client.ts';
import { formatRate, formatSize } from '../../format/amounts.ts';
import { formatTime } from '../../format/times.ts';
import { Drawer } from '../../parts/drawer.tsx';
import { ErrorNote } from '../../parts/states.tsx';
import { JobButtons } from './job-buttons.tsx';
import { amountOf, isUnderWay, STATE_WORDS, titleOf } from './job-words.ts';
import { JobProgress } from './transfer-columns.tsx';

/** While somebody looks, and something moves. */
const WHY_EVERY_MS = 2000;

export function JobDrawer({
  job,
  onClose,
}: {
  readonly job: LiveJob;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Drawer title={titleOf(job.what)} onClose={onClose}>
      <div className="job-amount">
        <span>
          {STATE_WORDS[job.state]}, {amountOf(job)}
        </span>
        <JobProgress job={job} />
      </div>
      <JobButtons job={job} />
      <Why job={job} />
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

/** The same words as `peerdex why JOB`, and what each source does. */
function Why({ job }: { readonly job: LiveJob }): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['why', job.id, job.state],
    queryFn: ({ signal }) => api.why({ params: { job: job.id } }, { signal }),
    refetchInterval: isUnderWay(job.state) ? WHY_EVERY_MS : false,
    placeholderData: (before) => before,
  });
  if (error) return <ErrorNote error={error} />;
  const sources = data?.files.flatMap((file) => file.sources.map((source) => ({ file, source }))) ?? [];
  return (
    <section className="job-why" aria-label="Why">
      <h3>Why</h3>
      {data ? (
        data.causes.map(({ cause, text }) => <p key={cause}>{text}</p>)
      ) : (
        <p className="muted">Asking…</p>
      )}
      {sources.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Gave</th>
              <th scope="col">Rate</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ file, source }) => (
              <tr key={`${file.path} ${source.peer}`}>
                <td className="name">{source.name}</td>
                <td>{formatSize(source.bytes)}</td>
                <td>{formatRate(source.rate) || 'idle'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
