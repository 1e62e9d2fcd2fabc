import type { ReactNode } from 'react';
import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
import { useLiveTraffic } from '../../api/live.ts';
import { formatCount, formatRate, formatSize } from '../../format/amounts.ts';
import { formatTime } from '../../format/times.ts';
import { Drawer } from '../../parts/drawer.tsx';
import { Icon } from '../../parts/icon.tsx';
import { routeTo } from '../../shell/route.ts';

export function PeerDrawer({
  peer,
  onClose,
}: {
  readonly peer: PeerRow;
  readonly onClose: () => void;
}): ReactNode {
  const { up = 0, down = 0 } = useLiveTraffic()?.get(peer.id) ?? {};
  return (
    <Drawer title={peer.name} onClose={onClose}>
      {peer.files > 0 ? (
        <a className="button" data-kind="main" href={routeTo('library', peer.name)}>
          <Icon name="library" />
          Browse what it shares
        </a>
      ) : (
        <p className="muted">
          {peer.self ? 'This peer shares nothing yet.' : 'It shares nothing, or its index has not come yet.'}
        </p>
      )}
      <dl className="facts">
        {!peer.self && (
          <>
            <dt>Gives</dt>
            <dd className="number">{formatRate(down) || 'nothing now'}</dd>
            <dt>Gets</dt>
            <dd className="number">{formatRate(up) || 'nothing now'}</dd>
          </>
        )}
        <dt>Shares</dt>
        <dd className="number">
          {formatCount(peer.files, 'file')}, {formatSize(peer.bytes)}
        </dd>
        <dt>Active since</dt>
        <dd>{formatTime(peer.since)}</dd>
        <dt>Address</dt>
        <dd className="name">{peer.address || 'not known'}</dd>
        <dt>Id</dt>
        <dd>
          <code className="peer-id">{peer.id}</code>
        </dd>
      </dl>
    </Drawer>
  );
}
