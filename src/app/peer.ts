import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Address } from '../core/address.ts';
import { sleep, systemClock } from '../core/clock.ts';
import { formatJoinLink } from '../core/join-link.ts';
import { systemRandom } from '../core/random.ts';
import { mayPublish as isPublisher } from '../core/trust/role.ts';
import { NetworkView } from '../index/network-view.ts';
import { IndexQueries } from '../index/queries.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import { openKeyFile } from '../storage/disk/key-file.ts';
import { makeFoldersTo } from '../storage/disk/make-folders.ts';
import type { PeerConfig, RunningPeer } from './config.ts';
import { CsvExport } from './csv-export.ts';
import { checkCsvFile } from './csv-file.ts';
import { openDataFolder } from './data-folder.ts';
import { pageFetcher } from './fetch-page.ts';
import { firstRegistration, linkOf } from './first-registration.ts';
import { IndexSync } from './index-sync.ts';
import { openLocalApi } from './local/local-api.ts';
import { Membership } from './membership.ts';
import { makeShareLinks, openWantedLinkPort } from './peer-links.ts';
import { readPeerMemory, writePeerMemory } from './peer-memory.ts';
import { openPeerStores } from './peer-stores.ts';
import { makeTransfer } from './peer-transfer.ts';
import { openPeerTrust } from './peer-trust.ts';
import { PLAINTEXT_WARNING } from './plaintext-warning.ts';
import { AnswerSlots } from './public/answer-slots.ts';
import { linkBases, publicKeyPin } from './public/link-urls.ts';
import { openPublicPort } from './public/public-port.ts';
import { rememberLink } from './remembered-link.ts';
import { ShareService } from './shares.ts';
import { keepHeapSmall } from './small-heap.ts';
import { revocationBringer } from './trust/revocation-bringer.ts';
import { unusableFolder } from './unusable-folder.ts';

