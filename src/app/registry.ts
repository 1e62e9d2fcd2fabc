import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Address, formatAddress } from '../core/address.ts';
import { systemClock } from '../core/clock.ts';
import { formatJoinLink } from '../core/join-link.ts';
import { handshakePace } from '../core/limits/handshake-pace.ts';
import { registryPortLimits } from '../core/limits/limits.ts';
import { formatSecret, type Invite } from '../core/trust/invite.ts';
import { createHttpServer } from '../network/http/server.ts';
import { registryOperations } from '../protocol/http/registry/operations.ts';
import type { Admission } from '../registry/admission.ts';
import { ChangeFeed } from '../registry/change-feed.ts';
import { LeaseTable } from '../registry/lease-table.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import { openKeyFile } from '../storage/disk/key-file.ts';
import { SqliteLeaseStore } from '../storage/sqlite/lease-store.ts';
import { openRegistryDatabase } from '../storage/sqlite/registry-database.ts';
import type { RegistryConfig, RunningRegistry } from './config.ts';
import { Comings } from './dashboard/comings.ts';
import { openDataFolder } from './data-folder.ts';
import { endInOrder } from './end-in-order.ts';
import { advertisedAddresses, listenClearly, ownNames, startListening } from './listen.ts';
import { NamedEnds } from './named-ends.ts';
import { settleMode } from './network-mode.ts';
import { observeRegistry } from './observe/observe-registry.ts';
import { openObservePort } from './observe/observer.ts';
import { LeaseEventCounts } from './observe/registry-metrics.ts';
import { openWire } from './open-wire.ts';
import { PLAINTEXT_WARNING } from './plaintext-warning.ts';
import { comingOf, registryDesk } from './registry-desk.ts';
import { registryHandlers } from './registry-handlers.ts';
import { openAdmission } from './registry-local/open-admission.ts';
import { registryCare } from './registry-local/registry-care.ts';
import { openRegistryLocalApi } from './registry-local/registry-local-api.ts';
import { logLeaseEvent } from './registry-log.ts';
import { registrySessions } from './registry-sessions.ts';
import { sweepRegularly } from './registry-sweep.ts';
import { rememberLink } from './remembered-link.ts';
import { refusalLines } from './trust/refusal-lines.ts';
import { VERSION } from './version.ts';

/** How many calls may wait for changes at a time, besides one a remembered peer. */
const SPARE_WAITERS = 1000;

/**
 * Runs a registry until it is closed. Throws `conflict` when the port or the data folder is taken, `failed` when either cannot be used,
 * `unsupported` when the data were written by a newer version.
 */
