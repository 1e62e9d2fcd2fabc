import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { JoinLink } from '../core/join-link.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import type { PeerAnnouncement } from '../core/lease.ts';
import type { Log } from '../core/ports/log.ts';
import type { KnownPeerStore, PeerDirectory } from '../core/ports/peer-directory.ts';
import type { Random } from '../core/random.ts';
import type { Trust } from '../core/trust/trust.ts';
import { ChangeFollower } from './membership/change-follower.ts';
import { KnownPeers } from './membership/known-peers.ts';
import { LeaseKeeper, type LeaseKeeperOptions } from './membership/lease-keeper.ts';
import { didAnswer, type MembershipStatus, NO_NETWORK, statusOf } from './membership/outcome.ts';
import { Outcomes } from './membership/outcomes.ts';
import { type RegistryClient, RegistryConnection } from './membership/registry-connection.ts';
import type { Agents } from './trust/agents.ts';
import type { MembershipProver } from './trust/membership-prover.ts';

export interface MembershipOptions {
  /** Absent: this peer belongs to no network until `setLink`. */
  readonly link: JoinLink | undefined;
  /** What this peer says of itself at this moment; the id never changes. */
  readonly announcement: () => PeerAnnouncement;
  /** See `LeaseKeeperOptions`. */
  readonly onKnownHead?: LeaseKeeperOptions['onKnownHead'];
  readonly store: KnownPeerStore;
  readonly trust: Trust;
  readonly prover: MembershipProver;
  readonly agents: Agents;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Most other peers that are remembered; 20,000 unless told. */
  readonly maxPeers?: number;
}

const MAX_PEERS = 20_000;
const LEAVE_MS = 3000;

/** This peer's place in its network: its lease, and the other peers as the registry tells of them. */
export class Membership implements PeerDirectory {
  readonly #options: MembershipOptions;
  readonly #peers: KnownPeers;
  readonly #keeper: LeaseKeeper;
  readonly #follower: ChangeFollower;
  #link: JoinLink | undefined;
  #run: Run | undefined;
  readonly #outcomes: Outcomes;

  constructor(options: MembershipOptions) {
    const { store, trust, clock, random, log, announcement, onKnownHead, maxPeers = MAX_PEERS } = options;
    this.#options = options;
    this.#link = options.link;
    this.#peers = new KnownPeers({ store, clock, log, maxPeers });
    this.#outcomes = new Outcomes({ log, onReturn: () => this.#follower.restart() });
    this.#keeper = new LeaseKeeper({
      announcement,
      onKnownHead,
      trust,
      clock,
      random,
      log,
      onTry: (outcome) => this.#outcomes.add(outcome),
    });
    this.#follower = new ChangeFollower({
      self: () => announcement().id,
      peers: this.#peers,
      trust,
      clock,
      random,
      log,
      onDoubt: () => this.#keeper.check(),
    });
  }

  active(): readonly KnownPeer[] {
    return this.#peers.active();
  }

  get(id: PeerId): KnownPeer | undefined {
    return this.#peers.get(id);
  }

  onChange(listener: (changed: readonly KnownPeer[]) => void): () => void {
    return this.#peers.onChange(listener);
  }

  get link(): JoinLink | undefined {
    return this.#link;
  }

  /** As the registry handed it out, else as this peer would like it. */
  get name(): string {
    const { last } = this.#outcomes;
    return last?.registered ? last.name : this.#options.announcement().name;
  }

  status(): MembershipStatus {
    return statusOf(this.#link, this.#outcomes.last);
  }

  /** Whether the registry answered when it was asked last, be it by a refusal. */
  get registryAnswers(): boolean {
    return didAnswer(this.#outcomes.last);
  }

  /** Calls back when the registry has ceased to answer, or answers. Returns what ends it. */
  onRegistry(listener: () => void): () => void {
    return this.#outcomes.onRegistry(listener);
  }

  /** Why the last try to register failed. */
  get problem(): PeerdexError | undefined {
    const { last } = this.#outcomes;
    return last?.registered === false ? last.error : undefined;
  }

  /** Resolves when the registry has told the first time which peers are active; never, while there is none. */
  get listed(): Promise<void> {
    return this.#follower.listed;
  }

  /** Registers and goes on renewing and following until `stop` or `leave`; without a link it does nothing. */
  start(): void {
    if (this.#run || !this.#link) return;
    const abort = new AbortController();
    const connection = this.#connect(this.#link, abort.signal);
    const loops = [this.#keeper.run(connection, abort.signal), this.#follower.run(connection, abort.signal)];
    const ended = Promise.all(loops).then(() => {});
    // A loop ends only with its signal; if one breaks nevertheless, that must be seen.
    ended.catch((error) => this.#options.log.error('membership broke', { event: 'membership-broke', error }));
    this.#run = { abort, connection, ended };
  }

  /**
   * Resolves when this peer is registered; rejects with the signal's reason, or at once where trying again cannot help: `conflict` for a
   * registry of another network, `unsupported` for another version, `unauthorized` or `forbidden` when this peer is not let in,
   * `verification` for a registry with another key, `unavailable` when there is no link.
   */
  firstRegistration(signal: AbortSignal): Promise<void> {
    if (this.#link) return this.#outcomes.registered(signal);
    return Promise.reject(
      signal.aborted ? signal.reason : new PeerdexError('unavailable', NO_NETWORK, { retry: false }),
    );
  }

  /** Tells the registry what has changed here, at most every 500 ms. Resolves true when it knows, false when it could not be told. */
  async announce(): Promise<boolean> {
    return this.#run ? this.#keeper.announce() : false;
  }

  /** Goes to a network, or to another registry of the same one; what was known of another network's peers is dropped. */
  async setLink(link: JoinLink): Promise<void> {
    await this.stop();
    if (this.#link && this.#link.network !== link.network) this.#peers.clear();
    this.#link = link;
    this.#outcomes.forget();
    this.start();
  }

  /** Runs `work` with the registry, in this peer's name. Throws `unavailable` without a network or when it does not answer. */
  async ask<T>(work: (registry: RegistryClient) => Promise<T>): Promise<T> {
    if (!this.#run) throw new PeerdexError('unavailable', NO_NETWORK);
    return this.#run.connection.use(work);
  }

  /** Ends the lease; true when the registry has confirmed. */
  async leave(): Promise<boolean> {
    const { mayHoldLease } = this.#keeper;
    await this.#stopLoops();
    this.#outcomes.forget();
    if (!mayHoldLease || !this.#link) return false;
    const { id, nonce } = this.#options.announcement();
    const signal = AbortSignal.timeout(LEAVE_MS);
    const connection = this.#connect(this.#link, signal);
    try {
      await connection.use((client) => client.leave({ params: { id }, query: { nonce } }, { signal }));
      return true;
    } catch (error) {
      this.#options.log.warn(
        'the registry could not be told that this peer leaves; its lease ends by itself',
        { event: 'leave-not-told', error },
      );
      return false;
    } finally {
      connection.close();
    }
  }

  /** Ends all work; the lease goes on until its end. */
  async stop(): Promise<void> {
    await this.#stopLoops();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #connect(link: JoinLink, signal: AbortSignal): RegistryConnection {
    const { prover, agents, clock } = this.#options;
    return new RegistryConnection({ link, prover, agents, clock, signal });
  }

  async #stopLoops(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    run.abort.abort(new PeerdexError('interrupted', 'this peer stops'));
    await run.ended;
    run.connection.close();
    this.#peers.flush();
  }
}

interface Run {
  readonly abort: AbortController;
  readonly connection: RegistryConnection;
  readonly ended: Promise<void>;
}
