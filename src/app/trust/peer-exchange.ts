import type { Clock } from '../../core/clock.ts';
import type { IndexHead } from '../../core/entry.ts';
import { asPeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { linkedAbort } from '../../core/linked-abort.ts';
import type { Log } from '../../core/ports/log.ts';
import type { PeerDirectory } from '../../core/ports/peer-directory.ts';
import { jitter, type Random, randomInt } from '../../core/random.ts';
import type { Trust } from '../../core/trust/trust.ts';
import { BRING_AFTER_MS, BROUGHT_TO } from '../../index/page-sources.ts';
import type { OwnedHead } from '../../index/recent-heads.ts';
import { BRING_MS } from '../bring-log.ts';
import { Alarm } from '../membership/alarm.ts';
import type { PeerClient, PeerClients } from './peer-clients.ts';

export interface PeerExchangeOptions {
  readonly trust: Trust;
  readonly clients: Pick<PeerClients, 'use'>;
  readonly directory: PeerDirectory;
  /** Whether the registry answered when it was asked last. */
  readonly registryAnswers: () => boolean;
  /** How far another member knows this peer's own log. */
  readonly onHead: (head: IndexHead) => void;
  /** How far it knows the logs of others. */
  readonly onHeads: (heads: readonly OwnedHead[]) => void;
  /** This peer's own log, and how it is brought to who does not know all of it. */
  readonly own: {
    head(): IndexHead;
    bring(client: PeerClient, signal: AbortSignal): Promise<void>;
  };
  /** The peers that are to know a change of the own log first. */
  readonly firsts: () => readonly PeerId[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** How many are asked each time. */
const FANOUT = 3;
/** While the registry does not answer; with the jitter of 20 % at most 36 s, as a renewal. */
const ALONE_MS = 30_000;
const USUAL_MS = 300_000;
const ASK_MS = 10_000;

/**
 * The periodic exchange with a few random active peers: by it the list of revocations reaches also those who want nothing of each
 * other, and this peer hears how far others know its log. Often while the registry does not answer, seldom while it does.
 */
export class PeerExchange {
  readonly #options: PeerExchangeOptions;
  readonly #alarm: Alarm;
  readonly #asking = new Set<PeerId>();
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #endListening: (() => void) | undefined;
  #cancelBringing: (() => void) | undefined;

  constructor(options: PeerExchangeOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock);
  }

  start(): void {
    const { trust, registryAnswers } = this.#options;
    // A registry tells everybody itself; without it news go on at once.
    this.#endListening = trust.onRevoked(() => {
      if (!registryAnswers()) this.#alarm.ring();
    });
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#endListening?.();
    this.#cancelBringing?.();
    this.#stop.abort(new DOMException('stopped', 'AbortError'));
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** The registry has ceased to answer, or answers again. */
  registryChanged(): void {
    this.#alarm.ring();
  }

  /**
   * The own log has changed: where nobody can dial this peer, others get it by what is brought to two of these, and where no registry tells
   * of it, all of these have it before others hear of it and ask them.
   */
  headChanged(): void {
    const { clock, firsts, registryAnswers } = this.#options;
    this.#cancelBringing ??= clock.after(BRING_AFTER_MS, () => {
      this.#cancelBringing = undefined;
      const most = registryAnswers() ? BROUGHT_TO : undefined;
      for (const id of firsts().slice(0, most)) void this.with(id);
    });
  }

  /** Asks one member for its news; it is known to have some. Never rejects. */
  async with(id: PeerId): Promise<void> {
    const { directory, clients, log, onHead, onHeads, own } = this.#options;
    const peer = directory.get(id);
    if (!peer || this.#asking.has(id) || this.#stop.signal.aborted) return;
    this.#asking.add(id);
    const asked = linkedAbort(AbortSignal.timeout(ASK_MS + BRING_MS), this.#stop.signal);
    const { signal } = asked;
    try {
      await clients.use(
        peer,
        async (client, _name, hear) => {
          const news = await client.news({}, { signal });
          hear(news.revocations);
          if (news.head) onHead(news.head);
          onHeads(news.heads ?? []);
          const { index, seq } = own.head();
          if (seq > 0 && (news.head?.index !== index || news.head.seq < seq)) await own.bring(client, signal);
        },
        signal,
      );
    } catch (error) {
      log.debug(`no news from ${peer.name}: ${asPeerdexError(error).message}`, { peer: id });
    } finally {
      asked.release();
      this.#asking.delete(id);
    }
  }

  async #run(): Promise<void> {
    const { registryAnswers, random } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await Promise.all(this.#some().map(({ id }) => this.with(id)));
      await this.#alarm.wait(jitter(random, registryAnswers() ? USUAL_MS : ALONE_MS, 0.2), signal);
    }
  }

  #some(): readonly KnownPeer[] {
    const { directory, trust, random } = this.#options;
    const left = directory.active().filter(({ id }) => !trust.isRevoked(id));
    const chosen: KnownPeer[] = [];
    while (chosen.length < FANOUT && left.length > 0) {
      const [one] = left.splice(randomInt(random, left.length), 1);
      chosen.push(one!);
    }
    return chosen;
  }
}
