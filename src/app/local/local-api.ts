import type { Log } from '../../core/ports/log.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import { dashboardLinkOperations, liveOperations } from '../../protocol/http/local/live-operations.ts';
import { localOperations } from '../../protocol/http/local/operations.ts';
import { observeOperations } from '../../protocol/http/observe/operations.ts';
import { openTokenServer, type TokenServer } from './token-server.ts';

const operations = {
  ...localOperations,
  ...liveOperations,
  ...dashboardLinkOperations,
  ...observeOperations,
} as const;

/** The API of the clients of this peer. */
export function openLocalApi(
  handlers: Handlers<typeof operations>,
  data: string,
  log: Log,
): Promise<TokenServer> {
  return openTokenServer({ title: 'peerdex local API', operations, handlers, data, log });
}
