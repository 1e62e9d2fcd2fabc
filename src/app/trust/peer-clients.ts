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
  /** One at a time for a peer: who comes meanwhile takes what it brings. */
  readonly #signingIn = new Map<PeerId, { readonly address: Address; readonly kept: Promise<Kept> }>();

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

  /** Resolves once the peer answers and this peer is signed in; throws as `use` does. */
  reach(peer: KnownPeer, signal: AbortSignal): Promise<void> {
    return this.use(peer, async () => {}, signal);
  }

  close(): void {
    for (const [id, kept] of this.#kept) {
      this.#forget(id);
      kept.agent.destroy();
    }
  }

  async #at<T>(peer: KnownPeer, address: Address, work: Work<T>, signal: AbortSignal): Promise<T> {
    const called = `${peer.name} at ${formatAddress(address)}`;
    const other = this.#signingIn.get(peer.id);
    await other?.kept.catch((error: unknown) => {
      // What nobody answered just now nobody would answer now.
      if (sameAddress(other.address, address) && asPeerdexError(error).code === 'unavailable') throw error;
    });
    const kept = this.#kept.get(peer.id);
    if (kept && kept.until > this.#options.clock.monotonic() && sameAddress(kept.address, address)) {
      try {
        return await this.#do(kept, work, called);
      } catch (error) {
        // It was started anew and knows nothing of the session.
        if (asPeerdexError(error).code !== 'unauthorized') throw error;
      }
    }
    const signingIn = this.#signIn(peer, address, called, signal);
    this.#signingIn.set(peer.id, { address, kept: signingIn });
    const signedIn = await signingIn.finally(() => {
      if (this.#signingIn.get(peer.id)?.kept === signingIn) this.#signingIn.delete(peer.id);
    });
    return this.#do(signedIn, work, called);
  }

  async #do<T>(kept: Kept, work: Work<T>, called: string): Promise<T> {
    kept.users += 1;
    try {
      await this.#agree(kept, called);
      const done = await work(kept.client, called, (number) => {
        if (Number.isSafeInteger(number) && number > kept.revocations) kept.revocations = number;
      });
      await this.#agree(kept, called);
      return done;
    } finally {
      kept.users -= 1;
      if (kept.isForgotten && kept.users === 0) kept.agent.destroy();
    }
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
    const kept = {
      address,
      agent,
      client,
      until,
      revocations,
      isComplained: false,
      users: 0,
      isForgotten: false,
    };
    this.#kept.set(id, kept);
    return kept;
  }

  #bestFirst({ id, addresses }: KnownPeer): readonly Address[] {
    const last = this.#kept.get(id)?.address;
    const isLast = (address: Address) => last !== undefined && sameAddress(address, last);
    return [...addresses.filter(isLast), ...addresses.filter((address) => !isLast(address))];
  }

  /** Its connections end when nobody waits for an answer on them any more. */
  #forget(id: PeerId): void {
    const kept = this.#kept.get(id);
    if (!kept) return;
    this.#kept.delete(id);
    kept.isForgotten = true;
    if (kept.users === 0) kept.agent.destroy();
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
  /** Who waits for an answer on its connections. */
  users: number;
  /** Another one has its place; its connections end with the last of its users. */
  isForgotten: boolean;
}

const sameAddress = (a: Address, b: Address): boolean => a.host === b.host && a.port === b.port;
