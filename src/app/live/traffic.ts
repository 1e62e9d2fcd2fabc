import type { PeerTraffic } from '../../protocol/http/local/live-event.ts';
import type { Transfer } from '../peer-transfer.ts';

const MOST_ROWS = 500;

/** With whom bytes are exchanged now, the busiest first; at most 500. */
export function traffic({ upMeters, jobs }: Pick<Transfer, 'upMeters' | 'jobs'>): PeerTraffic[] {
  const up = upMeters.rates();
  const down = jobs.looks.rates();
  const rateOf = (rates: ReadonlyMap<string, number>, id: string) => Math.round(rates.get(id) ?? 0);
  return [...new Set([...up.keys(), ...down.keys()])]
    .map((id) => ({ id, up: rateOf(up, id), down: rateOf(down, id) }))
    .sort((a, b) => b.up + b.down - a.up - a.down)
    .slice(0, MOST_ROWS);
}
