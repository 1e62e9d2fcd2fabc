import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { JobWhy as WhyAnswer } from '../../../protocol/http/local/job-why.ts';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { api } from '../../api/client.ts';
import { formatRate, formatSize } from '../../format/amounts.ts';
import { ErrorNote } from '../../parts/states.tsx';
import { isUnderWay } from './job-words.ts';

/** While somebody looks, and something moves. */
const EVERY_MS = 2000;

/** The same words as `peerdex why JOB`, and what each source does. */
export function JobWhy({ job }: { readonly job: LiveJob }): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['why', job.id, job.state],
    queryFn: ({ signal }) => api.why({ params: { job: job.id } }, { signal }),
    refetchInterval: isUnderWay(job.state) ? EVERY_MS : false,
    placeholderData: (before) => before,
  });
  if (error) return <ErrorNote error={error} />;
  const sources = data ? sourcesOf(data) : [];
  return (
    <section className="job-why" aria-label="Why">
      <h3>Why</h3>
      {data ? (
        data.causes.map(({ cause, text }) => <p key={`${cause} ${text}`}>{text}</p>)
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
            {sources.slice(0, MOST_SOURCES).map(({ peer, name, bytes, rate, silent }) => (
              <tr key={peer}>
                <td className="name">{name}</td>
                <td>{formatSize(bytes)}</td>
                <td>{formatRate(rate) || (silent >= 2 ? `silent for ${Math.round(silent)} s` : 'idle')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {sources.length > MOST_SOURCES && <p className="muted">and {sources.length - MOST_SOURCES} more</p>}
    </section>
  );
}

const MOST_SOURCES = 50;
type Source = WhyAnswer['files'][number]['sources'][number];

/** A source of several files counts once; the busiest first. */
function sourcesOf({ files }: WhyAnswer): Source[] {
  const sources = new Map<string, Source>();
  for (const source of files.flatMap((file) => file.sources)) {
    const known = sources.get(source.peer);
    sources.set(
      source.peer,
      known
        ? {
            ...known,
            bytes: known.bytes + source.bytes,
            rate: known.rate + source.rate,
            silent: Math.min(known.silent, source.silent),
          }
        : source,
    );
  }
  return [...sources.values()].sort((a, b) => b.rate - a.rate || b.bytes - a.bytes);
}
