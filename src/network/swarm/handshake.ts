import type { Socket } from 'node:net';
import { PeerdexError } from '../../core/errors.ts';
import type { NetworkId, PeerId } from '../../core/ids.ts';
import { encodeFrame } from '../../protocol/swarm/encode.ts';
import type { ByeReason, HelloFrame } from '../../protocol/swarm/frames.ts';
import { PREFACE } from '../../protocol/swarm/limits.ts';
import { PROTOCOL_VERSION, versionMismatch } from '../../protocol/version.ts';

/** Who this peer is on the swarm's wire. */
export interface SwarmIdentity {
  readonly peer: PeerId;
  /** Undefined while this peer belongs to no network: nobody is talked to then. */
  readonly network: () => NetworkId | undefined;
}

const NOTHING = new Uint8Array(0);

/** Preface and hello: the first bytes that each side sends. */
export function greeting(identity: SwarmIdentity): Buffer {
  const hello: HelloFrame = {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    features: 0,
    network: identity.network() ?? '0'.repeat(32),
    peer: identity.peer,
    proof: NOTHING,
    heads: NOTHING,
  };
  return Buffer.concat([PREFACE, encodeFrame(hello)]);
}

/** Why the other side's hello ends the connection, or undefined when it is welcome. */
export function helloProblem(
  hello: HelloFrame,
  identity: SwarmIdentity,
  address: string,
  expected?: PeerId,
): { reason: ByeReason; error: PeerdexError } | undefined {
  if (hello.protocol !== PROTOCOL_VERSION) {
    return {
      reason: 'version',
      error: new PeerdexError('unsupported', versionMismatch(`the peer at ${address}`, hello.protocol)),
    };
  }
  if (hello.network !== identity.network()) {
    return {
      reason: 'network',
      error: new PeerdexError('forbidden', `the peer at ${address} belongs to another network`),
    };
  }
  if (hello.peer === identity.peer) {
    return {
      reason: 'identity',
      error: new PeerdexError(
        'conflict',
        `the peer at ${address} is this peer itself, or a copy of its data folder`,
      ),
    };
  }
  if (expected !== undefined && hello.peer !== expected) {
    return {
      reason: 'identity',
      error: new PeerdexError(
        'unavailable',
        `at ${address} is another peer than the one that was looked for`,
      ),
    };
  }
  return undefined;
}

/** The goodbye that tells the other side why it is refused. */
export function refuse(socket: Socket, reason: ByeReason, text: string): void {
  socket.end(encodeFrame({ type: 'bye', reason, text }), () => socket.destroy());
}
