import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
import type { PeerTraffic } from '../../../protocol/http/local/live-event.ts';
import type { Rows } from '../../api/live.ts';
import { formatCount, formatRate, formatSize } from '../../format/amounts.ts';

export type Traffic = Rows<PeerTraffic>;

/** What goes on between a peer and this one: `gives` and `gets` are theirs. */
export type PeerState = 'self' | 'gives' | 'gets' | 'both' | 'rest' | 'empty';

export function stateOf(peer: PeerRow, traffic: PeerTraffic | undefined): PeerState {
  if (peer.self) return 'self';
  const gives = (traffic?.down ?? 0) > 0;
  const gets = (traffic?.up ?? 0) > 0;
  if (gives && gets) return 'both';
  if (gives || gets) return gives ? 'gives' : 'gets';
  return peer.files === 0 ? 'empty' : 'rest';
}

/** What it does now, in one line. */
export function lineOf(peer: PeerRow, traffic: PeerTraffic | undefined): string {
  if (peer.self) return 'this peer';
  const parts = [
    traffic?.down ? `gives ${formatRate(traffic.down)}` : '',
    traffic?.up ? `gets ${formatRate(traffic.up)}` : '',
  ].filter(Boolean);
  return parts.join(', ') || sharesOf(peer);
}

export const sharesOf = ({ files, bytes }: PeerRow): string =>
  files === 0 ? 'shares nothing' : `${formatCount(files, 'file')}, ${formatSize(bytes)}`;

export const rateOf = (traffic: PeerTraffic | undefined): number => (traffic?.up ?? 0) + (traffic?.down ?? 0);
