import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { Address } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import { PeerdexError } from '../../core/errors.ts';
import { fromHex, idOfPublicKey, type NetworkId, type PeerId, toHex } from '../../core/ids.ts';
import type { Verifier } from '../../core/ports/signing.ts';
import { bindingOf, NONCE_BYTES, proofMessage } from '../../core/trust/proof.ts';
import { createClient } from '../../network/http/client.ts';
import { fitsSchema } from '../../network/http/validate.ts';
import { exporterOf } from '../../network/wire/exporter.ts';
import {
  type Challenge,
  type SessionAnswer,
  type SessionClaim,
  sessionOperations,
} from '../../protocol/http/session/operations.ts';
import { PROTOCOL_VERSION, UNSAID_VERSION, versionMismatch } from '../../protocol/version.ts';

export interface SessionRequest {
  readonly self: PeerId;
  /** Whom the server has to prove to be: a peer, or the network where it is its registry. */
  readonly server: PeerId;
  readonly network: NetworkId;
  readonly address: Address;
  /** One connection at a time: a proof holds on the connection of its challenge only. */
  readonly agent: Agent;
  /** How errors name the server. */
  readonly name: string;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** What the server shows to everybody; throws unless this peer goes on. */
  readonly checkServer: (challenge: Challenge, binding: Uint8Array) => void;
  /** What it shows to members; throws unless it is one itself. */
  readonly checkPapers?: (answer: SessionAnswer) => void;
  /** This peer's proof for that server. */
  readonly claim: (binding: Uint8Array) => Omit<SessionClaim, 'nonce' | 'challenged' | 'peer'>;
}

export interface Session {
  readonly token: string;
  /** Monotonic milliseconds. */
  readonly until: number;
  /** The server's clock ahead of this one, in milliseconds; as exact as the way to it is short. */
  readonly clockAhead: number;
  /** Number of the server's list of revocations, where it says. */
  readonly revocations: number | undefined;
}

/** A session lasts a little less long here, so that none ends on the way. */
const MARGIN_MS = 30_000;

/**
 * Proves this peer to a server and the server to this peer. Throws `verification` when the server is another one, and what the server
 * refuses with, `unsupported` when it speaks another version of the protocol among it.
 */
export async function openSession(request: SessionRequest, signal: AbortSignal): Promise<Session> {
  const { self, network, address, agent, name, clock } = request;
  let socket: Socket | undefined;
  let isOther = false;
  const onSocket = (one: Socket) => {
    isOther = socket !== undefined && one !== socket;
    socket = one;
  };
  const client = createClient(sessionOperations, { address, agent, fits: fitsSchema, name, onSocket });
  const nonce = randomBytes(NONCE_BYTES);
  const began = clock.now();
  const challenge = await client.challenge(
    { body: { peer: self, network, nonce: nonce.toString('hex'), protocol: PROTOCOL_VERSION } },
    { signal },
  );
  const { protocol = UNSAID_VERSION } = challenge;
  if (protocol !== PROTOCOL_VERSION) throw new PeerdexError('unsupported', versionMismatch(name, protocol));
  const clockAhead = challenge.time - (began + clock.now()) / 2;
  const binding = bindingOf(nonce, fromHex(challenge.nonce), exporterOf(socket!));
  checkSignature(request, challenge, binding);
  request.checkServer(challenge, binding);
  const claim = {
    ...request.claim(binding),
    nonce: challenge.nonce,
    challenged: nonce.toString('hex'),
    peer: self,
  };
  const answer = await client.session({ body: claim }, { signal }).catch((error: unknown) => {
    if (!isOther) throw error;
    throw new PeerdexError('unavailable', `${name} ended the connection between challenge and proof`, {
      cause: error,
      retry: true,
    });
  });
  request.checkPapers?.(answer);
  const { token, seconds, revocations } = answer;
  return { token, until: clock.monotonic() + seconds * 1000 - MARGIN_MS, clockAhead, revocations };
}

function checkSignature(
  { self, server, network, verifier, name }: SessionRequest,
  { id, key, signature }: Challenge,
  binding: Uint8Array,
): void {
  const publicKey = fromHex(key);
  const message = proofMessage({ side: 'accepts', network, self: server, other: self, binding });
  if (
    id === server &&
    idOfPublicKey(publicKey) === server &&
    verifier.verify(publicKey, message, fromHex(signature))
  )
    return;
  throw new PeerdexError(
    'verification',
    `${name} is not who it should be: it shows the id ${id}, not ${server}`,
  );
}

export const claimOf = ({
  key,
  ticket,
  signature,
}: {
  readonly key: Uint8Array;
  readonly ticket: string;
  readonly signature: Uint8Array;
}): Omit<SessionClaim, 'nonce' | 'challenged' | 'peer'> => ({
  key: toHex(key),
  ticket,
  signature: toHex(signature),
});
