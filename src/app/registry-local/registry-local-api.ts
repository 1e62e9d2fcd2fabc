import type { Log } from '../../core/ports/log.ts';
import { observeOperations } from '../../protocol/http/observe/operations.ts';
import { registryLocalOperations } from '../../protocol/http/registry-local/operations.ts';
import { openTokenServer, type TokenServer } from '../local/token-server.ts';
import type { ObserveHandlers } from '../observe/observer.ts';
import type { RegistryCare } from './registry-care.ts';

/** The API of `peerdex registry invite` and its like, while the registry runs. */
export function openRegistryLocalApi(
  care: RegistryCare,
  observe: ObserveHandlers,
  data: string,
  log: Log,
): Promise<TokenServer> {
  return openTokenServer({
    title: 'peerdex registry, local API',
    operations: { ...registryLocalOperations, ...observeOperations },
    handlers: {
      invite: ({ body }) => care.invite(body),
      invites: () => care.invites(),
      revoke: ({ body }) => care.revoke(body),
      withdraw: ({ params }) => care.withdraw(params.id),
      ...observe,
    },
    data,
    log,
  });
}
