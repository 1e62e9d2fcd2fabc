import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { api } from '../../api/client.ts';
import { formatCount } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { messageOf } from '../../parts/states.tsx';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import { canCancel, canPause, canResume } from './job-words.ts';

const VERBS = {
  pause: { call: api.pause, can: canPause, done: 'paused' },
  resume: { call: api.resume, can: canResume, done: 'started again' },
  cancel: { call: api.cancel, can: canCancel, done: 'cancelled' },
} as const;
type Verb = keyof typeof VERBS;

/** Below the table while jobs are chosen: what can be done with all of them at once. */
export function ManyJobs({
  jobs,
  onAll,
  onClear,
}: {
  readonly jobs: readonly LiveJob[];
  /** Absent where all are. */
  readonly onAll: (() => void) | undefined;
  readonly onClear: () => void;
}): ReactNode {
  const work = useMutation({
    mutationFn: (verb: Verb) => doAll(verb, jobs),
    onError: sayError,
    onSuccess: sayGood,
  });
  const [isAsking, setAsking] = useState(false);
  const mirrors = jobs.filter(({ mirror, state }) => mirror && canCancel(state)).length;
  const button = (verb: Verb, label: string, icon: 'pause' | 'play' | 'close') => {
    const count = jobs.filter(({ state }) => VERBS[verb].can(state)).length;
    return (
      <Button
        label={count > 0 ? `${label} ${count}` : label}
        icon={icon}
        disabled={work.isPending || count === 0}
        onPress={() => (verb === 'cancel' && mirrors > 0 ? setAsking(true) : work.mutate(verb))}
      />
    );
  };
  return (
    <section className="many-jobs" aria-label="Chosen transfers">
      <span>{formatCount(jobs.length, 'transfer')} chosen</span>
      <div>
        {button('pause', 'Pause', 'pause')}
        {button('resume', 'Resume', 'play')}
        {button('cancel', 'Cancel', 'close')}
        {onAll && <Button label="Choose all" kind="plain" onPress={onAll} />}
        <Button label="Choose none" kind="plain" onPress={onClear} />
      </div>
      {isAsking && (
        <Confirm
          title={`Cancel them, and remove ${formatCount(mirrors, 'mirror')}?`}
          action="Cancel them"
          busy={work.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() => work.mutate('cancel', { onSettled: () => setAsking(false) })}
        >
          <p>The files of mirrors stay; what had arrived of the others in part is removed.</p>
        </Confirm>
      )}
    </section>
  );
}

/** Those that can; resolves with what came of it in words, and rejects where some could not. */
async function doAll(verb: Verb, jobs: readonly LiveJob[]): Promise<string> {
  const { call, can, done } = VERBS[verb];
  const able = jobs.filter(({ state }) => can(state));
  const outcomes = await Promise.allSettled(able.map(({ id }) => call({ params: { job: id } })));
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  const [first] = failed;
  if (first)
    throw new Error(
      `${failed.length} of ${able.length} transfers could not be ${done}: ${messageOf(first.reason)}`,
    );
  return `${formatCount(able.length, 'transfer')} ${able.length === 1 ? 'was' : 'were'} ${done}.`;
}
