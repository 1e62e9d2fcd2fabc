import type { Clock } from '../core/clock.ts';
import { asPeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import { linkedAbort } from '../core/linked-abort.ts';
import type { Log } from '../core/ports/log.ts';
import { drawn, type Random } from '../core/random.ts';
import type { PeerView } from '../index/network-view.ts';
import type { FindResult, Found } from '../index/queries.ts';
import { MAX_SEARCH_RESULTS } from '../protocol/http/peer/operations.ts';
import type { PeerClient, PeerClients } from './trust/peer-clients.ts';

/** Peers that are asked for each search. With a fifth of the network in the index of each, all but 3 % of it is in one of them. */
const ASKED = 16;
const ASK_MS = 1500;
const MAX_ANSWER_BYTES = 2 * 2 ** 20;

/** Who was asked because the index here does not have everybody. */
export interface LiveAsked {
  /** Active peers whose entries are not in the index here. */
  readonly missing: number;
  readonly asked: number;
  /** Of these, those that answered in time. */
  readonly answered: number;
}

export interface LiveFindOptions {
  readonly clients: Pick<PeerClients, 'use'>;
  /** Other active peers. */
  readonly active: () => readonly KnownPeer[];
  /** How many of them are not in the index here. */
  readonly missing: () => number;
  /** Peers whose files can be found, by id. */
  readonly peers: () => ReadonlyMap<PeerId, PeerView>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Searches beyond the index of this peer: what a few others, each with another sample, know besides. */
export class LiveFind {
  readonly #options: LiveFindOptions;
  /** Always the same while they are there, so that connections are made once. */
  #asked: readonly PeerId[] = [];

  constructor(options: LiveFindOptions) {
    this.#options = options;
  }

  /** The answer of the index here with what others add; as it is where the index has everybody. Without words nobody is asked. Never rejects for what others do. */
  async add(
    local: FindResult,
    words: string | undefined,
    limit: number,
    signal?: AbortSignal,
  ): Promise<FindResult & { readonly live?: LiveAsked }> {
    const missing = this.#options.missing();
    if (missing === 0) return local;
    if (!words?.trim()) return { ...local, live: { missing, asked: 0, answered: 0 } };
    const whom = this.#whom();
    const answers = await Promise.all(whom.map((peer) => this.#ask(peer, words, limit, signal)));
    const results = new Map(local.results.map((found): [ContentId, Found] => [found.content, found]));
    const { size } = results;
    for (const answer of answers) for (const found of answer?.results ?? []) this.#merge(results, found);
    const answered = answers.filter((answer) => answer !== undefined).length;
    return {
      ...local,
      results: [...results.values()].slice(0, limit),
      total: local.total + results.size - size,
      more: local.more || answers.some((answer) => answer?.more),
      live: { missing, asked: whom.length, answered },
    };
  }

  #whom(): readonly KnownPeer[] {
    const active = new Map(this.#options.active().map((peer) => [peer.id, peer]));
    const kept = this.#asked.filter((id) => active.has(id));
    const others = [...active.keys()].filter((id) => !kept.includes(id));
    this.#asked = [...kept, ...drawn(others, ASKED - kept.length, this.#options.random)];
    return this.#asked.map((id) => active.get(id)!);
  }

  async #ask(peer: KnownPeer, words: string, limit: number, signal?: AbortSignal) {
    const { clients, log } = this.#options;
    const linked = linkedAbort(AbortSignal.timeout(ASK_MS), ...(signal ? [signal] : []));
    try {
      const query = { words, limit: Math.min(limit, MAX_SEARCH_RESULTS) };
      return await clients.use(
        peer,
        (client: PeerClient) =>
          client.searchIndex({ query }, { signal: linked.signal, maxBytes: MAX_ANSWER_BYTES }),
        linked.signal,
      );
    } catch (error) {
      // Somebody else may answer the next time.
      this.#asked = this.#asked.filter((id) => id !== peer.id);
      log.debug(`${peer.name} does not search for others: ${asPeerdexError(error).message}`, {
        peer: peer.id,
      });
      return undefined;
    } finally {
      linked.release();
    }
  }

  /** Only peers that can be found hold anything, whatever others say; what they hold is checked when it is fetched. */
  #merge(
    results: Map<ContentId, Found>,
    {
      holders: told,
      ...found
    }: Omit<Found, 'holders'> & { holders: readonly { peer: PeerId; path: string }[] },
  ): void {
    const peers = this.#options.peers();
    const known = results.get(found.content);
    const holders = [...(known?.holders ?? [])];
    for (const { peer, path } of told) {
      const view = peers.get(peer);
      if (!view || view.self || holders.some((holder) => holder.peer === peer)) continue;
      holders.push({ peer, name: view.name, address: view.address, path, self: false });
    }
    if (holders.length > 0) results.set(found.content, { ...found, ...known, holders });
  }
}
