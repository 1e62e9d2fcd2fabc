const BURST_SECONDS = 0.01;
const QUEUE_SECONDS = 0.1;
/** A bucket must hold the largest packet that the kernel hands over in one piece, else it cuts each. */
const LEAST_BURST = 65_536 + 4096;

/**
 * What `tc` wants to hear for a link of this rate. The bucket holds 10 ms, for the kernel's timer may be some milliseconds late on a
 * busy machine and what does not fit is lost to the link; over a whole run it gives 10 ms at most. The queue behind it holds
 * 100 ms: TCP fills the link and nothing is dropped while a few connections share it.
 */
export function tokenBucket(bitsPerSecond: number): string[] {
  const bytes = bitsPerSecond / 8;
  const burst = Math.max(LEAST_BURST, Math.round(bytes * BURST_SECONDS));
  const limit = burst + Math.round(bytes * QUEUE_SECONDS);
  return ['tbf', 'rate', `${bitsPerSecond}bit`, 'burst', String(burst), 'limit', String(limit)];
}

/** What went over a link: bytes with all headers and packets as they would be on a wire of 1500 bytes. */
export interface LinkCount {
  readonly bytes: number;
  readonly packets: number;
}

/** Ethernet 14, IPv4 20, TCP 20 with 12 of timestamps. */
const HEADERS = 66;

/** Bytes inside TCP: content, frames of the protocol, records of TLS, what was sent twice. */
export const payloadOf = ({ bytes, packets }: LinkCount): number => Math.max(0, bytes - packets * HEADERS);

interface QueueLine {
  readonly kind: string;
  readonly dev?: string;
  readonly bytes: number;
  readonly packets: number;
}

/** Reads `tc -s -j qdisc show`: what passed each device's bucket. */
export function readCounts(json: string): ReadonlyMap<string, LinkCount> {
  const lines = JSON.parse(json) as QueueLine[];
  const buckets = lines.filter(({ kind, dev }) => kind === 'tbf' && dev !== undefined);
  return new Map(buckets.map(({ dev, bytes, packets }) => [dev!, { bytes, packets }]));
}