/** How long the first look at the others' indexes may take. */
const FIRST_PULL_MS = 5_000;
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
  await using started = new AsyncDisposableStack();
  const folder = openDataFolder(config.data);
  started.defer(() => folder.release());
  if (config.csv !== undefined) checkCsvFile(config.csv, config.data);
  const memory = readPeerMemory(config.data);
  const link = linkOf(config);
  const key = openKeyFile(join(config.data, 'peer-key.pem'));
  const self = key.id;
  const stores = started.use(openPeerStores(join(config.data, 'peer.db'), clock, log));
  const { entries, hashes } = stores;

  let addresses: readonly Address[] = [];
  const wishedName = config.name ?? memory.name ?? hostname().split('.', 1)[0]!;
  const nonce = randomBytes(16).toString('hex');
  const shares = new ShareService({
    self,
    database: stores.file,
    stores,
    clock,
    random,
    log,
    scanSeconds: config.scanSeconds,
    exclude: [config.data],
  });
  const network = () => membership.link?.network;
  const trusted = await openPeerTrust({ key, link, data: config.data, network, clock, log });
  const { trust, wire, sessions, clients: peerClients } = trusted;
  started.defer(() => peerClients.close());
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
    }),
    store: stores.knownPeers,
    clock,
    random,
    log,
  });
  const view = {
    store: entries,
    directory: membership,
    self: () => ({ id: self, name: membership.name, addresses }),
  };
  const queries = new IndexQueries(view);
  const transfer = makeTransfer({
    self,
    data: config.data,
    network,
    wire,
    trust,
    onNewerRevocations: (peer) => void bringFrom(peer),
    directory: membership,
    addresses: () => addresses,
    lingerMs: config.lingerSeconds * 1000,
    holders: (content) => queries.holders(content).flatMap(({ peer }) => (peer === self ? [] : [peer])),
    contents: shares.contents,
    hashes,
    jobs: stores.jobs,
    memoryBytes: config.memoryBytes,
    upLimit: config.upLimit,
    downLimit: config.downLimit,
    flush: true,
    clock,
    random,
    log,
  });

  started.defer(
    trust.onRevoked((revoked) => {
      sessions.putOut(revoked);
      transfer.swarm.putOut(revoked);
    }),
  );
  const bringFrom = revocationBringer({ trust, clients: peerClients, directory: membership, log });
  const links = makeShareLinks(key, stores.links, clock);
  const linkAnswers = {
    self,
    entries,
    links,
    contents: shares.contents,
    files: transfer.files,
    limiter: transfer.upLimiter,
    meter: transfer.upMeter,
    slots: new AnswerSlots(transfer.uploadShares.of('http')),
  };
  const port = await openPublicPort({
    listen: config.listen,
    advertise: config.advertise,
    wire,
    swarm: transfer.swarm,
    log,
    parts: {
      key,
      ...linkAnswers,
      name: () => membership.name,
      network,
      mode: wire.mode,
      sessions,
      trust,
      entries,
      hashes,
      authorize: (context) => void sessions.memberOf(context),
    },
  });
  started.use(port);
  addresses = port.addresses;
  const linkPort = started.use(await openWantedLinkPort(config, linkAnswers, log));

  const downloads = config.downloads ?? join(config.data, 'downloads');
  makeDownloads(downloads);
  started.use(shares);
  await shares.add(downloads, { fixed: true });
  for (const path of config.shares) await shares.add(path);

  const fetchPage = pageFetcher(peerClients, systemVerifier);
  const sync = new IndexSync({
    self,
    store: entries,
    directory: membership,
    fetchPage,
    mayPublish: (owner) => isPublisher(membership.get(owner)?.role ?? 'fetch'),
    clock,
    random,
    log,
  });
  started.use(sync);
  const csv = new CsvExport({
    database: stores.file,
    store: entries,
    files: [join(config.data, 'index.csv'), ...(config.csv ? [config.csv] : [])],
    addressOf: (peer) => (peer === self ? addresses[0] : membership.get(peer)?.addresses[0]),
    clock,
    log,
  });
  started.use(csv);
  started.defer(
    shares.onHeadChange(() => {
      csv.touch();
      void membership.announce();
    }),
  );
  started.defer(sync.onChange(() => csv.touch()));
  started.use(membership);
  started.defer(() => transfer.stop());

  if (wire.mode === 'plaintext') log.info(PLAINTEXT_WARNING);
  await shares.start();
  membership.start();
  await firstRegistration(membership, memory.memberOf === link.network);
  writePeerMemory(config.data, { name: config.name ?? memory.name, memberOf: link.network });
  rememberLink(config.data, formatJoinLink(link));
  const mayPublish = () => isPublisher(trust.ticket?.role ?? 'publish');

  sync.start();
  const firstPull = askEverybody(membership, sync);
  const ended = Promise.withResolvers<void>();
  const local = await openLocalApi(
    {
      self,
      name: () => membership.name,
      addresses: () => addresses,
      started: clock.now(),
      data: config.data,
      downloads,
      membership,
      mayPublish,
      directory: membership,
      shares,
      entries,
      queries,
      view: new NetworkView(view),
      csv,
      files: transfer.files,
      transfer,
      links,
      linkBases: () => linkBases(linkPort, addresses, membership.link?.mode),
      pin: publicKeyPin(key.publicKey),
      firstPull,
      rememberLink: (text) => rememberLink(config.data, text),
      end: () => setImmediate(() => void close()),
    },
    log,
  );
  started.use(local);
  folder.writeDaemonFile({ pid: process.pid, ...local.daemon });
  started.defer(() => folder.removeDaemonFile());
  transfer.jobs.start();
  csv.start();
  await shares.firstPassDone;
  if (!mayPublish() && shares.status().some(({ files }) => files > 0)) log.warn(NOT_SEEN);
  await membership.announce();
  await firstPull;

  const resources = started.move();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= resources.disposeAsync().finally(() => ended.resolve());
    return closing;
  };
  return {
    ready: { id: self, name: membership.name, listen: addresses, registered: membership.status().registered },
    closed: ended.promise,
    lingered: (signal) => transfer.lingering.over(signal),
    lingering: () => transfer.lingering.count,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Waits for the registry's list of peers and then until each has been asked for its index once, but not for ever. */
async function askEverybody(membership: Membership, sync: IndexSync): Promise<void> {
  const began = systemClock.monotonic();
  const enough = new AbortController();
  await Promise.race([membership.listed, sleep(systemClock, FIRST_PULL_MS, enough.signal).catch(() => {})]);
  enough.abort();
  await sync.initialPull(Math.max(0, FIRST_PULL_MS - (systemClock.monotonic() - began)));
}

function makeDownloads(folder: string): void {
  try {
    makeFoldersTo(folder);
  } catch (error) {
    throw unusableFolder('the downloads folder', folder, '--downloads', error);
  }
}
