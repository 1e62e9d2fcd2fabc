import {
  type QueryClient,
  type QueryFilters,
  type QueryKey,
  skipToken,
  useQuery,
} from '@tanstack/react-query';
import type { ownOperations, ThroughputPoint } from '../../protocol/http/dashboard/own-operations.ts';
import type { PeerRow } from '../../protocol/http/local/index-rows.ts';
import type { LiveEvent, LiveJob, PeerTraffic } from '../../protocol/http/local/live-event.ts';
import type { Status } from '../../protocol/http/local/status.ts';
import type { OutputOf } from '../../protocol/http/operation.ts';

/** Where the stream keeps what it was told in the cache of queries. Answers about the index belong below `INDEX_KEY`. */
const KEYS = {
  jobs: ['live', 'jobs'],
  peers: ['live', 'peers'],
  status: ['live', 'status'],
  traffic: ['live', 'traffic'],
} as const;
export const INDEX_KEY = 'index';
/** Likewise about the network and who is in it. */
export const NETWORK_KEY = 'network';
export const THROUGHPUT_KEY = ['throughput'] as const;
const MOST_POINTS = 360;
/** Points that are further apart than that: some were missed. */
const POINTS_APART_MS = 15_000;
const DAY_POINT_MS = 300_000;

export type ThroughputShown = OutputOf<(typeof ownOperations)['throughput']>;

export type Rows<Row> = ReadonlyMap<string, Row>;

/** All jobs by id, undefined until they were told; likewise below. */
export const useLiveJobs = (): Rows<LiveJob> | undefined => useLive<Rows<LiveJob>>(KEYS.jobs);
export const useLivePeers = (): Rows<PeerRow> | undefined => useLive<Rows<PeerRow>>(KEYS.peers);
export const useLiveStatus = (): Status | undefined => useLive<Status>(KEYS.status);

/** With whom bytes are exchanged now, by id. */
export const useLiveTraffic = (): Rows<PeerTraffic> | undefined => useLive<Rows<PeerTraffic>>(KEYS.traffic);

/** Brings one event into the cache. */
export function mergeEvent(client: QueryClient, event: LiveEvent): void {
  switch (event.event) {
    case 'jobs':
      client.setQueryData<Rows<LiveJob>>(KEYS.jobs, (before) => mergeRows(before, event));
      break;
    case 'peers':
      client.setQueryData<Rows<PeerRow>>(KEYS.peers, (before) => mergeRows(before, event));
      break;
    case 'traffic':
      client.setQueryData<Rows<PeerTraffic>>(KEYS.traffic, new Map(event.rows.map((row) => [row.id, row])));
      break;
    case 'status':
      client.setQueryData<Status>(KEYS.status, event.status);
      break;
    case 'throughput':
      addPoint(client, event);
      break;
    case 'network':
      void askAgain(client, { queryKey: [NETWORK_KEY] });
      break;
    case 'index':
      void askAgain(client, { queryKey: [INDEX_KEY] });
      break;
  }
}

/** What is known is old. A first answer that is on its way may be so too, and is waited for before it is asked for again. */
export async function askAgain(client: QueryClient, filters: QueryFilters): Promise<void> {
  const coming = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching' })
    .filter(({ state }) => state.data === undefined);
  await client.invalidateQueries(filters);
  await Promise.all(coming.map(({ queryKey }) => client.invalidateQueries({ queryKey, exact: true })));
}

/** The day is asked for again when it has another point. */
function addPoint(client: QueryClient, { at, up, down }: ThroughputPoint): void {
  const before = client.getQueryData<ThroughputShown>(THROUGHPUT_KEY);
  if (!before) return;
  const apart = (last: ThroughputPoint | undefined) => (last ? Date.parse(at) - Date.parse(last.at) : 0);
  const hour = [...before.hour, { at, up, down }].slice(-MOST_POINTS);
  client.setQueryData<ThroughputShown>(THROUGHPUT_KEY, { ...before, hour });
  if (apart(before.hour.at(-1)) > POINTS_APART_MS || apart(before.day.at(-1) ?? hour[0]) > DAY_POINT_MS)
    void client.invalidateQueries({ queryKey: THROUGHPUT_KEY });
}

/** Rows that did not change stay the same objects, so that what shows them is not drawn again. */
export function mergeRows<Row extends { readonly id: string }>(
  before: Rows<Row> | undefined,
  {
    reset,
    rows,
    gone,
  }: { readonly reset: boolean; readonly rows: readonly Row[]; readonly gone: readonly string[] },
): Rows<Row> {
  const after = new Map(reset ? [] : before);
  for (const id of gone) after.delete(id);
  for (const row of rows) after.set(row.id, row);
  return after;
}

function useLive<Data>(queryKey: QueryKey): Data | undefined {
  return useQuery<Data>({
    queryKey,
    queryFn: skipToken,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  }).data;
}
