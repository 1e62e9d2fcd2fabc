import { useMemo } from 'react';
import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
import type { Rows } from '../../api/live.ts';
import { useSorted } from '../../parts/use-sorted.ts';
import type { Sorting } from '../../parts/virtual-table.tsx';
import { COLUMNS, RATE_KEYS } from './peer-columns.tsx';
import { rateOf, type Traffic } from './peer-states.ts';

export interface PeerFilter {
  readonly words: string;
  /** Only those with which bytes are exchanged now. */
  readonly busyOnly: boolean;
}

/** The peers that fit, in order. Thousands are sorted when they change, and not whenever a rate does. */
export function usePeerRows(
  peers: Rows<PeerRow> | undefined,
  traffic: Traffic,
  { words, busyOnly }: PeerFilter,
): ReturnType<typeof useSorted<PeerRow>> {
  const all = useMemo(() => {
    const word = words.trim().toLowerCase();
    const rows = [...(peers?.values() ?? [])];
    return word === '' ? rows : rows.filter(({ name }) => name.toLowerCase().includes(word));
  }, [peers, words]);
  const { rows, sorting, onSort } = useSorted(all, COLUMNS, { key: 'name', descending: false });
  const shown = useMemo(() => {
    const fitting = busyOnly ? rows.filter(({ id }) => rateOf(traffic.get(id)) > 0) : rows;
    return byRate(fitting, traffic, sorting);
  }, [rows, traffic, sorting, busyOnly]);
  return { rows: shown, sorting, onSort };
}

/** Those with a rate are few: only they are sorted by it, before or behind all others. */
function byRate(
  rows: readonly PeerRow[],
  traffic: Traffic,
  { key, descending }: Sorting,
): readonly PeerRow[] {
  const rate = RATE_KEYS.find((one) => one === key);
  if (!rate) return rows;
  const of = ({ id }: PeerRow) => traffic.get(id)?.[rate] ?? 0;
  const busy = rows
    .filter((row) => of(row) > 0)
    .toSorted((a, b) => (descending ? of(b) - of(a) : of(a) - of(b)));
  const rest = rows.filter((row) => of(row) === 0);
  return descending ? [...busy, ...rest] : [...rest, ...busy];
}
