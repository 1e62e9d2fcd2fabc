import type { ReactNode } from 'react';
import type { NetworkEvent } from '../../../protocol/http/dashboard/network-operations.ts';
import { formatAgo, formatTime } from '../../format/times.ts';
import { Empty } from '../../parts/states.tsx';
import { useNow } from '../../parts/use-now.ts';

const WORDS: Readonly<Record<NetworkEvent['kind'], string>> = {
  joined: 'joined for the first time',
  came: 'came',
  left: 'left',
  lapsed: 'went away: its lease was not renewed',
  went: 'went',
  revoked: 'was revoked',
};
const KINDS = {
  joined: 'good',
  came: 'good',
  left: undefined,
  went: undefined,
  lapsed: 'warn',
  revoked: 'bad',
} as const;

/** Who came and went, the newest first. */
export function Comings({ events }: { readonly events: readonly NetworkEvent[] }): ReactNode {
  const now = useNow();
  if (events.length === 0) {
    return (
      <Empty icon="peers" title="Nobody came or went yet">
        <p>Joins and leaves show here as they happen, since this peer was started.</p>
      </Empty>
    );
  }
  return (
    <div className="page-body">
      <ol className="comings" aria-label="Joins and leaves">
        {events.map(({ at, kind, peer, name }) => (
          <li key={`${at} ${kind} ${peer}`}>
            <time className="muted number" dateTime={at} title={formatTime(at)}>
              {formatAgo(at, now)}
            </time>
            <span className="badge" data-kind={KINDS[kind]}>
              {kind}
            </span>
            <span>
              <strong className="name">{name}</strong> {WORDS[kind]}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
