import type { Address } from '../core/address.ts';
import type { PeerId } from '../core/ids.ts';
import type { JoinLink, NetworkMode } from '../core/join-link.ts';
import type { IndexLimits, PortLimits } from '../core/limits/limits.ts';
import type { Log } from '../core/ports/log.ts';
import type { RatePeriod } from '../core/rate-schedule.ts';
import type { NetworkCare } from './dashboard/network-care.ts';

export const DEFAULT_REGISTRY_PORT = 23475;
export const DEFAULT_PEER_PORT = 10000;
export const DEFAULT_DASHBOARD_PORT = 23476;
export const DEFAULT_SHUTDOWN_SECONDS = 10;

/** How a registry runs. Read once by the command line, then frozen. */
export interface RegistryConfig {
  /** Absolute. */
  readonly data: string;
  /** Host '' listens on all interfaces, IPv4 and IPv6; port 0 takes a free one. */
  readonly listen: Address;
  /** What peers are told; empty: found out. A port of 0 stands for the one that is listened on. */
  readonly advertise: readonly Address[];
  readonly leaseSeconds: number;
  /** Absent: as at the first start, which takes TLS. */
  readonly mode?: NetworkMode | undefined;
  /** Most peers that are remembered. */
  readonly maxPeers: number;
  /** Most members; as many as peers unless told. */
  readonly maxMembers?: number | undefined;
  /** Where others are wanted than the usual ones. */
  readonly limits?: Partial<PortLimits> | undefined;
  /** Where metrics and health are told without a token; absent: nowhere. */
  readonly metrics?: Address | undefined;
  /** How long what is under way may take to finish when the daemon ends. Seconds. */
  readonly shutdownSeconds?: number | undefined;
  readonly log: Log;
}

export interface RunningRegistry {
  readonly id: string;
  /** For a peer in the same process. */
  readonly care: NetworkCare;
  /** The join link as it is now: it is renewed before its end. */
  readonly join: string;
  readonly mode: NetworkMode;
  /** `https://HOST:PORT` of the address first offered; `http` in a plaintext network. */
  readonly url: string;
  readonly address: Address;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a peer runs. Read once by the command line, then frozen. */
export interface PeerConfig {
  /** Absolute. */
  readonly data: string;
  /** Absolute; shared besides those that the data folder remembers. */
  readonly shares: readonly string[];
  /** Absent: the remembered one. */
  readonly join?: JoinLink | undefined;
  readonly listen: Address;
  readonly advertise: readonly Address[];
  /** It shares nothing and will not come back: others forget it when it has left. */
  readonly passing?: boolean | undefined;
  /** Absent: the remembered one, else the machine's. */
  readonly name?: string | undefined;
  /** Absolute; absent: `downloads` in the data folder. */
  readonly downloads?: string | undefined;
  readonly scanSeconds: number;
  /** False: changes are found by scans only. */
  readonly watch?: boolean | undefined;
  /** How long a file must have been left alone before it is listed; absent: a second. */
  readonly stillSeconds?: number | undefined;
  /** Most bytes a second that are read to verify what is shared; absent: the usual. */
  readonly verifyRate?: number | undefined;
  /** Bytes a second; absent: no limit. */
  readonly upLimit?: number | undefined;
  readonly downLimit?: number | undefined;
  /** Of one peer, within that. */
  readonly upLimitPerPeer?: number | undefined;
  readonly downLimitPerPeer?: number | undefined;
  /** What the limits are at their times instead. */
  readonly upSchedule?: readonly RatePeriod[] | undefined;
  readonly downSchedule?: readonly RatePeriod[] | undefined;
  /** Where the CSV goes besides; absent: `index.csv` in the data folder. */
  readonly csv?: string | undefined;
  /** Most bytes that the process is to have resident; the buffers of transfers take what the rest leaves. */
  readonly memoryBytes: number;
  /** How long a content that was fetched stays in its swarm's lists while others still fetch it, at most. */
  readonly lingerSeconds: number;
  /** Where else links are served, and nothing besides. */
  readonly linkListen?: Address | undefined;
  /** Absolute paths of a certificate and its key for that listener; absent: plain HTTP. */
  readonly linkCertificate?: { readonly chain: string; readonly key: string } | undefined;
  /** Where others are wanted than the usual ones; of each public port. */
  readonly limits?: Partial<PortLimits> | undefined;
  /** Likewise. */
  readonly indexLimits?: Partial<IndexLimits> | undefined;
  /** Of so many other peers all entries are kept, in a larger network a sample; 2,000 unless told. */
  readonly indexPeers?: number | undefined;
  /** Names or ids of peers whose entries are kept in any case. */
  readonly indexFollow?: readonly string[] | undefined;
  /** Where metrics and health are told without a token; absent: nowhere. */
  readonly metrics?: Address | undefined;
  /** The registry of its network, where that runs in the same process: who uses the dashboard looks after the network too. */
  readonly registry?: NetworkCare | undefined;
  /** Absent: there is none. */
  readonly dashboard?: DashboardConfig | undefined;
  /** How long what is under way may take to finish when the daemon ends. Seconds. */
  readonly shutdownSeconds?: number | undefined;
  readonly log: Log;
}

/** Where the dashboard is served. */
export interface DashboardConfig {
  readonly listen: Address;
  /** A port that is in use is replaced by a free one. */
  readonly orFree?: boolean | undefined;
  /** The files of another build than the one that goes with the program. */
  readonly files?: ((name: string) => Uint8Array | undefined) | undefined;
}

export interface PeerReady {
  readonly id: PeerId;
  readonly name: string;
  /** Addresses as others are told, best first. */
  readonly listen: readonly Address[];
  readonly registered: boolean;
  /** URL of the dashboard; absent: there is none. */
  readonly dashboard?: string | undefined;
}

export interface RunningPeer {
  readonly ready: PeerReady;
  /** Resolves when the peer has ended, by `close` or because a client said `leave`. */
  readonly closed: Promise<void>;
  /** How many contents that were fetched here others are fetching from here now. */
  lingering(): number;
  /** Resolves when there are none any more, each for its time at most, or the signal aborts. */
  lingered(signal: AbortSignal): Promise<void>;
  /** Keeps the lease: a peer that starts again soon was never away. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
