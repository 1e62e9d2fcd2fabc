import { randomBytes } from 'node:crypto';
import type { Log } from '../../core/ports/log.ts';
import { createHttpServer } from '../../network/http/server.ts';
import { localOperations } from '../../protocol/http/local/operations.ts';
import type { DaemonFile } from '../data-folder.ts';
import { VERSION } from '../version.ts';
import { localHandlers } from './local-handlers.ts';
import type { LocalParts } from './local-parts.ts';
import { socketPath } from './socket-path.ts';

/** The API of this user's own clients: a Unix socket and a port on 127.0.0.1, both behind a token that is new at each start. */
export async function openLocalApi(
  parts: LocalParts,
  log: Log,
): Promise<{ readonly daemon: Omit<DaemonFile, 'pid'> } & AsyncDisposable> {
  const token = randomBytes(32).toString('hex');
  const server = await createHttpServer({
    title: 'peerdex local API',
    version: VERSION,
    operations: localOperations,
    handlers: localHandlers(parts),
    allowedHosts: () => [],
    token,
    log,
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const path = socketPath(parts.data);
  const socket = path === undefined ? undefined : await server.listen({ path });
  return {
    daemon: { port, token, ...(socket === undefined ? {} : { socket }) },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
