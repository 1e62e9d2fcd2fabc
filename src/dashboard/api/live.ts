import { type QueryClient, type QueryKey, skipToken, useQuery } from '@tanstack/react-query';
import type { PeerRow, Status } from '../../protocol/http/local/answers.ts';
import type { LiveEvent, LiveJob, PeerTraffic } from '../../protocol/http/local/live-event.ts';

/** Where the stream keeps what it was told in the cache of queries. Answers about the index belong below `INDEX_KEY`. */
const KEYS = {
  jobs: ['live', 'jobs'],
  peers: ['live', 'peers'],
  status: ['live', 'status'],
  traffic: ['live', 'traffic'],
} as const;
export const INDEX_KEY = 'index';

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
    case 'index':
      void client.invalidateQueries({ queryKey: [INDEX_KEY] });
      break;
  }
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
