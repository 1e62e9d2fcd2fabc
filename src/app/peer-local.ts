import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Trust } from '../core/trust/trust.ts';
import type { KeyFile } from '../storage/disk/key-file.ts';
import type { PeerConfig } from './config.ts';
import type { LocalParts } from './local/local-parts.ts';
import { type LocalPorts, openLocalPorts } from './local/local-ports.ts';
import type { ObserveHandlers } from './observe/observer.ts';
import { onAnyChange } from './on-any-change.ts';
import type { PeerIndex } from './peer-index.ts';
import type { PeerPublic } from './peer-public.ts';
import type { PeerStores } from './peer-stores.ts';
import { publicKeyPin } from './public/link-urls.ts';
import { rememberLink } from './remembered-link.ts';

export interface PeerLocalOptions
  extends Pick<
    LocalParts,
    | 'downloads'
    | 'membership'
    | 'mayPublish'
    | 'shares'
    | 'queries'
    | 'view'
    | 'transfer'
    | 'mirrorSource'
    | 'firstPull'
    | 'end'
  > {
  readonly config: PeerConfig;
  readonly key: KeyFile;
  readonly trust: Trust;
  readonly stores: PeerStores;
  readonly index: PeerIndex;
  readonly open: PeerPublic;
  readonly observe: ObserveHandlers;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens what a peer serves to its own user: the local API, and the dashboard where one is wanted. Throws as a listener does. */
export function openPeerLocal(options: PeerLocalOptions): Promise<LocalPorts> {
  const { config, key, trust, stores, membership, shares, index, transfer, open, observe, clock, log } =
    options;
  const { downloads, mayPublish, queries, view, mirrorSource, firstPull, end } = options;
  return openLocalPorts({
    parts: {
      ...{
        downloads,
        membership,
        mayPublish,
        shares,
        queries,
        view,
        transfer,
        mirrorSource,
        firstPull,
        end,
        log,
      },
      self: key.id,
      name: () => membership.name,
      addresses: () => open.addresses,
      started: clock.now(),
      data: config.data,
      role: () => trust.ticket?.role,
      directory: membership,
      entries: stores.entries,
      liveFind: index.liveFind,
      csv: index.csv,
      indexWarnings: () => index.warnings(),
      indexComing: () => index.coming,
      files: transfer.files,
      links: open.links,
      linkBases: open.linkBases,
      pin: publicKeyPin(key.publicKey),
      rememberLink: (text) => rememberLink(config.data, text),
      onIndexChange: onAnyChange(
        (listener) => index.onChange(listener),
        (listener) => shares.onHeadChange(listener),
      ),
    },
    ...{ config, observe, clock, log },
  });
}
