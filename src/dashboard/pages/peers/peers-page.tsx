import { type ReactNode, useState } from 'react';
import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
import { type Rows, useLivePeers, useLiveTraffic } from '../../api/live.ts';
import { FilterField } from '../../parts/filter-field.tsx';
import { Empty, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { VirtualTable } from '../../parts/virtual-table.tsx';
import { Page } from '../../shell/page.tsx';
import { goTo, routeTo, useRoute } from '../../shell/route.ts';
import { NetworkPicture } from './network-picture.tsx';
import { COLUMNS, TrafficKnown } from './peer-columns.tsx';
import { PeerDrawer } from './peer-drawer.tsx';
import type { Traffic } from './peer-states.ts';
import { usePeerRows } from './use-peer-rows.ts';
import './peers.css';

const VIEWS = ['all', 'busy', 'picture'] as const;
type View = (typeof VIEWS)[number];
const NO_TRAFFIC: Traffic = new Map();

/** Who is active, and what goes on with whom. `#/peers/ID?view=picture` shows one of them beside the picture. */
export function PeersPage(): ReactNode {
  const peers = useLivePeers();
  const traffic = useLiveTraffic() ?? NO_TRAFFIC;
  const { rest, query } = useRoute();
  const [words, setWords] = useState('');
  const view = VIEWS.find((one) => one === query.get('view')) ?? 'all';
  const go = (peer: string, to: View = view) =>
    goTo(routeTo('peers', peer, to === 'all' ? {} : { view: to }));
  const selected = peers?.get(rest);
  const open = ({ id }: PeerRow) => go(id);
  return (
    <Page
      title="Peers"
      head={
        <Tabs
          label="Show"
          tabs={[
            { key: 'all', title: 'Active', count: peers?.size },
            { key: 'busy', title: 'Giving or getting', count: traffic.size },
            { key: 'picture', title: 'Picture' },
          ]}
          now={view}
          onChange={(to) => go(rest, to)}
        />
      }
      tools={view !== 'picture' && <FilterField label="Filter by name" value={words} onChange={setWords} />}
    >
      <div className="beside">
        {!peers && <Skeleton />}
        {peers && view === 'picture' && (
          <NetworkPicture peers={peers} traffic={traffic} selected={selected?.id} onOpen={open} />
        )}
        {peers && view !== 'picture' && (
          <PeerList
            peers={peers}
            traffic={traffic}
            filter={{ words, busyOnly: view === 'busy' }}
            selected={selected?.id}
            onOpen={open}
          />
        )}
        {selected && <PeerDrawer key={selected.id} peer={selected} onClose={() => go('')} />}
      </div>
    </Page>
  );
}

interface PeerListProps {
  readonly peers: Rows<PeerRow>;
  readonly traffic: Traffic;
  readonly filter: Parameters<typeof usePeerRows>[2];
  readonly selected: string | undefined;
  readonly onOpen: (peer: PeerRow) => void;
}

function PeerList({ peers, traffic, filter, selected, onOpen }: PeerListProps): ReactNode {
  const sorted = usePeerRows(peers, traffic, filter);
  const isAlone = peers.size <= 1;
  if (sorted.rows.length === 0) return <NoneSuch busyOnly={filter.busyOnly} />;
  return (
    <div className="peers">
      <TrafficKnown value={traffic}>
        <VirtualTable
          label="Peers"
          columns={COLUMNS}
          {...sorted}
          rowKey={({ id }) => id}
          rowHeight={40}
          narrowRowHeight={60}
          selected={selected}
          onOpen={onOpen}
        />
      </TrafficKnown>
      {isAlone && filter.words === '' && (
        <p className="peers-alone">
          Nobody else is here yet. Whoever has the join link of this network comes in with{' '}
          <code>peerdex up --join LINK</code>, and shows here at once.
        </p>
      )}
    </div>
  );
}

function NoneSuch({ busyOnly }: { readonly busyOnly: boolean }): ReactNode {
  return busyOnly ? (
    <Empty icon="peers" title="Nothing goes on right now">
      <p>
        A peer shows here while it gives to this one or gets from it.{' '}
        <a href={routeTo('peers')}>Show all peers</a>
      </p>
    </Empty>
  ) : (
    <Empty icon="search" title="Nobody here is called so">
      <p>The filter looks at the names of active peers.</p>
    </Empty>
  );
}
