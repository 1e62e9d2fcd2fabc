import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { linkedAbort } from '../core/linked-abort.ts';
import type { Verifier } from '../core/ports/signing.ts';
import { refusedPage } from '../index/check-page.ts';
import type { LogRequest } from '../index/serve-log.ts';
import type { SignedPage } from '../index/signed-page.ts';
import { readBounded } from '../network/http/bounded-body.ts';
import { MAX_PAGE_BYTES, REVOCATIONS_HEADER } from '../protocol/http/peer/operations.ts';
import type { FetchPage } from './index-sync/pull-log.ts';
import { readSignedPage, signedPageOf } from './page-bytes.ts';
import type { PeerClient, PeerClients } from './trust/peer-clients.ts';

const PAGE_MS = 15_000;

/**
 * Pages from whichever of the server's addresses answers. Rejects with `unavailable` when none does and `verification`, with the server's
 * id in its sentence, for a page that its owner did not sign or that is none.
 */
export const pageFetcher =
  (clients: PeerClients, verifier: Verifier): FetchPage =>
  (server, owner, request, signal) =>
    clients.use(
      server,
      async (client, name, hear) => {
        const source = { owner, server: server.id };
        const signed = await ask({ client, name, source, request, signal, hear });
        return readSignedPage(source, signed, verifier);
      },
      signal,
    );

interface Asking {
  readonly client: PeerClient;
  readonly name: string;
  readonly source: { readonly owner: PeerId; readonly server: PeerId };
  readonly request: LogRequest;
  readonly signal: AbortSignal;
  readonly hear: (revocations: number) => void;
}

/** The bytes that came, within a time and a length. */
async function ask({ client, name, source, request, signal, hear }: Asking): Promise<SignedPage> {
  const { index, since, limit, floor } = request;
  const query = {
    since,
    limit,
    ...(index !== undefined && { index }),
    ...(floor !== undefined && { floor }),
  };
  const linked = linkedAbort(signal);
  const timer = setTimeout(() => {
    linked.abort(new PeerdexError('unavailable', `${name} sent no whole page within ${PAGE_MS / 1000} s`));
  }, PAGE_MS);
  try {
    const answer = await client.log({ query }, { signal: linked.signal, timeoutMs: PAGE_MS });
    hear(Number(answer.headers[REVOCATIONS_HEADER] ?? 0));
    const body = await readBounded(answer.body, MAX_PAGE_BYTES, name).catch((error: unknown) => {
      if (!(error instanceof PeerdexError)) throw error;
      throw refusedPage(source, `it is longer than ${MAX_PAGE_BYTES} bytes`);
    });
    return signedPageOf(source, answer.headers, body);
  } catch (error) {
    linked.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    linked.release();
  }
}
