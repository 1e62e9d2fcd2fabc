import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { DirectoryPeer } from '../../../protocol/http/directory-peer.ts';
import { api } from '../../api/client.ts';
import { NETWORK_KEY } from '../../api/live.ts';
import { formatCount, formatSize } from '../../format/amounts.ts';
import { formatTime } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { Drawer } from '../../parts/drawer.tsx';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import { State } from './member-columns.tsx';
import { isOut, leaseText } from './member-words.ts';

interface MemberDrawerProps {
  readonly peer: DirectoryPeer;
  readonly may: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly onClose: () => void;
}

export function MemberDrawer({ peer, may, now, onClose }: MemberDrawerProps): ReactNode {
  const { id, name, role, files, bytes } = peer;
  return (
    <Drawer title={name} onClose={onClose}>
      <p>
        <State peer={peer} /> {leaseText(peer, now)}
      </p>
      <dl className="facts">
        <dt>Id</dt>
        <dd className="name mono">{id}</dd>
        <dt>Addresses</dt>
        <dd className="name mono">{peer.addresses.map(addressText).join(', ')}</dd>
        <dt>Role</dt>
        <dd>{isOut(peer) ? 'no member any more' : role}</dd>
        <dt>Shares</dt>
        <dd>
          {formatCount(files, 'file')}, {formatSize(bytes)}
        </dd>
        <dt>Lease until</dt>
        <dd>{formatTime(peer.leaseEnds)}</dd>
        <dt>Last seen</dt>
        <dd>{formatTime(peer.lastSeen)}</dd>
        <dt>Registered</dt>
        <dd>{formatTime(peer.lastRegistered)}</dd>
        <dt>First seen</dt>
        <dd>{formatTime(peer.firstRegistered)}</dd>
      </dl>
      {may && !isOut(peer) && <Revoke peer={peer} />}
    </Drawer>
  );
}

function Revoke({ peer: { id, name } }: Pick<MemberDrawerProps, 'peer'>): ReactNode {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => api.revoke({ body: { peer: id } }),
    onError: sayError,
    onSuccess({ withdrawn }) {
      setAsking(false);
      sayGood(
        withdrawn.length > 0
          ? `${name} is no member any more, and the link that it came by admits nobody more.`
          : `${name} is no member any more.`,
      );
      void client.invalidateQueries({ queryKey: [NETWORK_KEY] });
    },
  });
  return (
    <div>
      <Button label="Revoke…" kind="bad" onPress={() => setAsking(true)} />
      {asking && (
        <Confirm
          title={`Revoke ${name}?`}
          action="Revoke"
          busy={revoke.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() => revoke.mutate()}
        >
          <p>
            It is out at once, for good: its key is never let in again, and the links that it came by admit
            nobody more. Others who came by them stay.
          </p>
        </Confirm>
      )}
    </div>
  );
}

const addressText = ({ host, port }: DirectoryPeer['addresses'][number]): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
