import type { Agent } from 'node:http';
import type { Address } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import { PeerdexError } from '../../core/errors.ts';
import { fromHex, type NetworkId, toHex } from '../../core/ids.ts';
import type { JoinLink } from '../../core/join-link.ts';
import type { Signer, Verifier } from '../../core/ports/signing.ts';
import { inviteIdOf, readSecret } from '../../core/trust/invite.ts';
import { joinMessage, proofMessage } from '../../core/trust/proof.ts';
import { CLOCK_SKEW_MS } from '../../core/trust/ticket.ts';
import type { Trust } from '../../core/trust/trust.ts';
import { claimOf, openSession, type Session } from './session-client.ts';

export interface ProverOptions {
  readonly self: Signer;
  readonly verifier: Verifier;
  readonly trust: Trust;
  readonly clock: Clock;
}

export interface Server {
  readonly address: Address;
  /** One connection at a time. */
  readonly agent: Agent;
  /** How errors name it. */
  readonly name: string;
}

/** Opens this peer's sessions over HTTP: with the registry, and with other peers. */
export class MembershipProver {
  readonly #options: ProverOptions;

  constructor(options: ProverOptions) {
    this.#options = options;
  }

  /**
   * With the registry of a join link, which is not told the link's secret. Throws `verification` for a registry with another key,
   * `forbidden` when this peer is not let in, `failed` when the clocks are hours apart.
   */
  registry(server: Server, link: JoinLink, signal: AbortSignal): Promise<Session> {
    const { self, verifier, trust } = this.#options;
    const { network } = link;
    const secret = link.secret === undefined ? undefined : readSecret(link.secret);
    return openSession(
      {
        ...this.#common(server, network),
        server: network,
        checkServer: ({ key, time }) => {
          trust.takeNetwork(network, fromHex(key));
          this.#checkClock(time);
        },
        claim: (binding) => ({
          key: toHex(self.publicKey),
          // A registry that was restored from a backup may know of this peer by nothing else.
          ...(trust.ticketText !== undefined && { ticket: trust.ticketText }),
          signature: toHex(
            self.sign(proofMessage({ side: 'dials', network, self: self.id, other: network, binding })),
          ),
          ...(secret && {
            join: {
              invite: inviteIdOf(secret),
              mac: toHex(verifier.hmac(secret, joinMessage({ network, peer: self.id, binding }))),
            },
          }),
        }),
      },
      signal,
    );
  }

  /** With another peer. Throws `verification` or `forbidden` when it is not who it should be, or no member. */
  peer(server: Server & { readonly id: string }, network: NetworkId, signal: AbortSignal): Promise<Session> {
    const { trust } = this.#options;
    return openSession(
      {
        ...this.#common(server, network),
        server: server.id,
        checkServer: ({ id, key, signature }, binding) =>
          trust.checkIdentity(
            { side: 'accepts', self: id, binding },
            { key: fromHex(key), signature: fromHex(signature) },
          ),
        checkPapers: ({ ticket = '' }) => trust.checkTicket(server.id, ticket),
        claim: (binding) => claimOf(trust.prove({ side: 'dials', other: server.id, binding })),
      },
      signal,
    );
  }

  #common({ address, agent, name }: Server, network: NetworkId) {
    const { self, verifier, clock } = this.#options;
    return { self: self.id, network, address, agent, name, verifier, clock };
  }

  #checkClock(time: number): void {
    const ahead = this.#options.clock.now() - time;
    if (Math.abs(ahead) <= CLOCK_SKEW_MS) return;
    const hours = (Math.abs(ahead) / 3_600_000).toFixed(1);
    throw new PeerdexError(
      'failed',
      `this machine's clock is ${hours} h ${ahead > 0 ? 'ahead of' : 'behind'} the registry's`,
      { hint: 'set the clock of the machine that is wrong, then try again' },
    );
  }
}