export async function startRegistry(config: RegistryConfig): Promise<RunningRegistry> {
  const { log } = config;
  const limits = registryPortLimits(config.maxPeers, config.limits);
  await using started = new NamedEnds();
  const folder = openDataFolder(config.data, 'registry');
  started.defer(() => folder.release(), 'the lock of the data folder');
  const key = openKeyFile(join(folder.path, 'network-key.pem'));
  const { id } = key;
  const mode = settleMode(folder.path, config.mode);
  const wire = await openWire(mode, key);
  const database = openRegistryDatabase(join(folder.path, 'registry.db'));
  started.defer(() => database.close(), 'the database');

  const events = new LeaseEventCounts();
  const comings = new Comings();
  const table: LeaseTable = new LeaseTable({
    clock: systemClock,
    store: new SqliteLeaseStore(database),
    epoch: randomBytes(8).toString('hex'),
    leaseSeconds: config.leaseSeconds,
    maxPeers: config.maxPeers,
    onEvent(event) {
      logLeaseEvent(log, event);
      events.add(event);
      const coming = comingOf(event, systemClock.now());
      if (coming) comings.add([coming]);
      const { kind, lease } = event;
      if ((kind === 'left' || kind === 'lapsed') && lease.passing) admission.gone.add(lease.id);
      if (event.changed) feed.changed();
    },
  });
  const feed = new ChangeFeed({ table, clock: systemClock, maxWaiters: config.maxPeers + SPARE_WAITERS });
  const admission: Admission = openAdmission(database, key, {
    mode,
    maxMembers: config.maxMembers ?? config.maxPeers,
    onRevoked(peers) {
      for (const peer of peers) table.evict(peer);
      sessions.putOut(new Set(peers));
    },
  });
  const refused = refusalLines(log, systemClock);
  const sessions = registrySessions({
    network: key,
    admission,
    verifier: systemVerifier,
    clock: systemClock,
    log,
    pace: handshakePace(systemClock, limits),
    refused,
  });

  const observed = observeRegistry({ table, feed, admission, events }, folder.path);
  const { metrics } = config;
  started.use(
    await openObservePort({ listen: metrics, advertise: config.advertise, handlers: observed.handlers, log }),
    'the port of metrics',
  );
  let advertised: readonly Address[] = [];
  const linkOf = ({ role, secret }: Invite): string =>
    formatJoinLink({
      addresses: advertised,
      network: id,
      mode,
      role,
      secret: formatSecret(secret),
    });
  const directory = () => table.list('all').map(({ lease }) => lease);
  const care = registryCare({ admission, directory, link: linkOf, now: Date.now });
  const server = await createHttpServer({
    title: 'peerdex registry',
    version: VERSION,
    operations: registryOperations,
    handlers: registryHandlers({ network: id, mode, table, feed, admission, sessions, care, log, refused }),
    allowedHosts: () => ownNames([config.listen, ...advertised]),
    log,
    limits,
    requestLog: true,
  });
  started.use(server, 'the HTTP server');
  const listener = wire.listener({
    onHttp: (socket) => server.accept(socket),
    onSwarm: (socket) => socket.destroy(),
    limits,
    clock: systemClock,
    log,
  });
  const port = await listenClearly(config.listen, (where) => startListening(listener, where));
  started.defer(() => void listener.close());
  const finishHttp = (ms: number) => {
    listener.close();
    return server.close(ms);
  };
  const address = { host: config.listen.host, port };
  advertised = advertisedAddresses({ ...config, port: address.port });
  let remembered: string | undefined;
  /** The link that newcomers are given now; kept in the data folder, where invites made while nothing runs find the addresses. */
  const standingLink = (): string => {
    const link = linkOf(admission.invites.standing());
    if (link !== remembered) rememberLink(folder.path, link);
    remembered = link;
    return link;
  };
  const { leaseSeconds } = config;
  const sweeps = [() => table.sweep(), () => admission.sweep(), standingLink];
  standingLink();
  started.defer(sweepRegularly({ sweeps, clock: systemClock, leaseSeconds, log }));
  const local = await openRegistryLocalApi(care, observed.handlers, folder.path, log);
  started.use(local, 'the local API');
  folder.writeDaemonFile({ pid: process.pid, kind: 'registry', ...local.daemon });
  started.defer(() => folder.removeDaemonFile());

  const first = advertised[0]!;
  log.info(`registry of network ${id} listens on ${formatAddress(address)}`, {
    event: 'registry-listening',
    peers: table.size,
  });
  if (mode === 'plaintext') log.info(PLAINTEXT_WARNING, { event: 'plaintext-network' });
  observed.readiness.started();
  const resources = started.move();
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= endInOrder({
      ...{ readiness: observed.readiness, clock: systemClock, log, seconds: config.shutdownSeconds },
      open: { finish: finishHttp },
      resources,
    });
    return closed;
  };
  const desk = registryDesk({
    ...{ network: id, mode, table, feed, admission, comings, care },
    counts: events,
    addresses: () => advertised,
    started: systemClock.now(),
  });
  return {
    id,
    care: desk,
    get join() {
      return standingLink();
    },
    mode,
    url: `${mode === 'tls' ? 'https' : 'http'}://${formatAddress(first)}`,
    address: first,
    close,
    [Symbol.asyncDispose]: close,
  };
}
