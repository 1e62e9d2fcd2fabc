import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ShownLimits } from '../../../protocol/http/local/limit-operations.ts';
import { api } from '../../api/client.ts';
import { formatRate } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import { type Draft, draftOf, planOf } from './limit-draft.ts';
import { LimitForm } from './limit-form.tsx';

const LIMITS = ['limits'];
/** A schedule or a command changes them without telling. */
const LIMITS_EVERY_MS = 30_000;
const WAYS = { up: 'Upload', down: 'Download' } as const;

export function LimitsSection(): ReactNode {
  const { data, error } = useQuery({
    queryKey: LIMITS,
    queryFn: ({ signal }) => api.limits({}, { signal }),
    refetchInterval: LIMITS_EVERY_MS,
  });
  return (
    <Section title="Limits">
      {error && <ErrorNote error={error} />}
      {!data && !error && <Skeleton rows={6} />}
      {data && <Limits limits={data} />}
    </Section>
  );
}

function Limits({ limits }: { readonly limits: ShownLimits }): ReactNode {
  const client = useQueryClient();
  /** Undefined until something is edited. */
  const [draft, setDraft] = useState<Record<'up' | 'down', Draft>>();
  const shown = draft ?? { up: draftOf(limits.up), down: draftOf(limits.down) };
  const plans = { up: planOf(shown.up), down: planOf(shown.down) };
  const onSuccess = async (now: ShownLimits) => {
    // An answer that is on its way may be of before.
    await client.cancelQueries({ queryKey: LIMITS });
    client.setQueryData(LIMITS, now);
    sayGood(
      now.kept
        ? 'The limits hold from now on, also after a restart.'
        : 'The limits of the settings hold again.',
    );
  };
  const keep = useMutation({
    mutationFn: (body: Parameters<typeof api.keepLimits>[0]['body']) => api.keepLimits({ body }),
    onError: sayError,
    onSuccess,
  });
  const forget = useMutation({ mutationFn: () => api.forgetLimits(), onError: sayError, onSuccess });
  const { up, down } = plans;
  // What was typed since it was saved stays.
  const forgetDraft = () => setDraft((typed) => (typed === draft ? undefined : typed));
  return (
    <div className="limits">
      {(['up', 'down'] as const).map((way) => (
        <fieldset key={way}>
          <legend>
            {WAYS[way]} <span className="muted">{nowText(limits[way])}</span>
          </legend>
          <LimitForm
            label={WAYS[way]}
            draft={shown[way]}
            onChange={(changed) => setDraft({ ...shown, [way]: changed })}
          />
        </fieldset>
      ))}
      <div className="form-row">
        <Button
          label="Save limits"
          kind="main"
          disabled={!draft || !up || !down || keep.isPending}
          onPress={() => up && down && keep.mutate({ up, down }, { onSuccess: forgetDraft })}
        />
        {draft && <Button label="Discard" onPress={() => setDraft(undefined)} />}
        {!draft && limits.kept && (
          <Button label="Back to the settings" disabled={forget.isPending} onPress={() => forget.mutate()} />
        )}
      </div>
      <p className="muted">
        {draft && !(up && down)
          ? 'A rate is a number of at least 0.001 MB/s, or nothing for no limit; a time has its day, its beginning and its end.'
          : limits.kept
            ? 'Set here: they take the place of --up-limit, --down-limit and their schedules.'
            : 'From the settings that this peer was started with.'}
      </p>
    </div>
  );
}

function nowText({ now, isSet }: ShownLimits['up']): string {
  const rate = now === null ? 'no limit' : formatRate(now);
  return isSet ? `now ${rate}, set until the peer stops` : `now ${rate}`;
}
