import type { ReactNode } from 'react';
import type { About } from '../../../protocol/http/dashboard/own-operations.ts';
import type { Status } from '../../../protocol/http/local/status.ts';
import { formatCount, formatSize } from '../../format/amounts.ts';
import { formatDuration, formatTime } from '../../format/times.ts';
import { Section } from '../../parts/section.tsx';
import { useNow } from '../../parts/use-now.ts';

interface AboutSectionProps {
  readonly status: Status;
  readonly about: About;
}

export function AboutSection({ status, about }: AboutSectionProps): ReactNode {
  const now = useNow();
  const { peer, network, index, data } = status;
  const uptime = formatDuration((now - Date.parse(about.started)) / 1000);
  return (
    <Section title="About">
      <dl className="facts">
        <dt>Name</dt>
        <dd className="name">{peer.name}</dd>
        <dt>Id</dt>
        <dd className="name mono">{peer.id}</dd>
        <dt>Address</dt>
        <dd className="name mono">{about.addresses.join(', ')}</dd>
        <dt>Network</dt>
        <dd>{networkText(network)}</dd>
        <dt>Role</dt>
        <dd>{about.role ?? 'not known yet'}</dd>
        <dt>Index</dt>
        <dd>
          {formatCount(index.entries, 'entry', 'entries')} of {formatCount(index.peers, 'peer')}
        </dd>
        <dt>Downloads</dt>
        <dd>
          <span className="name mono">{about.downloads}</span>
          {about.free !== null && <span className="muted">, {formatSize(about.free)} free</span>}
        </dd>
        <dt>Data</dt>
        <dd className="name mono">{data}</dd>
        <dt>Version</dt>
        <dd>{about.version}</dd>
        <dt>Runs for</dt>
        <dd title={formatTime(about.started)}>{uptime}</dd>
      </dl>
    </Section>
  );
}

function networkText({ id, mode, registered, reason }: Status['network']): ReactNode {
  if (id === null) return 'none joined yet';
  return (
    <>
      <span className="name mono">{id}</span>, {mode === 'tls' ? 'encrypted' : 'not encrypted'},{' '}
      {registered ? 'registered' : `not registered${reason ? `: ${reason}` : ''}`}
    </>
  );
}
