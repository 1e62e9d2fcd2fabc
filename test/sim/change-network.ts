import { bringLog } from '../../src/app/bring-log.ts';
import { FallenIndex } from '../../src/app/fallen-index.ts';
import { IndexSync } from '../../src/app/index-sync.ts';
import { readSignedPage } from '../../src/app/page-bytes.ts';
import { logHandlers } from '../../src/app/public/log-answers.ts';
import type { PeerClient } from '../../src/app/trust/peer-clients.ts';
import { PeerExchange } from '../../src/app/trust/peer-exchange.ts';
import type { PeerId } from '../../src/core/ids.ts';
import type { KnownPeer } from '../../src/core/known-peer.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { Trust } from '../../src/core/trust/trust.ts';
import { OwnLog } from '../../src/index/own-log.ts';
import { PageSources } from '../../src/index/page-sources.ts';
import { RecentHeads } from '../../src/index/recent-heads.ts';
import type { RequestContext } from '../../src/network/http/handlers.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import { MemoryEntryStore } from '../../src/storage/memory/entry-store.ts';
import { MemoryPageStore } from '../../src/storage/memory/page-store.ts';
import { seededKey } from '../support/fresh-key.ts';
import { EventQueue } from './event-queue.ts';
import { IndexWire, runEvents } from './index-wire.ts';
import { SimDirectory, simMember } from './sim-directory.ts';

export interface ChangeOptions {
  readonly peers: number;
  /** Nobody can dial the owner of the change. */
  readonly isHidden?: boolean;
  readonly hasRegistry?: boolean;
  readonly seed?: number;
}

interface Peer {
  readonly id: PeerId;
  readonly store: MemoryEntryStore;
  readonly directory: SimDirectory;
  readonly sync: IndexSync;
  readonly exchange: PeerExchange;
  readonly sources: PageSources;
  readonly answers: ReturnType<typeof logHandlers>;
}

/**
 * Peers that all know the log of one of them, over simulated lines; following, answering, exchange and choice of sources are the program's own.
 * What is simulated: HTTP, sessions, and the registry, which tells everybody of a head 100 ms after it knows of it.
 */
export class ChangeNetwork implements AsyncDisposable {
  readonly queue = new EventQueue();
  readonly wire: IndexWire;
  readonly #options: ChangeOptions;
  readonly #keys: readonly Signer[];
  readonly #members: ReadonlyMap<PeerId, KnownPeer>;
  readonly #peers = new Map<PeerId, Peer>();
  readonly #log: OwnLog;
  /** Peers that know all of the log. */
  readonly #knowing = new Set<PeerId>();
  #changes = 0;

