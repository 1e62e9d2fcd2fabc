import type { Clock } from '../core/clock.ts';
import { fromHex, type NetworkId } from '../core/ids.ts';
import type { JoinLink } from '../core/join-link.ts';
import type { HandshakePace } from '../core/limits/handshake-pace.ts';
import type { Log } from '../core/ports/log.ts';
import { Trust } from '../core/trust/trust.ts';
import type { Wire } from '../network/wire/wire.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import type { KeyFile } from '../storage/disk/key-file.ts';
import { openWire } from './open-wire.ts';
import { type Agents, agentsOf } from './trust/agents.ts';
import { loggedPace } from './trust/logged-pace.ts';
import { MembershipProver } from './trust/membership-prover.ts';
import { PeerClients } from './trust/peer-clients.ts';
import { refusalLines } from './trust/refusal-lines.ts';
import { Sessions } from './trust/sessions.ts';
import { credentialsFor, readCredentials, writeCredentials } from './trust/trust-file.ts';

/** How a peer shows that it is a member, and whom it takes for one; made together. */
export interface PeerTrust {
  readonly trust: Trust;
  readonly wire: Wire;
  readonly agents: Agents;
  readonly prover: MembershipProver;
  /** Other members' sessions here. */
  readonly sessions: Sessions;
  /** This peer's sessions elsewhere; to be closed. */
  readonly clients: PeerClients;
}

export interface PeerTrustOptions {
  readonly key: KeyFile;
  readonly link: JoinLink;
  /** The data folder. */
  readonly data: string;
  /** The network that this peer belongs to now. */
  readonly network: () => NetworkId | undefined;
  /** Whether the registry answered when it was asked last. */
  readonly registryAnswers: () => boolean;
  /** How many handshakes others may begin here. */
  readonly pace: HandshakePace;
  readonly clock: Clock;
  readonly log: Log;
}

export async function openPeerTrust(options: PeerTrustOptions): Promise<PeerTrust> {
  const { key, link, data, network, registryAnswers, pace, clock, log } = options;
  const trust = new Trust({
    self: key,
    verifier: systemVerifier,
    clock,
    log,
    mode: link.mode,
    registryAnswers,
    credentials: credentialsFor(link.network, readCredentials(data)),
    save: (credentials) => writeCredentials(data, credentials),
  });
  const wire = await openWire(link.mode, key);
  const agents = agentsOf(wire);
  const prover = new MembershipProver({ self: key, verifier: systemVerifier, trust, clock });
  const sessions = new Sessions({
    self: key,
    network,
    papers: () => ({
      ...(trust.ticketText !== undefined && { ticket: trust.ticketText }),
      revocations: trust.revocations,
    }),
    clock,
    refused: refusalLines(log, clock),
    pace: loggedPace(pace, clock, log),
    admit: ({ peer, key: theirs, ticket = '', signature }, binding) =>
      trust.check(
        { side: 'dials', self: peer, binding },
        { key: fromHex(theirs), ticket, signature: fromHex(signature) },
      ),
    recheck: ({ peer }) => trust.recheck(peer),
  });
  const clients = new PeerClients({ network, prover, trust, agents, clock, log });
  return { trust, wire, agents, prover, sessions, clients };
}
