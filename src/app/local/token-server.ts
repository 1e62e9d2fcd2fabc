import { randomBytes } from 'node:crypto';
import type { Log } from '../../core/ports/log.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import { createHttpServer } from '../../network/http/server.ts';
import type { Operations } from '../../protocol/http/operation.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import type { DaemonFile } from '../data-folder.ts';
import { VERSION } from '../version.ts';
import { socketPath } from './socket-path.ts';

export interface TokenServerOptions<Ops extends Operations> {
  readonly title: string;
  readonly operations: Ops;
  readonly handlers: Handlers<Ops>;
  /** The daemon's data folder, absolute. */
  readonly data: string;
  readonly log: Log;
}

export interface TokenServer extends AsyncDisposable {
  readonly daemon: Omit<DaemonFile, 'pid'>;
}

/** An API of this user's own clients: a Unix socket and a port on 127.0.0.1, both behind a token that is new at each start. */
export async function openTokenServer<const Ops extends Operations>({
  title,
  operations,
  handlers,
  data,
  log,
}: TokenServerOptions<Ops>): Promise<TokenServer> {
  const token = randomBytes(32).toString('hex');
  const server = await createHttpServer({
    title,
    version: VERSION,
    operations,
    handlers,
    allowedHosts: () => [],
    token,
    log,
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const path = socketPath(data);
  const socket = path === undefined ? undefined : await server.listen({ path });
  return {
    daemon: {
      ...{ port, token, version: VERSION, protocol: PROTOCOL_VERSION },
      ...(socket === undefined ? {} : { socket }),
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