  constructor(options: ChangeOptions) {
    this.#options = options;
    const random = seededRandom(options.seed ?? 1);
    this.#keys = Array.from({ length: options.peers }, () => seededKey(random));
    this.#members = new Map(this.#keys.map(({ id }) => [id, simMember(id)]));
    const undialable = new Set(options.isHidden ? [this.owner] : []);
    this.wire = new IndexWire({ queue: this.queue, roundTrip: 20, rate: 12.5e6, undialable });
    const owners = new MemoryEntryStore();
    this.#log = new OwnLog(owners, this.owner, this.queue.clock, seededRandom(1));
    this.#write(0);
    for (const [n, key] of this.#keys.entries()) this.#peers.set(key.id, this.#make(key, n, owners));
  }

  get owner(): PeerId {
    return this.#keys[0]!.id;
  }

  /** The owner has another new file: simulated milliseconds until so many peers know of it, at each quarter and the last. */
  async change(): Promise<{ readonly at: readonly number[] }> {
    const { hasRegistry = true } = this.#options;
    if (this.#changes === 0) this.#start();
    this.#changes += 1;
    // The first exchanges of all are over, and nobody has just been asked.
    await runEvents(this.queue, () => false, this.queue.now + QUIET_MS);
    this.wire.reset();
    this.#knowing.clear();
    const began = this.queue.now;
    this.#write(this.#changes);
    const head = this.#log.head();
    this.#peers.get(this.owner)!.exchange.headChanged();
    if (hasRegistry)
      this.queue.at(began + 100, () => {
        for (const { directory } of this.#others()) directory.tell(this.owner, head);
      });
    const quarters = [0.25, 0.5, 0.75, 1].map((share) => Math.ceil(share * (this.#options.peers - 1)));
    const at: number[] = [];
    await runEvents(
      this.queue,
      () => {
        while (at.length < 4 && this.#knowing.size >= quarters[at.length]!) at.push(this.queue.now - began);
        return at.length === 4;
      },
      began + 3_600_000,
    );
    return { at };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopping = [...this.#peers.values()].flatMap(({ sync, exchange }) => [
      sync.stop(),
      exchange.stop(),
    ]);
    await runEvents(this.queue, () => false, Number.MAX_VALUE);
    await Promise.all(stopping);
  }

  #start(): void {
    const before = this.#log.head();
    for (const { id, directory, exchange, sync } of this.#peers.values()) {
      if (id !== this.owner) directory.tell(this.owner, before);
      sync.start();
      exchange.start();
    }
  }

  #others(): readonly Peer[] {
    return [...this.#peers.values()].filter(({ id }) => id !== this.owner);
  }

  #write(n: number): void {
    const path = `share/${n}.txt`;
    const entry = { path, kind: 'file', size: n, mtime: 1n, executable: false, flag: 1 } as const;
    this.#log.write([{ entry: { ...entry, content: String(n).padStart(64, '0') } }]);
  }

  #make(key: Signer, n: number, owners: MemoryEntryStore): Peer {
    const { hasRegistry = true, seed = 1 } = this.#options;
    const { id } = key;
    const { clock } = this.queue;
    const random = seededRandom(seed * 100_003 + n);
    const isOwner = id === this.owner;
    const store = isOwner ? owners : new MemoryEntryStore();
    const others = [...this.#members.keys()].filter((one) => one !== id);
    const members = () => others;
    const directory = new SimDirectory(this.#members, new Set(isOwner ? [] : [this.owner]));
    const everybody = new SimDirectory(this.#members, new Set(others));
    const sources = new PageSources({ self: id, members, clock, random });
    const recent = new RecentHeads({ self: id, store, members: () => [this.owner], random });
    const own = { head: () => store.owner(id) ?? { index: '', seq: 0 }, beginIndexAnew() {} };
    const fallen = new FallenIndex(own, silentLog);
    const sync = new IndexSync({
      ...{ self: id, store, pages: new MemoryPageStore(), directory, sources, clock, random, log: silentLog },
      fetchPage: async (server, owner, request) => {
        const { answers } = this.#peers.get(server.id)!;
        const query = { ...request, owner };
        const answer = await this.wire.ask(
          ...([id, server.id, 0] as const),
          () => answers.log({ query } as Parameters<typeof answers.log>[0], as(id)),
          ({ body }) => (body as Uint8Array).byteLength,
        );
        const { headers, body } = answer as { headers: Record<string, string>; body: Uint8Array };
        const signed = {
          body,
          key: Buffer.from(headers['peerdex-key']!, 'base64url'),
          signature: Buffer.from(headers['peerdex-signature']!, 'base64url'),
        };
        return { page: readSignedPage({ owner, server: server.id }, signed, systemVerifier), signed };
      },
    });
    const answers = logHandlers({
      ...{ key, entries: store, fallen, revocations: () => 0 },
      others: () => ({
        kept: sync.kept,
        brought: (owner, page) => sync.brought(owner, page),
        heads: () => recent.list(),
      }),
      memberOf: (context) => ({ peer: context.remote, role: 'publish' }),
    });
    const exchange = new PeerExchange({
      trust: { onRevoked: () => () => {}, isRevoked: () => false } as unknown as Trust,
      clients: { use: async (peer, work) => work(this.#client(id, peer.id), '', () => {}) },
      ...{ directory: everybody, registryAnswers: () => hasRegistry, onHead: (head) => fallen.heard(head) },
      onHeads: (heads) => {
        for (const { owner, index, seq } of heads) sync.heard(owner, { index, seq });
      },
      own: {
        head: own.head,
        bring: (client, signal) => bringLog(client, { key, entries: store, fallen, clock }, signal),
      },
      firsts: () => sources.firsts(id),
      ...{ clock, random, log: silentLog },
    });
    if (!isOwner) this.#teach(store);
    sync.onChange((owner) => {
      recent.changed(owner);
      if (store.owner(owner)?.seq === this.#log.head().seq) this.#knowing.add(id);
    });
    return { id, store, directory, sync, exchange, sources, answers };
  }

  /** It has followed the log so far. */
  #teach(store: MemoryEntryStore): void {
    const { index, seq } = this.#log.head();
    store.addOwner(this.owner, { index, seq, floor: 0 }, 0);
  }

  #client(from: PeerId, to: PeerId): PeerClient {
    const { answers } = this.#peers.get(to)!;
    const jsonBytes = (answer: unknown) => JSON.stringify(answer).length;
    return {
      news: () => this.wire.ask(from, to, 0, () => answers.news(NOTHING, as(from)), jsonBytes),
      bringPage: (input: Parameters<typeof answers.bringPage>[0]) =>
        this.wire.ask(from, to, jsonBytes(input), () => answers.bringPage(input, as(from)), jsonBytes),
    } as unknown as PeerClient;
  }
}

const QUIET_MS = 20_000;
const NOTHING = { params: undefined, query: undefined, body: undefined };

const as = (peer: PeerId): RequestContext => ({ remote: peer }) as RequestContext;
