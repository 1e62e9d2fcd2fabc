import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { linkedAbort } from '../core/linked-abort.ts';
import type { Verifier } from '../core/ports/signing.ts';
import { refusedPage } from '../index/check-page.ts';
import type { LogRequest } from '../index/serve-log.ts';
import { readBounded } from '../network/http/bounded-body.ts';
import { MAX_PAGE_BYTES, REVOCATIONS_HEADER } from '../protocol/http/peer/operations.ts';
import { Lanes } from '../transfer/lanes.ts';
import type { FetchedPage, FetchPage } from './index-sync/pull-log.ts';
import { readSignedPage, signedPageOf } from './page-bytes.ts';
import type { PeerClient, PeerClients } from './trust/peer-clients.ts';

const PAGE_MS = 15_000;
/** Pages that are longer take several times their length while they are checked, so they come one at a time. */
const LONG_PAGE_BYTES = 2 * 1024 * 1024;

/**
 * Pages from whichever of the server's addresses answers. Rejects with `unavailable` when none does and `verification`, with the server's
 * id in its sentence, for a page that its owner did not sign or that is none.
 */
export function pageFetcher(clients: PeerClients, verifier: Verifier): FetchPage {
  const longPages = new Lanes(1);
  return (server, owner, request, signal) => {
    const source = { owner, server: server.id };
    return clients.use(
      server,
      (client, name, hear) => ask({ client, name, source, request, signal, hear, verifier, longPages }),
      signal,
    );
  };
}

interface Asking {
  readonly client: PeerClient;
  readonly name: string;
  readonly source: { readonly owner: PeerId; readonly server: PeerId };
  readonly request: LogRequest;
  readonly signal: AbortSignal;
  readonly hear: (revocations: number) => void;
  readonly verifier: Verifier;
  readonly longPages: Lanes;
}

/** The page that came, within a time and a length. */
async function ask(asking: Asking): Promise<FetchedPage> {
  const { client, name, source, request, signal, hear, verifier, longPages } = asking;
  const { index, since, limit, floor, atLeast } = request;
  const query = {
    since,
    limit,
    ...(source.owner !== source.server && { owner: source.owner }),
    ...(atLeast !== undefined && { atLeast }),
    ...(index !== undefined && { index }),
    ...(floor !== undefined && { floor }),
  };
  const linked = linkedAbort(signal);
  const timer = setTimeout(() => {
    linked.abort(new PeerdexError('unavailable', `${name} sent no whole page within ${PAGE_MS / 1000} s`));
  }, PAGE_MS);
  let isLong = false;
  const turn = async () => {
    await longPages.enter(linked.signal);
    isLong = true;
  };
  try {
    const answer = await client.log({ query }, { signal: linked.signal, timeoutMs: PAGE_MS });
    hear(Number(answer.headers[REVOCATIONS_HEADER] ?? 0));
    const long = { over: LONG_PAGE_BYTES, turn };
    const body = await readBounded(answer.body, MAX_PAGE_BYTES, name, long).catch((error: unknown) => {
      if (!(error instanceof PeerdexError)) throw error;
      throw refusedPage(source, `it is longer than ${MAX_PAGE_BYTES} bytes`);
    });
    const signed = signedPageOf(source, answer.headers, body);
    return { page: readSignedPage(source, signed, verifier), signed };
  } catch (error) {
    linked.signal.throwIfAborted();
    throw error;
  } finally {
    if (isLong) longPages.leave();
    clearTimeout(timer);
    linked.release();
  }
}
