/**
 * What a public port gives to those who come to it. One address is one IPv4 address or one IPv6 network of 64 bits: whoever has one
 * address of such a network has them all.
 */
export interface PortLimits {
  /** Connections at a time, and how many of them one address may have. */
  readonly connections: number;
  readonly connectionsOfOne: number;
  /** TLS handshakes under way at a time; one address may have half of them. */
  readonly handshakesUnderWay: number;
  /** TLS handshakes a second, and as many proofs of membership; what of it one address may have. After a pause those of 5 s at once. */
  readonly handshakes: number;
  readonly handshakesOfOne: number;
  /** Bytes of the first line and the headers of a request, and of its body. */
  readonly headerBytes: number;
  readonly bodyBytes: number;
  /** Bytes of all bodies of requests under way together, and how many of them one address may have. */
  readonly bodies: number;
  readonly bodiesOfOne: number;
  /** Milliseconds for the first byte of a connection, a TLS handshake, hello and proof of the swarm, the headers of a request. */
  readonly headerMs: number;
  /** Milliseconds for the body of a request, after its headers. */
  readonly bodyMs: number;
}

/** What a peer's index has room for, of each other peer. */
export interface IndexLimits {
  readonly entries: number;
  /** Of all their paths, UTF-8. */
  readonly pathBytes: number;
}

export const INDEX_LIMITS: IndexLimits = { entries: 2_000_000, pathBytes: 512 * 1024 * 1024 };

/** Of a peer. */
export const peerPortLimits = (said: Partial<PortLimits> = {}): PortLimits =>
  complete({ connections: 1000, handshakes: 200 }, said);

/**
 * Of a registry whose members are `peers` at the most: each follows by one connection and renews by another, and all of them come
 * at once when it was away.
 */
export const registryPortLimits = (peers: number, said: Partial<PortLimits> = {}): PortLimits =>
  complete({ connections: 2 * (peers + 1000), handshakes: 1000 }, said);

/** One address may have a quarter, so that a fleet behind one address gets in and three such addresses leave room for others. */
const SHARE_OF_ONE = 1 / 4;

function complete(
  usual: Pick<PortLimits, 'connections' | 'handshakes'>,
  said: Partial<PortLimits>,
): PortLimits {
  const { connections, handshakes, bodyBytes = 1024 * 1024 } = { ...usual, ...said };
  // The quarter of one address has room for two of the longest.
  const bodies = Math.max(32 * 2 ** 20, (2 * bodyBytes) / SHARE_OF_ONE);
  return {
    connectionsOfOne: Math.ceil(connections * SHARE_OF_ONE),
    handshakesUnderWay: 512,
    handshakesOfOne: Math.ceil(handshakes * SHARE_OF_ONE),
    // A path of 4 KiB takes 12 in percent-encoding.
    headerBytes: 32 * 1024,
    bodyBytes,
    bodies,
    bodiesOfOne: Math.ceil(bodies * SHARE_OF_ONE),
    headerMs: 10_000,
    bodyMs: 20_000,
    ...usual,
    ...said,
  };
}
