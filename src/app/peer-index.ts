import { join } from 'node:path';
import type { Address } from '../core/address.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import type { Random } from '../core/random.ts';
import { mayPublish } from '../core/trust/role.ts';
import { AGAIN_MS, IndexMembers } from '../index/index-members.ts';
import type { NetworkView } from '../index/network-view.ts';
import { PageSources } from '../index/page-sources.ts';
import { type OwnedHead, RecentHeads } from '../index/recent-heads.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import type { PeerConfig } from './config.ts';
import { CsvExport } from './csv-export.ts';
import { pageFetcher } from './fetch-page.ts';
import { IndexSync } from './index-sync.ts';
import { LiveFind } from './live-find.ts';
import type { Membership } from './membership.ts';
import type { PeerStores } from './peer-stores.ts';
import type { OthersLogs } from './public/log-answers.ts';
import type { ShareService } from './shares.ts';
import type { PeerClients } from './trust/peer-clients.ts';

/** Up to so many other peers the index has everybody. */
const INDEX_PEERS = 2000;
/** How long the first look at the others' indexes may take. */
const FIRST_PULL_MS = 5_000;

export interface PeerIndexOptions {
  readonly config: PeerConfig;
  readonly self: PeerId;
  readonly addresses: readonly Address[];
  readonly stores: PeerStores;
  readonly shares: ShareService;
  readonly membership: Membership;
  readonly view: NetworkView;
  readonly clients: PeerClients;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What a peer follows: the logs of all others, and the table of the whole network that is kept from them. */
export interface PeerIndex extends OthersLogs, AsyncDisposable {
  readonly csv: CsvExport;
  readonly sources: PageSources;
  /** Searches beyond the index here, where it does not have everybody. */
  readonly liveFind: LiveFind;
  /** Another member says how far it knows these logs. */
  heard(heads: readonly OwnedHead[]): void;
  /** See IndexSync. */
  warnings(): readonly string[];
  /** Calls back when another peer's entries have changed. Returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Begins to follow; resolves when everybody who is active has been asked once, or after 5 s. */
  follow(): Promise<void>;
}

export function makePeerIndex(options: PeerIndexOptions): PeerIndex {
  const { config, self, addresses, stores, shares, membership, clients, clock, random, log } = options;
  const { entries } = stores;
  const resources = new AsyncDisposableStack();
  const members = () => membership.active().map(({ id }) => id);
  const sources = new PageSources({ self, members, clock, random });
  const followed = new Set(config.indexFollow ?? []);
  const chosen = new IndexMembers({
    ...{ self, members, clock, most: config.indexPeers ?? INDEX_PEERS },
    isFollowed: (id) => followed.has(id) || followed.has(membership.get(id)?.name ?? ''),
    isOutOfReach: (id) => sync.isOutOfReach(id),
  });
  const liveFind = new LiveFind({
    ...{ clients, clock, random, log },
    active: () => membership.active(),
    missing: () => chosen.without,
    peers: () => options.view.peers(),
  });
  const recent = new RecentHeads({ self, store: entries, members, random });
  const sync: IndexSync = new IndexSync({
    self,
    store: entries,
    pages: stores.pages,
    directory: membership,
    sources,
    reach: (server, signal) => clients.reach(server, signal),
    fetchPage: pageFetcher(clients, systemVerifier),
    isWanted: (owner) => mayPublish(membership.get(owner)?.role ?? 'fetch') && chosen.has(owner),
    limits: config.indexLimits,
    clock,
    random,
    log,
  });
  resources.use(sync);
  resources.use(reviewed(chosen, membership, sync, clock));
  const csv = new CsvExport({
    database: stores.file,
    store: entries,
    files: [join(config.data, 'index.csv'), ...(config.csv ? [config.csv] : [])],
    addressOf: (peer) => (peer === self ? addresses[0] : membership.get(peer)?.addresses[0]),
    clock,
    log,
  });
  resources.use(csv);
  resources.defer(shares.onHeadChange(() => csv.touch()));
  resources.defer(
    sync.onChange((owner) => {
      recent.changed(owner);
      csv.touch();
    }),
  );
  return {
    csv,
    sources,
    liveFind,
    kept: sync.kept,
    brought: (owner, page) => sync.brought(owner, page),
    heads: () => recent.list(),
    heard(heads) {
      for (const { owner, index, seq } of heads) sync.heard(owner, { index, seq });
    },
    warnings: () => sync.warnings(),
    onChange: (listener) => sync.onChange(listener),
    follow() {
      sync.start();
      return askEverybody(membership, sync, clock);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Waits for the registry's list of peers and then until each has been asked for its index once, but not for ever. */
async function askEverybody(membership: Membership, sync: IndexSync, clock: Clock): Promise<void> {
  const began = clock.monotonic();
  const enough = new AbortController();
  await Promise.race([membership.listed, sleep(clock, FIRST_PULL_MS, enough.signal).catch(() => {})]);
  enough.abort();
  await sync.initialPull(Math.max(0, FIRST_PULL_MS - (clock.monotonic() - began)));
}

/** Has the index look again at whose entries it keeps, whenever others are chosen. */
function reviewed(chosen: IndexMembers, membership: Membership, sync: IndexSync, clock: Clock): Disposable {
  let { moves } = chosen;
  const look = () => {
    if (chosen.moves === moves) return;
    moves = chosen.moves;
    sync.review();
  };
  const forget = membership.onChange(() => {
    chosen.refresh();
    look();
  });
  let cancel = () => {};
  const again = () => {
    look();
    cancel = clock.after(AGAIN_MS, again);
  };
  again();
  return {
    [Symbol.dispose]() {
      forget();
      cancel();
    },
  };
}
