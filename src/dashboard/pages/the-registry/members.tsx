import { type ReactNode, useMemo } from 'react';
import type { DirectoryPeer } from '../../../protocol/http/directory-peer.ts';
import { Empty } from '../../parts/states.tsx';
import { useSorted } from '../../parts/use-sorted.ts';
import { VirtualTable } from '../../parts/virtual-table.tsx';
import { goTo, routeTo } from '../../shell/route.ts';
import { columnsAt } from './member-columns.tsx';
import { MemberDrawer } from './member-drawer.tsx';
import { useSeconds } from './use-seconds.ts';

interface MembersProps {
  readonly peers: readonly DirectoryPeer[];
  /** Id of the one that is looked at. */
  readonly chosen: string | undefined;
  readonly may: boolean;
}

export function Members({ peers, chosen, may }: MembersProps): ReactNode {
  const now = useSeconds();
  const columns = useMemo(() => columnsAt(now), [now]);
  const sorted = useSorted(peers, columns, { key: 'state', descending: false });
  const selected = peers.find(({ id }) => id === chosen);
  if (peers.length === 0) return <Empty icon="peers" title="Nobody has registered yet" />;
  return (
    <div className="beside">
      <VirtualTable
        label="Peers of the registry"
        columns={columns}
        {...sorted}
        rowKey={({ id }) => id}
        rowHeight={40}
        narrowRowHeight={58}
        selected={selected?.id}
        onOpen={({ id }) => goTo(routeTo('registry', `peers/${id}`))}
      />
      {selected && <MemberDrawer key={selected.id} peer={selected} may={may} now={now} onClose={close} />}
    </div>
  );
}

const close = (): void => goTo(routeTo('registry', 'peers'));
