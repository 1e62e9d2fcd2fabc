import type { IndexHead } from '../../core/entry.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { EntryQueries, OwnerState } from '../../core/ports/entry-store.ts';
import type { Signer } from '../../core/ports/signing.ts';
import type { KeptPages } from '../../index/kept-pages.ts';
import type { OwnedHead } from '../../index/recent-heads.ts';
import { type LogRequest, serveLog } from '../../index/serve-log.ts';
import type { BytesAnswer, Handlers, RequestContext } from '../../network/http/handlers.ts';
import {
  MAX_PAGE_RECORDS,
  type peerOperations,
  REVOCATIONS_HEADER,
} from '../../protocol/http/peer/operations.ts';
import { systemVerifier } from '../../storage/disk/ecdsa.ts';
import type { FallenIndex } from '../fallen-index.ts';
import type { FetchedPage } from '../index-sync/pull-log.ts';
import { ownPage, readSignedPage, signedAnswer } from '../page-bytes.ts';
import type { Member } from '../trust/sessions.ts';

/** What this peer does with the logs of others. */
export interface OthersLogs {
  readonly kept: KeptPages | undefined;
  brought(owner: PeerId, page: FetchedPage | undefined): Promise<LogRequest | undefined>;
  heads(): readonly OwnedHead[];
}

export interface LogAnswers {
  /** Signs the pages of this peer. */
  readonly key: Signer;
  readonly entries: EntryQueries;
  readonly fallen: FallenIndex;
  /** Absent until others are followed. */
  readonly others: () => OthersLogs | undefined;
  readonly revocations: () => number;
  /** Who asks. Throws `unauthorized` for who is no member. */
  readonly memberOf: (context: RequestContext) => Member;
}

/** The log of this peer, and pages of others that it keeps. */
export function logHandlers(
  parts: LogAnswers,
): Pick<Handlers<typeof peerOperations>, 'log' | 'bringPage' | 'news'> {
  const { key, entries, fallen, others, revocations, memberOf } = parts;
  return {
    news: (_input, context) => {
      const { peer } = memberOf(context);
      const head = knownHead(entries.owner(peer));
      const heads = others()?.heads() ?? [];
      return { revocations: revocations(), ...(head && { head }), heads: [...heads] };
    },
    log: ({ query }, context) => {
      memberOf(context);
      const { index, since = 0, limit = MAX_PAGE_RECORDS, floor, owner = key.id, atLeast } = query;
      const request = { index, since, limit, floor, atLeast };
      const answer = owner === key.id ? own(request) : kept(owner, request);
      return { ...answer, headers: { ...answer.headers, [REVOCATIONS_HEADER]: revocations() } };
    },
    bringPage: async ({ body: { page } }, context) => {
      const { peer: owner } = memberOf(context);
      const next = await takeBrought(() => others()?.brought(owner, page && readBrought(owner, page)));
      if (!next) return {};
      const { index, since, limit, floor } = next;
      return {
        next: { since, limit, ...(index !== undefined && { index }), ...(floor !== undefined && { floor }) },
      };
    },
  };

  function own(request: LogRequest): BytesAnswer {
    fallen.asked(request);
    const page = serveLog(entries, key.id, request, MAX_PAGE_RECORDS);
    fallen.gave(page.last);
    return signedAnswer(ownPage(key, page));
  }

  function kept(owner: PeerId, request: LogRequest): BytesAnswer {
    const page = others()?.kept?.serve(owner, request);
    if (!page) throw new PeerdexError('not-found', `no page with news of ${owner} is kept here`);
    return signedAnswer(page);
  }
}

/** A page that is refused is wrong in what the request says, where a page that was fetched is wrong in what another peer says. */
async function takeBrought<T>(take: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await take();
  } catch (cause) {
    const error = asPeerdexError(cause);
    if (error.code !== 'verification') throw error;
    throw new PeerdexError('usage', error.message, { cause: error });
  }
}

function readBrought(
  owner: PeerId,
  { body, key, signature }: { readonly body: string; readonly key: string; readonly signature: string },
): FetchedPage {
  const signed = {
    body: Buffer.from(body),
    key: Buffer.from(key, 'base64url'),
    signature: Buffer.from(signature, 'base64url'),
  };
  return { page: readSignedPage({ owner, server: owner }, signed, systemVerifier), signed };
}

/** Of a log that begins anew also what its first page has told. */
function knownHead(state: OwnerState | undefined): IndexHead | undefined {
  if (!state) return undefined;
  const { index, seq, snapshot } = state;
  return snapshot ? { index: snapshot.index, seq: snapshot.last } : { index, seq };
}
