import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Address } from '../core/address.ts';
import { mapShared } from '../core/ask-once.ts';
import { systemClock } from '../core/clock.ts';
import { formatJoinLink } from '../core/join-link.ts';
import { handshakePace } from '../core/limits/handshake-pace.ts';
import { peerPortLimits } from '../core/limits/limits.ts';
import { systemRandom } from '../core/random.ts';
import { mayPublish as isPublisher } from '../core/trust/role.ts';
import { NetworkView } from '../index/network-view.ts';
import { IndexQueries } from '../index/queries.ts';
import { openKeyFile } from '../storage/disk/key-file.ts';
import { bringLog } from './bring-log.ts';
import type { PeerConfig, RunningPeer } from './config.ts';
import { checkCsvFile } from './csv-file.ts';
import { openDataFolder } from './data-folder.ts';
import { endInOrder } from './end-in-order.ts';
import { FallenIndex } from './fallen-index.ts';
import { firstRegistration, linkOf } from './first-registration.ts';
import { Membership } from './membership.ts';
import { makeMirrorSource } from './mirror-source.ts';
import { NamedEnds } from './named-ends.ts';
import { observePeer } from './observe/observe-peer.ts';
import { openObservePort } from './observe/observer.ts';
import { onAnyChange } from './on-any-change.ts';
import { makePeerIndex, type PeerIndex } from './peer-index.ts';
import { openPeerLocal } from './peer-local.ts';
import { readPeerMemory, writePeerMemory } from './peer-memory.ts';
import { openPeerPublic } from './peer-public.ts';
import { addFirstShares, makeShares } from './peer-shares.ts';
import { openPeerStores } from './peer-stores.ts';
import { makeTransfer } from './peer-transfer.ts';
import { openPeerTrust } from './peer-trust.ts';
import { PLAINTEXT_WARNING } from './plaintext-warning.ts';
import { refuseInData } from './private-folders.ts';
import { rememberLink } from './remembered-link.ts';
import { keepHeapSmall } from './small-heap.ts';
import type { PeerClient } from './trust/peer-clients.ts';
import { PeerExchange } from './trust/peer-exchange.ts';

const NOT_SEEN = 'this peer may only fetch: nobody sees the folders that it shares';

/**
 * Runs a peer until it is closed or told to leave. Resolves when it is registered, its first scan is done and announced, and every
 * active peer that it can reach has been asked for its index. Throws `unavailable` when it belongs to no network or a first join
 * finds no registry, `conflict` when the port or the data folder is taken, `unsupported` for data or a network of another version.
 */
