import { asPeerdexError } from '../../core/errors.ts';
import type { StoredLink } from '../../core/ports/link-store.ts';
import { resolveOwn } from '../../index/resolve-own.ts';
import type { LinkRow } from '../../protocol/http/local/link-row.ts';
import { curlLine, linkUrl } from '../public/link-urls.ts';
import type { LocalParts } from './local-parts.ts';

const DEFAULT_SECONDS = 7 * 86_400;

/** Makes a link for one file or folder that this peer holds; see resolveOwn for what it throws. */
export async function makeLink(
  { what, seconds = DEFAULT_SECONDS }: { readonly what: string; readonly seconds?: number },
  parts: LocalParts,
): Promise<StoredLink> {
  const { kind, path, size, content } = await resolve(what, parts);
  if (kind === 'folder') return parts.links.make({ kind, what: path, path }, seconds);
  return parts.links.make({ kind, what: content!, path, size }, seconds);
}

/** Before a name is said to be unknown, or somebody else's, the first index pull is waited for. */
async function resolve(what: string, { entries, view, self, firstPull }: LocalParts) {
  try {
    return await resolveOwn(entries, view, self, what);
  } catch (error) {
    if (asPeerdexError(error).code !== 'not-found') throw error;
    await firstPull;
    return resolveOwn(entries, view, self, what);
  }
}

/** A link as clients read it. */
export function linkRow(
  link: StoredLink,
  { links, linkBases, pin }: Pick<LocalParts, 'links' | 'linkBases' | 'pin'>,
): LinkRow {
  const { id, kind, what, path, size, created, expires, revoked, used } = link;
  const bases = linkBases();
  const token = links.tokenOf(link);
  const urls = bases.map((base) => linkUrl(base, token, link));
  const ownPin = bases[0]!.selfSigned ? pin : undefined;
  return {
    id,
    url: urls[0]!,
    urls,
    kind,
    what,
    path,
    size: size ?? null,
    created: iso(created),
    expires: iso(expires),
    revoked: revoked === undefined ? null : iso(revoked),
    state: links.standing(link),
    used,
    curl: curlLine(urls[0]!, kind, ownPin),
    pin: ownPin ?? null,
  };
}

const iso = (time: number): string => new Date(time).toISOString();
