import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { api } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import { canCancel, canPause, canResume, titleOf } from './job-words.ts';

/** What can be done with a job in its state. What comes of it is told by the stream of events. */
export function JobButtons({
  job,
  iconOnly = false,
}: {
  readonly job: LiveJob;
  readonly iconOnly?: boolean;
}): ReactNode {
  const params = { job: job.id };
  const name = titleOf(job.what);
  const pause = useMutation({ mutationFn: () => api.pause({ params }), onError: sayError });
  const resume = useMutation({ mutationFn: () => api.resume({ params }), onError: sayError });
  const cancel = useMutation({
    mutationFn: () => api.cancel({ params }),
    onError: sayError,
    onSuccess: () =>
      sayGood(
        job.mirror
          ? `The mirror is removed; its files stay in ${job.mirror.to}.`
          : `${name} was cancelled, and what had arrived of it removed.`,
      ),
  });
  const [isRemoving, setRemoving] = useState(false);
  const busy = pause.isPending || resume.isPending || cancel.isPending;
  const common = { iconOnly, disabled: busy, ...(iconOnly ? { kind: 'plain' as const } : {}) };
  const label = (verb: string) => (iconOnly ? `${verb} ${name}` : verb);
  const retryLabel = iconOnly ? `Retry what failed of ${name}` : 'Retry what failed';
  return (
    <div className="job-buttons">
      {canPause(job.state) && (
        <Button {...common} label={label('Pause')} icon="pause" onPress={() => pause.mutate()} />
      )}
      {canResume(job.state) && (
        <Button
          {...common}
          label={job.state === 'failed' ? retryLabel : label('Resume')}
          icon="play"
          onPress={() => resume.mutate()}
        />
      )}
      {canCancel(job.state) && (
        <Button
          {...common}
          label={job.mirror ? `${label('Remove')}…` : label('Cancel')}
          icon="close"
          onPress={() => (job.mirror ? setRemoving(true) : cancel.mutate())}
        />
      )}
      {job.mirror && isRemoving && (
        <Confirm
          title={`Remove the mirror of ${name}?`}
          action="Remove the mirror"
          busy={busy}
          onClose={() => setRemoving(false)}
          onConfirm={() => cancel.mutate(undefined, { onSettled: () => setRemoving(false) })}
        >
          <p>
            Nothing more is brought to <span className="name">{job.mirror.to}</span> or removed from it. Its
            files stay. To stop it for a while, pause it instead.
          </p>
        </Confirm>
      )}
    </div>
  );
}
