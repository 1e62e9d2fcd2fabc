import { isIP } from 'node:net';
import { type Address, formatAddress } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import { PeerdexError, systemCode } from '../../core/errors.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import { createHttpServer, type HttpServer } from '../../network/http/server.ts';
import { previewOperations } from '../../protocol/http/dashboard/library-operations.ts';
import type { networkOperations } from '../../protocol/http/dashboard/network-operations.ts';
import {
  dashboardOperations,
  pageOperations,
  type sessionOperations,
} from '../../protocol/http/dashboard/operations.ts';
import type { ownOperations } from '../../protocol/http/dashboard/own-operations.ts';
import type { liveOperations } from '../../protocol/http/local/live-operations.ts';
import type { localOperations } from '../../protocol/http/local/operations.ts';
import type { DashboardConfig } from '../config.ts';
import { listenClearly, ownNames } from '../listen.ts';
import { readPackagedFile } from '../packaged-file.ts';
import { VERSION } from '../version.ts';
import { DASHBOARD_HEADERS, pageHandlers } from './dashboard-files.ts';
import { type LibraryParts, libraryHandlers } from './library/library-handlers.ts';
import { SignIns } from './sign-ins.ts';

export interface DashboardPortOptions {
  readonly config: DashboardConfig;
  readonly advertise: readonly Address[];
  readonly handlers: Handlers<typeof localOperations> &
    Handlers<typeof liveOperations> &
    Handlers<typeof ownOperations> &
    Handlers<typeof networkOperations>;
  readonly library: LibraryParts;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DashboardPort extends AsyncDisposable {
  /** `http://HOST:PORT/` */
  readonly url: string;
  /** A URL that signs one browser in, and its end. */
  makeLink(): { readonly url: string; readonly expires: string };
}

const DROP_MS = 24 * 3600 * 1000;

/** The listener of the dashboard: its files, and what its pages ask with the token of a session. Throws as a listener does. */
export async function openDashboardPort(options: DashboardPortOptions): Promise<DashboardPort> {
  const { config, advertise, clock, log } = options;
  const signIns = new SignIns(clock);
  const { leave: _, ...handlers } = options.handlers;
  const server = await createHttpServer({
    title: 'peerdex dashboard',
    version: VERSION,
    operations: { ...dashboardOperations, ...pageOperations, ...previewOperations },
    handlers: {
      ...handlers,
      ...sessionHandlers(signIns),
      ...libraryHandlers(options.library, (bearer) => signIns.isSignedIn(bearer), clock),
      ...pageHandlers(config.files ?? ((name) => readPackagedFile(`dashboard/${name}`))),
    },
    allowedHosts: () => ownNames([config.listen, ...advertise]),
    token: (bearer) => signIns.isSignedIn(bearer),
    tokenHint: 'run `peerdex open` to sign in',
    headers: DASHBOARD_HEADERS,
    describesItself: false,
    // A large file that is dropped onto the page takes its time; what else is sent is a few kilobytes.
    limits: { bodyMs: DROP_MS },
    log,
  });
  try {
    const { port } = await listen(server, config);
    const url = `http://${formatAddress({ host: shownHost(config.listen.host), port })}/`;
    if (!isLoopback(config.listen.host)) {
      log.warn(
        `the dashboard at ${url} is served without encryption: whoever is on the wire can read and use a session`,
        {
          event: 'dashboard-in-clear',
          port,
        },
      );
    }
    return {
      url,
      makeLink() {
        const { secret, expires } = signIns.makeCode();
        return { url: `${url}#sign-in=${secret}`, expires: new Date(expires).toISOString() };
      },
      [Symbol.asyncDispose]: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

function sessionHandlers(signIns: SignIns): Handlers<typeof sessionOperations> {
  return {
    signIn({ body }) {
      const { secret, expires } = signIns.exchange(body.code);
      return { token: secret, expires: new Date(expires).toISOString() };
    },
    signOut(_input, { headers }) {
      signIns.signOut((headers.authorization ?? '').slice('Bearer '.length));
      return undefined;
    },
  };
}

/** The usual port of another peer of this machine is no reason not to start. */
async function listen(server: HttpServer, { listen: wanted, orFree }: DashboardConfig): Promise<Address> {
  try {
    return await listenClearly(wanted, (where) => server.listen(where));
  } catch (error) {
    const inUse = error instanceof PeerdexError && systemCode(error) === 'EADDRINUSE';
    if (!orFree || !inUse) throw error;
    return server.listen({ ...wanted, port: 0 });
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

const shownHost = (host: string): string => (['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host);
