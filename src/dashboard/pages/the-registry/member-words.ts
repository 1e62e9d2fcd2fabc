import type { DirectoryPeer } from '../../../protocol/http/directory-peer.ts';
import { formatAgo, formatDuration } from '../../format/times.ts';

/** A peer that was revoked bears its id in place of its name, which is free again. */
export const isOut = ({ id, name }: DirectoryPeer): boolean => id === name;

export const stateOf = (peer: DirectoryPeer): 'active' | 'away' | 'revoked' =>
  peer.active ? 'active' : isOut(peer) ? 'revoked' : 'away';

export const STATE_KINDS = { active: 'good', away: undefined, revoked: 'bad' } as const;

/** How long its lease still runs, or since when it is away. `now`: milliseconds since 1970. */
export function leaseText(peer: DirectoryPeer, now: number): string {
  if (!peer.active) return `seen ${formatAgo(peer.lastSeen, now)}`;
  const left = (Date.parse(peer.leaseEnds) - now) / 1000;
  return left > 0 ? `${formatDuration(left)} left` : 'runs out';
}
