import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { NetworkEvent, NetworkHealth } from '../../../protocol/http/dashboard/network-operations.ts';
import type { DirectoryPeer } from '../../../protocol/http/directory-peer.ts';
import { api } from '../../api/client.ts';
import { NETWORK_KEY } from '../../api/live.ts';
import { formatNumber } from '../../format/amounts.ts';
import { formatDuration } from '../../format/times.ts';
import { useNow } from '../../parts/use-now.ts';

const HEALTH_EVERY_MS = 10_000;
const HOUR_MS = 3_600_000;
/** As many events as are remembered: there may have been more. */
const MOST_EVENTS = 200;

interface HealthProps {
  readonly peers: readonly DirectoryPeer[] | undefined;
  readonly events: readonly NetworkEvent[] | undefined;
}

/** How the registry is, in a line of figures. */
export function Health({ peers, events }: HealthProps): ReactNode {
  const now = useNow();
  const { data, error } = useQuery({
    queryKey: [NETWORK_KEY, 'health'],
    queryFn: ({ signal }) => api.networkHealth({}, { signal }),
    refetchInterval: HEALTH_EVERY_MS,
    retry: false,
  });
  const active = peers?.filter((peer) => peer.active).length;
  const lately = events?.filter(({ at }) => now - Date.parse(at) < HOUR_MS) ?? [];
  const came = lately.filter(({ kind }) => kind === 'joined' || kind === 'came').length;
  const went = lately.length - came;
  const atLeast = lately.length >= MOST_EVENTS ? 'at least ' : '';
  return (
    <dl className="health">
      <Figure title="Registry">
        {error ? (
          <span className="badge" data-kind="bad">
            does not answer
          </span>
        ) : (
          <span className="badge" data-kind={data && 'good'}>
            {data ? answersText(data) : 'asking…'}
          </span>
        )}
      </Figure>
      <Figure title="Active">{active === undefined ? '–' : formatNumber(active)}</Figure>
      <Figure title="Away">
        {peers && active !== undefined ? formatNumber(peers.length - active) : '–'}
      </Figure>
      <Figure title="Last hour">{events ? `${atLeast}${came} came, ${went} went` : '–'}</Figure>
      {data?.counts && (
        <>
          <Figure title="Members">{formatNumber(data.counts.members)}</Figure>
          <Figure title="Renewals">{renewalsText(data.counts, now)}</Figure>
        </>
      )}
      <Figure title="Address">
        <span className="mono name">{data?.addresses[0] ?? '–'}</span>
      </Figure>
      <Figure title="Version">{data ? `${data.version}, ${modeText(data.mode)}` : '–'}</Figure>
    </dl>
  );
}

function Figure({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const modeText = (mode: NetworkHealth['mode']): string => (mode === 'tls' ? 'encrypted' : 'not encrypted');

const answersText = ({ counts, milliseconds }: NetworkHealth): string =>
  counts ? 'runs in this process' : `answers in ${Math.max(1, Math.round(milliseconds))} ms`;

function renewalsText({ renewed, since }: NonNullable<NetworkHealth['counts']>, now: number): string {
  const minutes = Math.max(1, (now - Date.parse(since)) / 60_000);
  return `${(renewed / minutes).toFixed(1)} a minute over ${formatDuration(minutes * 60)}`;
}
