import type { Agent } from 'node:http';
import { type Address, formatAddress } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { NetworkId, PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { type Client, createClient } from '../../network/http/client.ts';
import { fitsSchema } from '../../network/http/validate.ts';
import { peerOperations } from '../../protocol/http/peer/operations.ts';
import type { Agents } from './agents.ts';
import type { MembershipProver } from './membership-prover.ts';

export type PeerClient = Client<typeof peerOperations>;

export interface PeerClientsOptions {
  readonly network: () => NetworkId | undefined;
  readonly prover: MembershipProver;
  readonly agents: Agents;
  readonly clock: Clock;
  /** Most peers whose connections are kept. */
  readonly most?: number;
}

const MOST = 64;

/** Other peers' HTTP, signed in as a member. Connections and sessions are kept for the peers that were asked last. */
export class PeerClients {
  readonly #options: PeerClientsOptions;
  readonly #kept = new Map<PeerId, Kept>();

  constructor(options: PeerClientsOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` with the peer at whichever of its addresses it answers. Throws `unavailable` when none does, `verification` or `forbidden`
   * when who answers is somebody else or no member, and what `work` throws.
   */
  async use<T>(
    peer: KnownPeer,
    work: (client: PeerClient, name: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    let problem = new PeerdexError('unavailable', `${peer.name} has no address`);
    for (const address of this.#bestFirst(peer)) {
      try {
        return await this.#at(peer, address, work, signal);
      } catch (error) {
        signal.throwIfAborted();
        // That something forged came is worth more than that nobody answers at another address.
        if (problem.code !== 'verification') problem = asPeerdexError(error);
      }
    }
    this.#forget(peer.id);
    throw problem;
  }

  close(): void {
    for (const id of [...this.#kept.keys()]) this.#forget(id);
  }

  async #at<T>(
    peer: KnownPeer,
    address: Address,
    work: (client: PeerClient, name: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const called = `${peer.name} at ${formatAddress(address)}`;
    const kept = this.#kept.get(peer.id);
    if (kept && kept.until > this.#options.clock.monotonic() && sameAddress(kept.address, address)) {
      try {
        return await work(kept.client, called);
      } catch (error) {
        // It was started anew and knows nothing of the session.
        if (asPeerdexError(error).code !== 'unauthorized') throw error;
      }
    }
    return work(await this.#signIn(peer, address, called, signal), called);
  }

  async #signIn(
    { id }: KnownPeer,
    address: Address,
    called: string,
    signal: AbortSignal,
  ): Promise<PeerClient> {
    const { network, prover, agents, most = MOST } = this.#options;
    const own = network();
    if (own === undefined) throw new PeerdexError('unavailable', 'this peer belongs to no network');
    const first = agents.make(id, 1);
    const { token, until } = await prover
      .peer({ id, address, agent: first, name: called }, own, signal)
      .finally(() => first.destroy());
    this.#forget(id);
    const agent = agents.make(id, 2);
    const client = createClient(peerOperations, { address, agent, token, fits: fitsSchema, name: called });
    for (const oldest of this.#kept.keys()) if (this.#kept.size >= most) this.#forget(oldest);
    this.#kept.set(id, { address, agent, client, until });
    return client;
  }

  #bestFirst({ id, addresses }: KnownPeer): readonly Address[] {
    const last = this.#kept.get(id)?.address;
    const isLast = (address: Address) => last !== undefined && sameAddress(address, last);
    return [...addresses.filter(isLast), ...addresses.filter((address) => !isLast(address))];
  }

  #forget(id: PeerId): void {
    this.#kept.get(id)?.agent.destroy();
    this.#kept.delete(id);
  }
}

interface Kept {
  readonly address: Address;
  readonly agent: Agent;
  readonly client: PeerClient;
  /** Monotonic milliseconds. */
  readonly until: number;
}

const sameAddress = (a: Address, b: Address): boolean => a.host === b.host && a.port === b.port;
