import type { Agent } from 'node:http';
import { type Address, formatAddress } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { NetworkId, PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Trust } from '../../core/trust/trust.ts';
import { type Client, createClient } from '../../network/http/client.ts';
import { fitsSchema } from '../../network/http/validate.ts';
import { peerOperations } from '../../protocol/http/peer/operations.ts';
import type { Agents } from './agents.ts';
import { agreeOnRevocations } from './agree-on-revocations.ts';
import type { MembershipProver } from './membership-prover.ts';

export type PeerClient = Client<typeof peerOperations>;

export interface PeerClientsOptions {
  readonly network: () => NetworkId | undefined;
  readonly prover: MembershipProver;
  readonly trust: Trust;
  readonly agents: Agents;
  readonly clock: Clock;
  readonly log: Log;
  /** Most peers whose connections are kept. */
  readonly most?: number;
}

const MOST = 64;
const AGREE_MS = 10_000;

/** `hear` takes the number of a list of revocations that the peer has named. */
type Work<T> = (client: PeerClient, name: string, hear: (revocations: number) => void) => Promise<T>;

/**
 * Other peers' HTTP, signed in as a member. Connections and sessions are kept for the peers that were asked last. Whoever is asked for
 * anything has the same list of revocations as this peer after it.
 */
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
  async use<T>(peer: KnownPeer, work: Work<T>, signal: AbortSignal): Promise<T> {
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

  async #at<T>(peer: KnownPeer, address: Address, work: Work<T>, signal: AbortSignal): Promise<T> {
    const called = `${peer.name} at ${formatAddress(address)}`;
    const kept = this.#kept.get(peer.id);
    if (kept && kept.until > this.#options.clock.monotonic() && sameAddress(kept.address, address)) {
      try {
        return await this.#do(kept, work, called);
      } catch (error) {
        // It was started anew and knows nothing of the session.
        if (asPeerdexError(error).code !== 'unauthorized') throw error;
      }
    }
    return this.#do(await this.#signIn(peer, address, called, signal), work, called);
  }

  async #do<T>(kept: Kept, work: Work<T>, called: string): Promise<T> {
    await this.#agree(kept, called);
    const done = await work(kept.client, called, (number) => {
      if (Number.isSafeInteger(number) && number > kept.revocations) kept.revocations = number;
    });
    await this.#agree(kept, called);
    return done;
  }

  /** What was wanted of the peer does not fail because its list of revocations cannot be had, or is none. */
  async #agree(kept: Kept, called: string): Promise<void> {
    const { trust, log } = this.#options;
    if (kept.revocations === trust.revocations) return;
    try {
      await agreeOnRevocations(kept.revocations, kept.client, trust, AbortSignal.timeout(AGREE_MS));
    } catch (error) {
      const say = kept.isComplained ? 'debug' : 'warn';
      kept.isComplained = true;
      log[say](`no common list of revocations with ${called}: ${asPeerdexError(error).message}`, {
        event: 'revocations-not-agreed',
      });
    }
    // Also where it said more than it gave: it is asked again when it says a yet higher number.
    kept.revocations = trust.revocations;
  }

  async #signIn({ id }: KnownPeer, address: Address, called: string, signal: AbortSignal): Promise<Kept> {
    const { network, prover, agents, most = MOST } = this.#options;
    const own = network();
    if (own === undefined) throw new PeerdexError('unavailable', 'this peer belongs to no network');
    const first = agents.make(id, 1);
    const {
      token,
      until,
      revocations = 0,
    } = await prover
      .peer({ id, address, agent: first, name: called }, own, signal)
      .finally(() => first.destroy());
    this.#forget(id);
    const agent = agents.make(id, 2);
    const client = createClient(peerOperations, { address, agent, token, fits: fitsSchema, name: called });
    for (const oldest of this.#kept.keys()) if (this.#kept.size >= most) this.#forget(oldest);
    const kept = { address, agent, client, until, revocations, isComplained: false };
    this.#kept.set(id, kept);
    return kept;
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
  /** Number of the newest list that the peer is known to have. */
  revocations: number;
  /** That there was no list to be had was said in a warning. */
  isComplained: boolean;
}

const sameAddress = (a: Address, b: Address): boolean => a.host === b.host && a.port === b.port;
