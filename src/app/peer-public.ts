import type { Address } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import type { PortLimits } from '../core/limits/limits.ts';
import type { Log } from '../core/ports/log.ts';
import type { KeyFile } from '../storage/disk/key-file.ts';
import type { PeerConfig } from './config.ts';
import type { FallenIndex } from './fallen-index.ts';
import { makeShareLinks, openWantedLinkPort } from './peer-links.ts';
import type { PeerStores } from './peer-stores.ts';
import type { Transfer } from './peer-transfer.ts';
import type { PeerTrust } from './peer-trust.ts';
import { AnswerSlots } from './public/answer-slots.ts';
import { type LinkBase, linkBases } from './public/link-urls.ts';
import type { OthersLogs } from './public/log-answers.ts';
import { openPublicPort } from './public/public-port.ts';
import type { SearchAnswers } from './public/search-answer.ts';
import type { ShareLinks } from './public/share-links.ts';
import type { ShareService } from './shares.ts';

export interface PeerPublicOptions {
  readonly config: PeerConfig;
  readonly key: KeyFile;
  readonly stores: PeerStores;
  readonly shares: ShareService;
  readonly transfer: Transfer;
  readonly trusted: PeerTrust;
  /** As they are now. */
  readonly name: () => string;
  readonly network: () => string | undefined;
  /** False for a member that may only fetch. */
  readonly mayPublish: () => boolean;
  readonly fallen: FallenIndex;
  /** What is done with the logs of others, once they are followed. */
  readonly others: () => OthersLogs | undefined;
  /** Searches the index here. */
  readonly search: SearchAnswers['search'];
  readonly limits: PortLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a peer serves to others: its public port, the listener for links alone where one is wanted, and the links. */
export interface PeerPublic extends AsyncDisposable {
  /** As others are told, best first. */
  readonly addresses: readonly Address[];
  readonly links: ShareLinks;
  /** Where links are served, best first. */
  linkBases(): readonly LinkBase[];
  /** Takes nobody in any more, and lets answers that are under way finish for at most so long. */
  finish(ms: number): Promise<void>;
}

/** Throws as a listener does, and `usage` for a certificate that cannot be used. */
export async function openPeerPublic(options: PeerPublicOptions): Promise<PeerPublic> {
  const { config, key, stores, shares, transfer, trusted, limits, clock, log } = options;
  const { wire, sessions, trust } = trusted;
  await using opened = new AsyncDisposableStack();
  const links = makeShareLinks(key, stores.links, clock);
  const linkAnswers = {
    self: key.id,
    entries: stores.entries,
    links,
    mayPublish: options.mayPublish,
    contents: shares.contents,
    files: transfer.files,
    limiter: transfer.up.limiter,
    meter: transfer.upMeter,
    slots: new AnswerSlots(transfer.uploadShares.of('http')),
  };
  const port = await openPublicPort({
    listen: config.listen,
    advertise: config.advertise,
    wire,
    swarm: transfer.swarm,
    limits,
    clock,
    log,
    parts: {
      key,
      ...linkAnswers,
      name: options.name,
      network: options.network,
      mode: wire.mode,
      sessions,
      trust,
      hashes: stores.hashes,
      fallen: options.fallen,
      others: options.others,
      search: options.search,
      authorize: (context) => void sessions.memberOf(context),
    },
  });
  opened.use(port);
  const { addresses } = port;
  const linkPort = opened.use(await openWantedLinkPort(config, linkAnswers, { limits, clock, log }));
  const resources = opened.move();
  return {
    addresses,
    links,
    linkBases: () => linkBases(linkPort, addresses, wire.mode),
    async finish(ms) {
      await Promise.all([port.finish(ms), linkPort?.finish(ms)]);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
