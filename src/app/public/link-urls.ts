import { createHash } from 'node:crypto';
import { type Address, formatAddress } from '../../core/address.ts';
import { baseName } from '../../core/index-path.ts';
import type { NetworkMode } from '../../core/join-link.ts';
import type { StoredLink } from '../../core/ports/link-store.ts';

/** A place where links are served. */
export interface LinkBase {
  /** `http://HOST:PORT` or `https://HOST:PORT`. */
  readonly origin: string;
  /** Behind a certificate of this peer's own making, which browsers do not know. */
  readonly selfSigned: boolean;
}

/** Where links are served, best first: the listener for links alone, then the public port in the network's mode. */
export function linkBases(
  forLinks: { readonly addresses: readonly Address[]; readonly tls: boolean } | undefined,
  addresses: readonly Address[],
  mode: NetworkMode | undefined,
): readonly LinkBase[] {
  const tls = mode === 'tls';
  return [
    ...(forLinks?.addresses ?? []).map((one) => baseOf(one, forLinks!.tls, false)),
    ...addresses.map((one) => baseOf(one, tls, tls)),
  ];
}

/** `/l/TOKEN/NAME` of a file, `/l/TOKEN/` of a folder. */
export const linkUrl = (
  { origin }: LinkBase,
  token: string,
  { kind, path }: Pick<StoredLink, 'kind' | 'path'>,
): string => `${origin}/l/${token}/${kind === 'file' ? pathSegment(baseName(path)) : ''}`;

/** A name as one component of a URL's path. Nothing of it means anything in a URL, in markup, or to a shell. */
export const pathSegment = (name: string): string =>
  encodeURIComponent(name).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** What curl's `--pinnedpubkey` compares: `sha256//` and the SHA-256 of the public key (SPKI, DER) in base64. */
export const publicKeyPin = (spki: Uint8Array): string =>
  `sha256//${createHash('sha256').update(spki).digest('base64')}`;

/** The command that fetches it. `pin`: where the certificate is the peer's own. A folder's listing is printed as JSON. */
export function curlLine(url: string, kind: StoredLink['kind'], pin: string | undefined): string {
  const pinned = pin === undefined ? '' : ` --pinnedpubkey '${pin}' -k`;
  const what = kind === 'file' ? ' -O' : " -H 'Accept: application/json'";
  return `curl${pinned}${what} '${url}'`;
}

const baseOf = (address: Address, tls: boolean, selfSigned: boolean): LinkBase => ({
  origin: `${tls ? 'https' : 'http'}://${formatAddress(address)}`,
  selfSigned,
});
