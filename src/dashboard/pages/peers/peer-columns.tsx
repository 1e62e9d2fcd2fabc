import { createContext, type ReactNode, useContext } from 'react';
import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
import { formatNumber, formatRate, formatSize } from '../../format/amounts.ts';
import { formatAgo, formatTime } from '../../format/times.ts';
import { useNow } from '../../parts/use-now.ts';
import type { Column } from '../../parts/virtual-table.tsx';
import { lineOf, sharesOf, type Traffic } from './peer-states.ts';

/** Columns that are sorted by what goes on now, see `usePeerRows`: their rates change every second, and the rows do not. */
export const RATE_KEYS = ['down', 'up'] as const;

export const COLUMNS: readonly Column<PeerRow>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(150px, 1.6fr)',
    narrow: 'minmax(0, 1fr)',
    cell: (peer, isNarrow) => <NameCell peer={peer} isNarrow={isNarrow} />,
    sort: ({ name }) => name,
  },
  {
    key: 'down',
    title: 'Gives',
    width: '92px',
    align: 'right',
    from: 560,
    cell: ({ id }) => <Rate id={id} way="down" />,
    sort: () => 0,
  },
  {
    key: 'up',
    title: 'Gets',
    width: '92px',
    align: 'right',
    from: 560,
    cell: ({ id }) => <Rate id={id} way="up" />,
    sort: () => 0,
  },
  {
    key: 'files',
    title: 'Files',
    width: '84px',
    align: 'right',
    from: 641,
    cell: ({ files }) => (files === 0 ? '' : formatNumber(files)),
    sort: ({ files }) => files,
  },
  {
    key: 'bytes',
    title: 'Size',
    width: '84px',
    narrow: '72px',
    align: 'right',
    cell: ({ files, bytes }) => (files === 0 ? '' : formatSize(bytes)),
    sort: ({ bytes }) => bytes,
  },
  {
    key: 'since',
    title: 'Active since',
    width: '100px',
    align: 'right',
    from: 820,
    cell: ({ since }) => <Since since={since} />,
    sort: ({ since }) => since,
  },
  {
    key: 'address',
    title: 'Address',
    width: 'minmax(120px, 1fr)',
    from: 960,
    cell: ({ address }) => (
      <span className="one-line muted" title={address}>
        {address}
      </span>
    ),
    sort: ({ address }) => address,
  },
];

const Known = createContext<Traffic>(new Map());

/** What goes on, for the cells below: only they are drawn again when it changes, and not the rows that they stand in. */
export const TrafficKnown = Known.Provider;

function Rate({ id, way }: { readonly id: string; readonly way: 'up' | 'down' }): ReactNode {
  return formatRate(useContext(Known).get(id)?.[way] ?? 0);
}

/** Where it is narrow no columns say what the peer does. */
function NameCell({ peer, isNarrow }: { readonly peer: PeerRow; readonly isNarrow: boolean }): ReactNode {
  return (
    <div className="peer-name">
      <span className="peer-title">
        <span className="one-line name" title={peer.name}>
          {peer.name}
        </span>
        {peer.self && <span className="badge">this peer</span>}
      </span>
      {isNarrow && <Line peer={peer} />}
    </div>
  );
}

function Line({ peer }: { readonly peer: PeerRow }): ReactNode {
  const line = lineOf(peer, useContext(Known).get(peer.id));
  return <span className="one-line muted">{peer.self ? sharesOf(peer) : line}</span>;
}

function Since({ since }: { readonly since: string }): ReactNode {
  const now = useNow();
  return (
    <time className="muted" dateTime={since} title={formatTime(since)}>
      {formatAgo(since, now)}
    </time>
  );
}
