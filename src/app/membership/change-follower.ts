import type { Clock } from '../../core/clock.ts';
import { asPeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { type LinkedAbort, linkedAbort } from '../../core/linked-abort.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Random } from '../../core/random.ts';
import type { Trust } from '../../core/trust/trust.ts';
import type { Changes } from '../../protocol/http/registry/operations.ts';
import { agreeOnRevocations } from '../trust/agree-on-revocations.ts';
import { Alarm } from './alarm.ts';
import { Backoff } from './backoff.ts';
import type { KnownPeers } from './known-peers.ts';
import { MAX_DIRECTORY_BYTES, MAX_DIRECTORY_VALUES, type RegistryConnection } from './registry-connection.ts';
import { toldPeer } from './told-peer.ts';

export interface ChangeFollowerOptions {
  readonly self: () => PeerId;
  readonly peers: KnownPeers;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The registry seems not to know of this peer's lease, or not to be there. */
  readonly onDoubt: () => void;
}

const POLL_SECONDS = 50;
/** Milliseconds that an answer may come late: a whole directory takes a while. */
const SLACK_MS = 30_000;
/** A registry that answers ever again at once must not keep this peer busy. */
const PAUSE_MS = 20;
const EMPTY_PAUSE_MS = 1000;

/** Follows the registry's directory by one long poll after the other. */
export class ChangeFollower {
  readonly #options: ChangeFollowerOptions;
  readonly #backoff: Backoff;
  #poll: LinkedAbort | undefined;
  readonly #listed = Promise.withResolvers<void>();
  #seen: { readonly epoch: string; readonly version: number } | undefined;

  constructor(options: ChangeFollowerOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
  }

  /** Resolves when the registry has told the first time who is there. */
  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  /** Follows until the signal aborts. */
  async run(connection: RegistryConnection, signal: AbortSignal): Promise<void> {
    const alarm = new Alarm(this.#options.clock);
    this.#seen = undefined;
    while (!signal.aborted) await alarm.wait(await this.#once(connection, signal), signal);
  }

  /** Polls anew: the connection of the poll under way may be dead without having said so. */
  restart(): void {
    this.#poll?.abort();
  }

  /** One poll; returns the milliseconds until the next. */
  async #once(connection: RegistryConnection, signal: AbortSignal): Promise<number> {
    const { clock, log, onDoubt } = this.#options;
    const begun = clock.monotonic();
    const seen = this.#seen;
    const current = linkedAbort(signal);
    this.#poll = current;
    try {
      const answer = await connection.use(async (client) => {
        const query = seen ? { epoch: seen.epoch, since: seen.version, wait: POLL_SECONDS } : {};
        const timeoutMs = POLL_SECONDS * 1000 + SLACK_MS;
        const told = await client.changes(
          { query },
          {
            signal: current.signal,
            timeoutMs,
            maxBytes: MAX_DIRECTORY_BYTES,
            maxValues: MAX_DIRECTORY_VALUES,
          },
        );
        await agreeOnRevocations(told.revocations, client, this.#options.trust, current.signal);
        return told;
      });
      this.#take(answer);
      this.#backoff.reset();
      const wasEarly = clock.monotonic() - begun < EMPTY_PAUSE_MS;
      return seen && wasEarly && answer.peers.length === 0 ? EMPTY_PAUSE_MS : PAUSE_MS;
    } catch (cause) {
      if (current.signal.aborted) return PAUSE_MS;
      const error = asPeerdexError(cause);
      log.debug(`cannot follow the registry: ${error.message}`, { error });
      onDoubt();
      return this.#backoff.next(error);
    } finally {
      current.release();
    }
  }

  #take({ epoch, version, reset, peers }: Changes): void {
    const { self, clock, onDoubt } = this.#options;
    const now = clock.now();
    const me = self();
    const told = new Map(peers.map((peer) => [peer.id, peer]));
    const mine = told.get(me);
    told.delete(me);
    const known = [...told.values()].flatMap((peer) => toldPeer(peer, now) ?? []);
    this.#options.peers.touch();
    this.#options.peers.update(known, reset);
    this.#options.peers.forgetUnseen();
    this.#seen = { epoch, version };
    this.#listed.resolve();
    if (mine ? !mine.active : reset) onDoubt();
  }
}