export async function startPeer(config: PeerConfig): Promise<RunningPeer> {
  keepHeapSmall();
  const { log } = config;
  const clock = systemClock;
  const random = systemRandom;
  await using started = new NamedEnds();
  const folder = openDataFolder(config.data, 'peer');
  started.defer(() => folder.release(), 'the lock of the data folder');
  if (config.csv !== undefined) checkCsvFile(config.csv, config.data);
  const memory = readPeerMemory(config.data);
  const link = linkOf(config);
  const key = openKeyFile(join(config.data, 'peer-key.pem'));
  const self = key.id;
  const stores = started.use(openPeerStores(join(config.data, 'peer.db'), clock, log), 'the database');
  const { entries } = stores;

  let addresses: readonly Address[] = [];
  const wishedName = config.name ?? memory.name ?? hostname().split('.', 1)[0]!;
  const nonce = randomBytes(16).toString('hex');
  const shares = makeShares(config, self, stores, { clock, random });
  const fallen = new FallenIndex(shares, log);
  const network = () => membership.link?.network;
  const registryAnswers = () => membership.registryAnswers;
  const limits = peerPortLimits(config.limits);
  const pace = handshakePace(clock, limits);
  const trusted = await openPeerTrust({
    ...{ key, link, data: config.data, network, registryAnswers, pace, clock, log },
  });
  const { trust, wire, sessions, clients: peerClients } = trusted;
  started.defer(() => peerClients.close(), 'connections to other peers');
  const membership: Membership = new Membership({
    ...trusted,
    link,
    announcement: () => ({
      id: self,
      name: wishedName,
      addresses,
      nonce,
      head: shares.head(),
      ...shares.totals(),
      passing: config.passing,
    }),
    onKnownHead: (known, told) => fallen.heardFromRegistry(known, told),
    ...{ store: stores.knownPeers, clock, random, log },
  });
  const parts = {
    store: entries,
    directory: membership,
    self: () => ({ id: self, name: membership.name, addresses }),
  };
  const queries = new IndexQueries({ ...parts, finder: stores.finder.find });
  const view = new NetworkView(parts);
  const mirrorSource = makeMirrorSource({
    ...{ store: entries, view },
    onChange: onAnyChange(
      (listener) => index?.onChange(listener),
      (listener) => membership.onChange(listener),
    ),
  });
  const transfer = makeTransfer({
    ...{ config, self, network, wire, trust, pace, clock, random, log },
    ...{ hashes: stores.hashes, jobs: stores.jobs },
    onNewerRevocations: (peer) => void exchange.with(peer),
    helloMs: limits.headerMs,
    directory: membership,
    addresses: () => addresses,
    holders: (content) => queries.holders(content).flatMap(({ peer }) => (peer === self ? [] : [peer])),
    holdersOfEach: (contents) =>
      mapShared(queries.holdersOfEach(contents), (peers) => peers.filter((peer) => peer !== self)),
    contents: shares.contents,
    mirrors: {
      ...{ source: mirrorSource, store: stores.mirrors },
      checkPlaces: (root, relatives) => refuseInData(root, relatives, { data: config.data, downloads }),
    },
  });

  started.defer(
    trust.onRevoked((revoked) => {
      sessions.putOut(revoked);
      transfer.swarm.putOut(revoked);
    }),
  );
  const bring = (client: PeerClient, signal: AbortSignal) =>
    bringLog(client, { key, entries, fallen, clock }, signal);
  const exchange = new PeerExchange({
    ...{ trust, clients: peerClients, directory: membership, registryAnswers, clock, random, log },
    onHead: (known) => fallen.heard(known),
    onHeads: (heads) => index?.heard(heads),
    own: { head: () => shares.head(), bring },
    firsts: () => index?.sources.firsts(self) ?? [],
  });
  let index: PeerIndex | undefined;
  const mayPublish = () => isPublisher(trust.ticket?.role ?? 'publish');
  const open = await openPeerPublic({
    ...{ config, key, stores, shares, transfer, trusted, network, mayPublish, fallen, limits, clock, log },
    name: () => membership.name,
    others: () => index,
    search: (words, limit) => queries.find(words, { limit }),
  });
  started.use(open, 'the public port');
  addresses = open.addresses;

  started.use(shares, 'the scanning of shares');
  const downloads = await addFirstShares(shares, config);
  index = makePeerIndex({
    ...{ config, self, addresses, stores, shares, membership, view, clock, random, log },
    clients: peerClients,
  });
  started.use(index, 'the index');
  const seen = { membership, directory: membership, shares, entries, transfer };
  const observed = observePeer(seen, config, stores.file, downloads);
  const { metrics: listen, advertise } = config;
  started.use(
    await openObservePort({ listen, advertise, handlers: observed.handlers, log }),
    'the port of metrics',
  );
  started.defer(
    shares.onHeadChange(() => {
      void membership.announce();
      exchange.headChanged();
    }),
  );
  started.use(membership, 'the membership');
  started.defer(() => transfer.stop(), 'downloads and uploads');

  if (wire.mode === 'plaintext') log.info(PLAINTEXT_WARNING, { event: 'plaintext-network' });
  await shares.start();
  membership.start();
  await firstRegistration(membership, memory.memberOf === link.network);
  writePeerMemory(config.data, { name: config.name ?? memory.name, memberOf: link.network });
  rememberLink(config.data, formatJoinLink(link));

  const firstPull = index.follow();
  exchange.start();
  started.use(exchange);
  started.defer(membership.onRegistry(() => exchange.registryChanged()));
  const ended = Promise.withResolvers<void>();
  const local = await openPeerLocal({
    ...{ config, key, trust, stores, membership, shares, queries, index, transfer, mirrorSource, open },
    ...{ view, downloads, mayPublish, firstPull, clock, log },
    observe: observed.handlers,
    end: () => setImmediate(() => void close()),
  });
  started.use(local, 'the local API');
  folder.writeDaemonFile({ pid: process.pid, ...local.daemon });
  started.defer(() => folder.removeDaemonFile());
  transfer.jobs.start();
  stores.finder.start();
  index.csv.start();
  await shares.firstPassDone;
  if (!mayPublish() && shares.status().some(({ files }) => files > 0))
    log.warn(NOT_SEEN, { event: 'shares-not-seen' });
  await membership.announce();
  await firstPull;

  observed.readiness.started();

  const resources = started.move();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= endInOrder({
      ...{ readiness: observed.readiness, transfer, open, clock, log, seconds: config.shutdownSeconds },
      resources,
    }).finally(() => ended.resolve());
    return closing;
  };
  return {
    ready: {
      id: self,
      name: membership.name,
      listen: addresses,
      registered: membership.status().registered,
      dashboard: local.dashboard,
    },
    closed: ended.promise,
    lingered: (signal) => transfer.lingering.over(signal),
    lingering: () => transfer.lingering.count,
    close,
    [Symbol.asyncDispose]: close,
  };
}
