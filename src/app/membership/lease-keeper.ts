import { type Address, formatAddress } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import type { IndexHead } from '../../core/entry.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import { DEFAULT_LEASE_SECONDS, type PeerAnnouncement, RENEWALS_PER_LEASE } from '../../core/lease.ts';
import type { Log } from '../../core/ports/log.ts';
import { jitter, type Random } from '../../core/random.ts';
import type { Trust } from '../../core/trust/trust.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { Alarm } from './alarm.ts';
import { Backoff } from './backoff.ts';
import type { RegistryClient, RegistryConnection } from './registry-connection.ts';
import { takePapers } from './take-papers.ts';

export interface LeaseKeeperOptions {
  readonly announcement: () => PeerAnnouncement;
  /**
   * How far the registry knew this peer's log before it registered now; `told`: the newest head that this start of the peer had told
   * it until then.
   */
  readonly onKnownHead?: ((known: IndexHead, told: IndexHead | undefined) => void) | undefined;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called after every try. */
  readonly onTry: (outcome: LeaseOutcome) => void;
}

export type LeaseOutcome =
  | {
      readonly registered: true;
      readonly name: string;
      /** That another peer with the same key runs, and where. */
      readonly rival?: string | undefined;
    }
  | { readonly registered: false; readonly error: PeerdexError };

const COPIED = 'a data folder was copied: stop one of the two and run `peerdex reset-identity` on its folder';
/** Changes of the own index are told at most this often. */
const ANNOUNCE_EVERY_MS = 500;

/** Holds this peer's lease: registers, renews, and registers again when the registry has forgotten it. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #alarm: Alarm;
  readonly #backoff: Backoff;
  /** Calls of announce are numbered; a try tells all that were made before it. */
  #news = 0;
  readonly #waiting = new Set<{ readonly news: number; readonly resolve: (told: boolean) => void }>();
  #told: IndexHead | undefined;
  #lease: 'none' | 'held' | 'displaced' = 'none';
  #renewMs = (DEFAULT_LEASE_SECONDS / RENEWALS_PER_LEASE) * 1000;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock);
    this.#backoff = new Backoff(options.random);
  }

  /** True while the registry may hold a lease of this start of the peer. */
  get mayHoldLease(): boolean {
    return this.#lease === 'held';
  }

  /** Keeps the lease until the signal aborts; the lease itself goes on then. */
  async run(connection: RegistryConnection, signal: AbortSignal): Promise<void> {
    this.#lease = 'none';
    this.#backoff.reset();
    while (!signal.aborted) {
      const begun = this.#options.clock.monotonic();
      const news = this.#news;
      const { told, pauseMs } = await this.#try(connection, signal);
      this.#answerWaiting(news, told);
      await this.#alarm.wait(pauseMs, signal);
      const since = this.#options.clock.monotonic() - begun;
      if (since < ANNOUNCE_EVERY_MS)
        await new Alarm(this.#options.clock).wait(ANNOUNCE_EVERY_MS - since, signal);
    }
    this.#answerWaiting(this.#news, false);
  }

  /** Tells the registry now; resolves true when it knows, false when it could not be told. */
  announce(): Promise<boolean> {
    this.#news += 1;
    const news = this.#news;
    this.#alarm.ring();
    return new Promise((resolve) => this.#waiting.add({ news, resolve }));
  }

  /** Looks now whether the lease still stands. */
  check(): void {
    this.#alarm.ring();
  }

  async #try(
    connection: RegistryConnection,
    signal: AbortSignal,
  ): Promise<{ told: boolean; pauseMs: number }> {
    const { onTry, onKnownHead, trust, random, log } = this.#options;
    const told = this.#told;
    try {
      const { name, renewSeconds, rival } = await connection.use(async (client) => {
        const grant = await this.#ask(client, signal);
        await takePapers(grant, client, trust, signal);
        if (grant.head) onKnownHead?.(grant.head, told);
        return grant;
      });
      this.#lease = 'held';
      this.#backoff.reset();
      this.#renewMs = renewSeconds * 1000;
      onTry({ registered: true, name, rival: rival && this.#besides(rival) });
      return { told: true, pauseMs: jitter(random, this.#renewMs, 0.2) };
    } catch (cause) {
      if (signal.aborted) return { told: false, pauseMs: 0 };
      const error = asPeerdexError(cause);
      log.debug(`not registered: ${error.message}`, { error });
      onTry({ registered: false, error });
      return {
        told: false,
        pauseMs: this.#lease === 'displaced' ? jitter(random, this.#renewMs, 0.2) : this.#backoff.next(error),
      };
    }
  }

  async #ask(client: RegistryClient, signal: AbortSignal) {
    const { id, name, addresses, nonce, head, files, bytes, passing } = this.#options.announcement();
    const params = { id };
    this.#told = head;
    const { ticket, revocations } = this.#options.trust;
    const news = {
      nonce,
      ...(head && { head }),
      files,
      bytes,
      ...(ticket && { ticketEnds: ticket.expires }),
      revocations,
    };
    if (this.#lease !== 'none') {
      try {
        return await client.renew({ params, body: news }, { signal });
      } catch (error) {
        const known = asPeerdexError(error);
        if (known.code === 'conflict') {
          // A newer start of this peer holds the lease: registering would only take it away again and again.
          this.#lease = 'displaced';
          throw new PeerdexError('conflict', this.#withOwn(known.message), {
            cause: known,
            hint: known.hint,
          });
        }
        if (known.code !== 'not-found') throw error;
        this.#lease = 'none';
      }
    }
    const body = {
      ...news,
      protocol: PROTOCOL_VERSION,
      name,
      addresses: [...addresses],
      ...(passing && { passing }),
    };
    return client.register({ params, body }, { signal });
  }

  #besides(rival: readonly Address[]): string {
    return this.#withOwn(`another peer with the same key runs at ${rival.map(formatAddress).join(', ')}`);
  }

  /** What the registry says of another peer with this key, with the address that it cannot know: that of this one. */
  #withOwn(message: string): string {
    const { addresses } = this.#options.announcement();
    return `${message}; this one is at ${addresses.map(formatAddress).join(', ')} (${COPIED})`;
  }

  #answerWaiting(news: number, told: boolean): void {
    for (const one of this.#waiting) {
      if (one.news > news) continue;
      this.#waiting.delete(one);
      one.resolve(told);
    }
  }
}
