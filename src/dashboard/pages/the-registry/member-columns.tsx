import type { ReactNode } from 'react';
import type { DirectoryPeer } from '../../../protocol/http/directory-peer.ts';
import { formatCount, formatNumber, formatSize } from '../../format/amounts.ts';
import { formatAgo } from '../../format/times.ts';
import type { Column } from '../../parts/virtual-table.tsx';
import { isOut, leaseText, STATE_KINDS, stateOf } from './member-words.ts';

const ORDER = { active: 0, away: 1, revoked: 2 } as const;

/** With times as they are then, milliseconds since 1970. */
export const columnsAt = (now: number): readonly Column<DirectoryPeer>[] => [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(140px, 1.4fr)',
    narrow: 'minmax(0, 1fr)',
    cell: (peer, isNarrow) => <NameCell peer={peer} line={isNarrow ? leaseText(peer, now) : undefined} />,
    sort: ({ name }) => name,
  },
  {
    key: 'state',
    title: 'State',
    width: '84px',
    cell: (peer) => <State peer={peer} />,
    sort: (peer) => ORDER[stateOf(peer)],
  },
  {
    key: 'lease',
    title: 'Lease',
    width: '128px',
    from: 640,
    cell: (peer) => <span className="number">{leaseText(peer, now)}</span>,
    sort: ({ leaseEnds }) => leaseEnds,
  },
  {
    key: 'role',
    title: 'Role',
    width: '72px',
    from: 640,
    cell: (peer) => (isOut(peer) ? '' : peer.role),
    sort: ({ role }) => role,
  },
  {
    key: 'files',
    title: 'Shares',
    width: '150px',
    align: 'right',
    from: 760,
    cell: ({ files, bytes }) => `${formatCount(files, 'file')}, ${formatSize(bytes)}`,
    sort: ({ bytes }) => bytes,
  },
  {
    key: 'registrations',
    title: 'Starts in 30 d',
    width: '104px',
    align: 'right',
    from: 860,
    cell: ({ registrations }) => formatNumber(registrations),
    sort: ({ registrations }) => registrations,
  },
  {
    key: 'first',
    title: 'Joined',
    width: '104px',
    align: 'right',
    from: 960,
    cell: ({ firstRegistered }) => formatAgo(firstRegistered, now),
    sort: ({ firstRegistered }) => firstRegistered,
  },
];

function NameCell({
  peer,
  line,
}: {
  readonly peer: DirectoryPeer;
  readonly line: string | undefined;
}): ReactNode {
  return (
    <div className="member-name">
      <span className={isOut(peer) ? 'one-line name muted' : 'one-line name'} title={peer.name}>
        {isOut(peer) ? `${peer.id.slice(0, 12)}…` : peer.name}
      </span>
      {line && <span className="one-line muted">{line}</span>}
    </div>
  );
}

export function State({ peer }: { readonly peer: DirectoryPeer }): ReactNode {
  const state = stateOf(peer);
  return (
    <span className="badge" data-kind={STATE_KINDS[state]}>
      {state}
    </span>
  );
}
