import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { api } from '../../api/client.ts';
import { formatCount, formatNumber } from '../../format/amounts.ts';
import { formatAgo, formatTime } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';
import { useNow } from '../../parts/use-now.ts';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import type { Mirror } from './mirror-words.ts';

interface MirrorSectionProps {
  readonly job: LiveJob;
  readonly mirror: Mirror;
}

/** How a mirror stands: what it keeps equal, when it looked last, what it left alone, and what it asks. */
export function MirrorSection({ job, mirror }: MirrorSectionProps): ReactNode {
  const now = useNow();
  const { to, asks, pass } = mirror;
  return (
    <section className="mirror" aria-label="Mirror">
      <h3>Mirror</h3>
      {asks && <Asks job={job} to={to} {...asks} />}
      <p>
        Keeps <span className="name">{to}</span> equal to <span className="name">{job.what}</span>.{' '}
        {deletionWords(mirror)}
      </p>
      {pass ? (
        <p className="muted">
          Last looked{' '}
          <time dateTime={pass.ended} title={formatTime(pass.ended)}>
            {formatAgo(pass.ended, now)}
          </time>
          : {pass.equal ? 'all was equal.' : 'not all was equal.'}
        </p>
      ) : (
        <p className="muted">
          {job.state === 'paused' ? 'It does not look while it is paused.' : 'It has not looked yet.'}
        </p>
      )}
      {pass && pass.left.length > 0 && (
        <div className="mirror-left">
          <h4>Left as they are</h4>
          <ul>
            {pass.left.map(({ path, reason }) => (
              <li key={path}>
                <span className="name">{path}</span>
                <span className="muted">{reason}</span>
              </li>
            ))}
          </ul>
          {pass.more > 0 && <p className="muted">And {formatNumber(pass.more)} more.</p>}
          <p className="muted">Move one away, and what is mirrored comes in its place.</p>
        </div>
      )}
    </section>
  );
}

/** What it does only by somebody's word. */
function Asks({
  job,
  to,
  files,
  of,
}: {
  readonly job: LiveJob;
  readonly to: string;
  readonly files: number;
  readonly of: number;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const allow = useMutation({
    mutationFn: () => api.allowRemoval({ params: { job: job.id }, body: { files } }),
    onError: sayError,
    onSuccess: () => sayGood(`${formatCount(files, 'file')} may go from ${to}.`),
    onSettled: () => setOpen(false),
  });
  return (
    <div className="mirror-asks" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          {formatNumber(files)} of {formatCount(of, 'file')} here have gone from where they are mirrored. That
          is so many that they are kept until you say otherwise.
        </p>
        <p className="muted">
          If they were deleted on purpose, let them go. If not, there is nothing to do here: the mirror goes
          on when they are back.
        </p>
        <Button label={`Let ${formatCount(files, 'file')} go…`} onPress={() => setOpen(true)} />
      </div>
      {isOpen && (
        <Confirm
          title={`Remove ${formatCount(files, 'file')}?`}
          action={`Remove ${formatNumber(files)}`}
          busy={allow.isPending}
          onClose={() => setOpen(false)}
          onConfirm={() => allow.mutate()}
        >
          <p>
            They are removed from <span className="name">{to}</span>, this time only. What was changed by hand
            stays.
          </p>
        </Confirm>
      )}
    </div>
  );
}

function deletionWords({ delete: removes, deleteAll, once }: Mirror): string {
  const end = once ? ' It ends when all is equal.' : '';
  if (!removes) return `What is deleted there stays here.${end}`;
  return deleteAll
    ? `What is deleted there is removed here, however much it is.${end}`
    : `What is deleted there is removed here; more than half of it only when you say so.${end}`;
}
