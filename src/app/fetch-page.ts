import { Agent } from 'node:http';
import { formatAddress } from '../core/address.ts';
import type { LogPage } from '../core/entry.ts';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import type { LogRequest } from '../index/serve-log.ts';
import { createClient } from '../network/http/client.ts';
import { fitsSchema } from '../network/http/validate.ts';
import { peerOperations } from '../protocol/http/peer/operations.ts';
import { fromWirePage } from './wire-page.ts';

/** 2,000 records of the longest paths fit. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
const PAGE_MS = 15_000;

export interface PageFetcher {
  /** A page of the peer's log, from whichever of its addresses answers. Throws `unavailable` when none does. */
  fetch(peer: KnownPeer, request: LogRequest, signal: AbortSignal): Promise<LogPage>;
  close(): void;
}

export function pageFetcher(): PageFetcher {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, maxTotalSockets: 64 });
  return {
    async fetch({ addresses, name }, { index, since, limit, floor }, signal) {
      let problem = new PeerdexError('unavailable', `${name} has no address`);
      for (const address of addresses) {
        const client = createClient(peerOperations, {
          address,
          agent,
          fits: fitsSchema,
          name: `${name} at ${formatAddress(address)}`,
        });
        try {
          const query = {
            since,
            limit,
            ...(index !== undefined && { index }),
            ...(floor !== undefined && { floor }),
          };
          return fromWirePage(
            await client.log({ query }, { signal, timeoutMs: PAGE_MS, maxBytes: MAX_PAGE_BYTES }),
          );
        } catch (error) {
          signal.throwIfAborted();
          problem = asPeerdexError(error);
        }
      }
      throw problem;
    },
    close: () => agent.destroy(),
  };
}
