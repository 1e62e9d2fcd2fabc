import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { InviteRow } from '../../../protocol/http/registry-local/operations.ts';
import { api } from '../../api/client.ts';
import { NETWORK_KEY } from '../../api/live.ts';
import { formatCount } from '../../format/amounts.ts';
import { formatTime } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { Section } from '../../parts/section.tsx';
import { Empty, ErrorNote, Skeleton } from '../../parts/states.tsx';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import { MakeInvite } from './make-invite.tsx';

const KINDS = { open: 'good', withdrawn: 'bad', ended: undefined, 'used-up': undefined } as const;

export function Invites({ may }: { readonly may: boolean }): ReactNode {
  const { data, error } = useQuery({
    queryKey: [NETWORK_KEY, 'invites'],
    queryFn: ({ signal }) => api.invites({}, { signal }),
    enabled: may,
  });
  if (!may) {
    return (
      <Empty icon="registry" title="Invites are for who looks after the network">
        <p>This peer may look, and not invite.</p>
      </Empty>
    );
  }
  return (
    <div className="page-body">
      <div className="sections">
        <Section wide title="Make a join link">
          <MakeInvite />
        </Section>
        <Section wide title="Invites">
          {error && <ErrorNote error={error} />}
          {!data && !error && <Skeleton rows={4} />}
          {data && (
            <ul className="invites">
              {data.invites.map((invite) => (
                <Invite key={invite.id} invite={invite} />
              ))}
            </ul>
          )}
        </Section>
      </div>
    </div>
  );
}

function Invite({ invite }: { readonly invite: InviteRow }): ReactNode {
  const { id, role, state, standing, expires, admitted } = invite;
  return (
    <li className="invite" aria-label={`Invite ${id}`}>
      <div className="invite-words">
        <p>
          <span className="badge" data-kind={KINDS[state]}>
            {state}
          </span>{' '}
          <strong>{role}</strong> · {usedText(invite)} · {state === 'ended' ? 'ended' : 'holds until'}{' '}
          {formatTime(expires)}
        </p>
        <p className="muted">
          <span className="mono">{id}</span>
          {standing && ", the registry's own link"}
          {admitted.length > 0 && (
            <>
              {' · admitted '}
              <span className="name">{namesOf(admitted)}</span>
            </>
          )}
        </p>
      </div>
      {state === 'open' && <Withdraw invite={invite} />}
    </li>
  );
}

function Withdraw({ invite: { id, standing } }: { readonly invite: InviteRow }): ReactNode {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const withdraw = useMutation({
    mutationFn: () => api.withdraw({ params: { id } }),
    onError: sayError,
    onSuccess() {
      setAsking(false);
      sayGood('This link admits nobody more.');
      void client.invalidateQueries({ queryKey: [NETWORK_KEY, 'invites'] });
    },
  });
  return (
    <>
      <Button label="Withdraw…" onPress={() => setAsking(true)} />
      {asking && (
        <Confirm
          title="Withdraw this invite?"
          action="Withdraw"
          busy={withdraw.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() => withdraw.mutate()}
        >
          <p>
            Its link admits nobody more; who came by it stays.
            {standing && " It is the registry's own link: the registry makes itself another one."}
          </p>
        </Confirm>
      )}
    </>
  );
}

const usedText = ({ used, uses }: InviteRow): string =>
  uses === null ? `used ${formatCount(used, 'time')}` : `used ${used} of ${uses}`;

const MOST_NAMES = 8;

function namesOf(admitted: InviteRow['admitted']): string {
  const names = admitted.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = admitted.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
