import { agentsOf } from '../../src/app/trust/agents.ts';
import { MembershipProver } from '../../src/app/trust/membership-prover.ts';
import { PeerClients } from '../../src/app/trust/peer-clients.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { KnownPeer } from '../../src/core/known-peer.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import type { TestMember } from './test-member.ts';

/** The HTTP of a daemon's peer towards other peers, for a member that has no daemon. To be closed. */
export async function memberClients({ self, network, trust, wire }: TestMember): Promise<PeerClients> {
  return new PeerClients({
    network: () => network,
    prover: new MembershipProver({ self, verifier: systemVerifier, trust, clock: systemClock }),
    trust,
    agents: agentsOf(await wire),
    clock: systemClock,
    log: silentLog,
  });
}

/** A peer on this machine as a directory tells of it. */
export const knownPeer = (id: string, port: number): KnownPeer => ({
  ...{ id, name: 'peer', addresses: [{ host: '127.0.0.1', port }], active: true },
  ...{ since: 0, lastSeen: 0, files: 0, bytes: 0, role: 'publish' },
});
