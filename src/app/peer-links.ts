import type { Clock } from '../core/clock.ts';
import type { LinkStore } from '../core/ports/link-store.ts';
import { LINK_KEY_PURPOSE } from '../core/trust/share-link.ts';
import { deriveKey } from '../storage/disk/derived-key.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import type { KeyFile } from '../storage/disk/key-file.ts';
import type { PeerConfig } from './config.ts';
import { readCertificate } from './public/certificate.ts';
import type { LinkAnswers } from './public/link-answer.ts';
import { type LinkPort, type LinkPortOptions, openLinkPort } from './public/link-port.ts';
import { ShareLinks } from './public/share-links.ts';

/** The links of the peer that has this key. */
export const makeShareLinks = (key: KeyFile, store: LinkStore, clock: Clock): ShareLinks =>
  new ShareLinks({ store, key: deriveKey(key.pem, LINK_KEY_PURPOSE), verifier: systemVerifier, clock });

/** The listener for links alone, where one is wanted. Throws `usage` for a certificate that cannot be used. */
export async function openWantedLinkPort(
  { linkListen, linkCertificate, advertise }: PeerConfig,
  parts: LinkAnswers,
  { limits, clock, log }: Pick<LinkPortOptions, 'limits' | 'clock' | 'log'>,
): Promise<LinkPort | undefined> {
  if (!linkListen) return undefined;
  const certificate = linkCertificate && readCertificate(linkCertificate);
  return openLinkPort({ listen: linkListen, advertise, certificate, parts, limits, clock, log });
}
