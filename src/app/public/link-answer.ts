import { Readable } from 'node:stream';
import { PeerdexError } from '../../core/errors.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import { baseName, checkIndexPath } from '../../core/index-path.ts';
import { linkedAbort } from '../../core/linked-abort.ts';
import type { EntryQueries } from '../../core/ports/entry-store.ts';
import type { StoredLink } from '../../core/ports/link-store.ts';
import type { BytesAnswer, Handlers, RequestContext } from '../../network/http/handlers.ts';
import { PROBLEM_TYPE, problemOf } from '../../network/http/problem.ts';
import type { linkOperations } from '../../protocol/http/peer/link-operations.ts';
import { answerContent, type ContentAnswers } from './content-answer.ts';
import { listingAsJson, listingAsPage } from './link-listing.ts';
import { PAGE_HEADERS, refusalPage } from './link-page.ts';
import { pathSegment } from './link-urls.ts';
import type { ShareLinks } from './share-links.ts';

export interface LinkAnswers extends ContentAnswers {
  readonly self: PeerId;
  readonly entries: EntryQueries;
  readonly links: ShareLinks;
  /** False for a member that may only fetch: what it made links for is given to nobody. */
  readonly mayPublish: () => boolean;
}

/** What a peer answers who has a link. */
export function linkHandlers(parts: LinkAnswers): Handlers<typeof linkOperations> {
  return {
    link: ({ params }, context) => answerLink(params.token, undefined, context, parts),
    linkBelow: ({ params }, context) => answerLink(params.token, params['*'], context, parts),
  };
}

/** `below`: what stands after the token's slash; undefined without one. */
async function answerLink(
  token: string,
  below: string | undefined,
  context: RequestContext,
  parts: LinkAnswers,
): Promise<BytesAnswer> {
  const link = parts.links.find(token);
  if (!link) return refusal(unknownLink(), context);
  if (!parts.mayPublish()) return refusal(notPublishing(), context);
  const standing = parts.links.standing(link);
  if (standing !== 'valid') return refusal(overLink(standing), context, 410);
  const linked = linkedAbort(context.signal, parts.links.withdrawal(link.id));
  try {
    const answer = await answerValid(link, below, { ...context, signal: linked.signal }, parts);
    if (answer.body instanceof Readable) endWith(linked.signal, answer.body, () => linked.release());
    else linked.release();
    return { ...answer, headers: { ...answer.headers, 'referrer-policy': 'no-referrer' } };
  } catch (error) {
    linked.release();
    if (!(error instanceof PeerdexError) || error.code === 'failed') throw error;
    return refusal(error, context);
  }
}

async function answerValid(
  link: StoredLink,
  below: string | undefined,
  context: RequestContext,
  parts: LinkAnswers,
): Promise<BytesAnswer> {
  if (link.kind === 'file') {
    if (!isShared(link, parts)) throw goneContent();
    return answerFile(link, link.what, link.path, context, parts);
  }
  const asFolder = below === '' || (below?.endsWith('/') ?? false);
  const inside = (below ?? '').replace(/\/$/, '').normalize('NFC');
  // By itself, so that a refusal names nothing above the folder.
  const path = inside === '' ? link.what : `${link.what}/${checkIndexPath(inside)}`;
  const entry = parts.entries.entry(parts.self, path);
  if (entry?.flag !== 1 || (entry.kind === 'file' && asFolder)) {
    if (inside === '') throw goneContent();
    throw new PeerdexError('not-found', 'nothing of that name lies in this folder');
  }
  if (entry.content !== undefined) return answerFile(link, entry.content, path, context, parts);
  if (asFolder) return answerFolder(path, inside === '', context, parts);
  return redirectTo(inside === '' ? `${parts.links.tokenOf(link)}/` : `${pathSegment(baseName(path))}/`);
}

async function answerFile(
  { id }: StoredLink,
  content: ContentId,
  path: string,
  context: RequestContext,
  parts: LinkAnswers,
): Promise<BytesAnswer> {
  const answer = await answerContent(parts.contents.locate(content), baseName(path), context, parts);
  if (context.method === 'GET' && fromTheStart(answer)) parts.links.countUse(id);
  return answer;
}

const fromTheStart = ({ status, headers }: BytesAnswer): boolean =>
  status === 200 || (status === 206 && String(headers['content-range']).startsWith('bytes 0-'));

function answerFolder(
  folder: string,
  top: boolean,
  context: RequestContext,
  { entries, self, limiter, meter }: LinkAnswers,
): BytesAnswer {
  const { accept = '' } = context.headers;
  const asJson = accept.includes('application/json') && !accept.includes('text/html');
  const headers: Record<string, string> = { ...PAGE_HEADERS, vary: 'Accept' };
  if (asJson) headers['content-type'] = 'application/json; charset=utf-8';
  const answer = { status: 200, headers };
  if (context.method === 'HEAD') return answer;
  const listing = { entries, self, folder, top };
  const texts = asJson ? listingAsJson(listing) : listingAsPage(listing);
  async function* metered(): AsyncGenerator<Uint8Array> {
    for await (const text of texts) {
      const bytes = Buffer.from(text);
      await limiter.take(bytes.byteLength, context.signal);
      meter.add(bytes.byteLength);
      yield bytes;
    }
  }
  return { ...answer, body: Readable.from(metered(), { objectMode: false }) };
}

/** The file is where it was, or elsewhere in a share: a link is for what the file says, not for its place. */
function isShared({ what, path }: StoredLink, { entries, self }: LinkAnswers): boolean {
  const entry = entries.entry(self, path);
  if (entry?.flag === 1 && entry.content === what) return true;
  return entries.byContent(what, new Set([self]), 1).length > 0;
}

/** A reader that has stalled is ended too, which checking between two reads would not do. */
function endWith(signal: AbortSignal, body: Readable, over: () => void): void {
  const end = () => body.destroy(signal.reason as Error);
  signal.addEventListener('abort', end, { once: true });
  body.once('close', () => {
    signal.removeEventListener('abort', end);
    over();
  });
}

const redirectTo = (location: string): BytesAnswer => ({
  status: 302,
  headers: { location, 'cache-control': 'no-store' },
});

const notPublishing = (): PeerdexError =>
  new PeerdexError('forbidden', 'whoever made this link may not publish any more');

/** A problem for programs, a page for browsers. */
function refusal(error: PeerdexError, { headers }: RequestContext, status?: number): BytesAnswer {
  const problem = problemOf(error, status);
  const forPeople = headers.accept?.includes('text/html') ?? false;
  return {
    status: problem.status,
    headers: { ...PAGE_HEADERS, ...(forPeople ? {} : { 'content-type': PROBLEM_TYPE }) },
    body: Buffer.from(forPeople ? refusalPage(error.message, error.hint) : JSON.stringify(problem)),
  };
}

const ASK = 'ask whoever gave you the link for a new one';

const unknownLink = (): PeerdexError =>
  new PeerdexError('not-found', 'this peer made no such link', {
    hint: 'check that the whole address was copied',
  });

const overLink = (standing: 'ended' | 'revoked'): PeerdexError =>
  new PeerdexError('not-found', standing === 'ended' ? 'this link has ended' : 'this link was withdrawn', {
    hint: ASK,
  });

const goneContent = (): PeerdexError =>
  new PeerdexError('not-found', 'what this link is for is no longer shared, or has changed', { hint: ASK });
