import { type Static, Type } from '../../schema.ts';
import { CountShape, NameShape, PeerIdShape, RateShape, TimeShape } from '../shapes.ts';
import { PeerRow } from './index-rows.ts';
import { JobRow } from './job-row.ts';
import { AbsolutePath, JobId } from './local-shapes.ts';
import { Status } from './status.ts';

/** A job as clients that stay see it. */
export const LiveJob = Type.Object({
  ...JobRow.properties,
  created: TimeShape,
  ended: Type.Union([TimeShape, Type.Null()]),
  /** Where everything of it lands. */
  folder: AbsolutePath,
});
export type LiveJob = Static<typeof LiveJob>;

/** Bytes a second between this peer and another one. */
export const PeerTraffic = Type.Object({ id: PeerIdShape, up: RateShape, down: RateShape });
export type PeerTraffic = Static<typeof PeerTraffic>;

/**
 * What goes on in a peer, for clients that stay. A stream begins with `hello` and then all there is; afterwards it tells what changed, at
 * most four times a second. A client that reads slowly gets fewer and larger events, never an old state. One that comes back
 * begins again with `hello`.
 */
export const LiveEvent = Type.Union([
  /** `start` differs after every start of the daemon. */
  Type.Object({
    event: Type.Literal('hello'),
    start: Type.String({ maxLength: 32 }),
    version: Type.String({ maxLength: 64 }),
    peer: Type.Object({ id: PeerIdShape, name: NameShape }),
  }),
  /** Nothing has changed for a while, and the daemon is there. */
  Type.Object({ event: Type.Literal('alive') }),
  /** `reset`: forget what was told before. */
  Type.Object({
    event: Type.Literal('jobs'),
    reset: Type.Boolean(),
    rows: Type.Array(LiveJob, { maxItems: 500 }),
    gone: Type.Array(JobId),
  }),
  Type.Object({
    event: Type.Literal('peers'),
    reset: Type.Boolean(),
    rows: Type.Array(PeerRow, { maxItems: 500 }),
    gone: Type.Array(PeerIdShape),
  }),
  /** What goes on between this peer and others now: whole whenever it changed, the busiest first. Who is not named gives and gets nothing. */
  Type.Object({ event: Type.Literal('traffic'), rows: Type.Array(PeerTraffic, { maxItems: 500 }) }),
  /** Whole whenever something of it changed. */
  Type.Object({ event: Type.Literal('status'), status: Status }),
  /** A point of the last hour, see `GET /v1/throughput`: every 10 s. */
  Type.Object({ event: Type.Literal('throughput'), at: TimeShape, up: RateShape, down: RateShape }),
  /** Somebody came or went: what was asked about the network may be answered otherwise now. */
  Type.Object({ event: Type.Literal('network') }),
  /** The own shares or the index of another peer changed: what was searched or browsed may be answered otherwise now. */
  Type.Object({ event: Type.Literal('index'), entries: CountShape }),
]);
export type LiveEvent = Static<typeof LiveEvent>;
