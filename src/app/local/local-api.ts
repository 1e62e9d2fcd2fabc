import type { Log } from '../../core/ports/log.ts';
import { localOperations } from '../../protocol/http/local/operations.ts';
import { observeOperations } from '../../protocol/http/observe/operations.ts';
import type { ObserveHandlers } from '../observe/observer.ts';
import { localHandlers } from './local-handlers.ts';
import type { LocalParts } from './local-parts.ts';
import { openTokenServer, type TokenServer } from './token-server.ts';

/** The API of the clients of this peer. */
export function openLocalApi(parts: LocalParts, observe: ObserveHandlers, log: Log): Promise<TokenServer> {
  return openTokenServer({
    title: 'peerdex local API',
    operations: { ...localOperations, ...observeOperations },
    handlers: { ...localHandlers(parts), ...observe },
    data: parts.data,
    log,
  });
}
