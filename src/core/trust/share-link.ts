import { PeerdexError } from '../errors.ts';
import type { ContentId } from '../ids.ts';
import type { IndexPath } from '../index-path.ts';
import type { Verifier } from '../ports/signing.ts';

const TAG = 'peerdex/link/1';
const ID_BYTES = 8;
const MAC_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{32}$/;

/** What the key of share links is derived for; see deriveKey. */
export const LINK_KEY_PURPOSE = 'peerdex/link-key/1';
export const LINK_ID_BYTES = ID_BYTES;

/** 16 lower-case hex digits, drawn at random. No secret: it stands in lists and log lines. */
export type LinkId = string;

/** What somebody outside the network may fetch, and how long. */
export interface ShareLink {
  readonly id: LinkId;
  readonly kind: 'file' | 'folder';
  /** Of a file its content id, of a folder its index path. */
  readonly what: ContentId | IndexPath;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export type LinkStanding = 'valid' | 'ended' | 'revoked';

export function linkStanding(
  { expires, revoked }: { readonly expires: number; readonly revoked?: number | undefined },
  now: number,
): LinkStanding {
  if (revoked !== undefined) return 'revoked';
  return now < expires ? 'valid' : 'ended';
}

/**
 * The capability in a link's URL: base64url of id (8 bytes) and the first 16 bytes of HMAC-SHA-256 over the tag and everything that
 * the link says, 32 characters. `key`: 32 bytes that only this peer has.
 */
export function linkToken(link: ShareLink, key: Uint8Array, { hmac }: Pick<Verifier, 'hmac'>): string {
  const id = Buffer.from(link.id, 'hex');
  return Buffer.concat([id, macOf(link, key, hmac)]).toString('base64url');
}

/** The id that a token names, or undefined for a text that cannot be a token. Nothing is proved by it. */
export function idInToken(token: string): LinkId | undefined {
  return TOKEN.test(token) ? Buffer.from(token, 'base64url').toString('hex', 0, ID_BYTES) : undefined;
}

/** Whether this is the token of exactly this link. Takes as long for a nearly right one as for any other. */
export function isTokenOf(
  token: string,
  link: ShareLink,
  key: Uint8Array,
  verifier: Pick<Verifier, 'hmac'>,
): boolean {
  if (idInToken(token) !== link.id) return false;
  const given = Buffer.from(token, 'base64url').subarray(ID_BYTES);
  const right = macOf(link, key, verifier.hmac);
  let differences = 0;
  for (let i = 0; i < MAC_BYTES; i += 1) differences |= given[i]! ^ right[i]!;
  return differences === 0;
}

/** The id that begins so. Throws `not-found`, or `ambiguous` when several do. */
export function linkByPrefix<Link extends { readonly id: LinkId; readonly path: string }>(
  links: readonly Link[],
  prefix: string,
): Link {
  const found = prefix === '' ? [] : links.filter(({ id }) => id.startsWith(prefix.toLowerCase()));
  if (found.length === 1) return found[0]!;
  const shown = JSON.stringify(prefix.slice(0, 80));
  if (found.length === 0) {
    throw new PeerdexError('not-found', `there is no link ${shown}`, {
      hint: '`peerdex link --list` lists them with their ids',
    });
  }
  throw new PeerdexError('ambiguous', `${shown} fits several links`, {
    hint: 'write more of the id',
    candidates: found.slice(0, 100).map(({ id, path }) => ({ what: id, note: path })),
  });
}

/** Every part but the last has a fixed length, so that no two links have one message. */
function macOf(link: ShareLink, key: Uint8Array, hmac: Verifier['hmac']): Uint8Array {
  const end = Buffer.alloc(8);
  end.writeBigUInt64LE(BigInt(link.expires));
  const message = Buffer.concat([
    Buffer.from(`${TAG}\0`),
    Buffer.from(link.id, 'hex'),
    end,
    Buffer.of(link.kind === 'file' ? 1 : 2),
    Buffer.from(link.what),
  ]);
  return hmac(key, message).subarray(0, MAC_BYTES);
}
