import { Agent } from 'node:http';
import { type Address, formatAddress } from '../core/address.ts';
import type { LogPage } from '../core/entry.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import { linkedAbort } from '../core/linked-abort.ts';
import type { Verifier } from '../core/ports/signing.ts';
import { refusedPage } from '../index/check-page.ts';
import type { LogRequest } from '../index/serve-log.ts';
import type { SignedPage } from '../index/signed-page.ts';
import { readBounded } from '../network/http/bounded-body.ts';
import { createClient } from '../network/http/client.ts';
import { MAX_PAGE_BYTES, peerOperations } from '../protocol/http/peer/operations.ts';
import { readSignedPage, signedPageOf } from './page-bytes.ts';

const PAGE_MS = 15_000;

export interface PageFetcher {
  /**
   * A page of the owner's log, from whichever of the server's addresses answers. Throws `unavailable` when none does and
   * `verification`, with the server's id in its sentence, for a page that its owner did not sign or that is none.
   */
  fetch(server: KnownPeer, owner: PeerId, request: LogRequest, signal: AbortSignal): Promise<LogPage>;
  close(): void;
}

export function pageFetcher(verifier: Verifier): PageFetcher {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, maxTotalSockets: 64 });
  return {
    async fetch(server, owner, request, signal) {
      let problem = new PeerdexError('unavailable', `${server.name} has no address`);
      for (const address of server.addresses) {
        try {
          const signed = await ask({ agent, address, server, owner, request, signal });
          return readSignedPage({ owner, server: server.id }, signed, verifier);
        } catch (error) {
          signal.throwIfAborted();
          // That something forged came is worth more than that nobody answers at another address.
          if (problem.code !== 'verification') problem = asPeerdexError(error);
        }
      }
      throw problem;
    },
    close: () => agent.destroy(),
  };
}

interface Asking {
  readonly agent: Agent;
  readonly address: Address;
  readonly server: KnownPeer;
  readonly owner: PeerId;
  readonly request: LogRequest;
  readonly signal: AbortSignal;
}

/** The bytes that came from one address, within a time and a length. */
async function ask({ agent, address, server, owner, request, signal }: Asking): Promise<SignedPage> {
  const name = `${server.name} at ${formatAddress(address)}`;
  const source = { owner, server: server.id };
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
    const client = createClient(peerOperations, { address, agent, name });
    const answer = await client.log({ query }, { signal: linked.signal, timeoutMs: PAGE_MS });
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
