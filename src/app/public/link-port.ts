import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Address } from '../../core/address.ts';
import type { Log } from '../../core/ports/log.ts';
import { createHttpServer } from '../../network/http/server.ts';
import { linkOperations } from '../../protocol/http/peer/link-operations.ts';
import { advertisedAddresses, listenClearly, ownNames, startListening } from '../listen.ts';
import { VERSION } from '../version.ts';
import { type Certificate, certifiedAddresses } from './certificate.ts';
import { type LinkAnswers, linkHandlers } from './link-answer.ts';

const MAX_CONNECTIONS = 1000;
const HANDSHAKE_MS = 10_000;

export interface LinkPortOptions {
  readonly listen: Address;
  /** What others are told of the public port; here only the hosts count. */
  readonly advertise: readonly Address[];
  /** With one the listener speaks HTTPS, without plain HTTP. */
  readonly certificate?: Certificate | undefined;
  readonly parts: LinkAnswers;
  readonly log: Log;
}

export interface LinkPort extends AsyncDisposable {
  /** As links name it, best first. */
  readonly addresses: readonly Address[];
  readonly tls: boolean;
}

/** A listener for people outside the network: it serves links and nothing else. */
export async function openLinkPort(options: LinkPortOptions): Promise<LinkPort> {
  const { listen, certificate, parts, log } = options;
  let addresses: readonly Address[] = [];
  const http = await createHttpServer({
    title: 'peerdex links',
    version: VERSION,
    operations: linkOperations,
    handlers: linkHandlers(parts),
    allowedHosts: () => ownNames([listen, ...options.advertise, ...addresses]),
    describesItself: false,
    log,
    requestLog: true,
    maxConnections: MAX_CONNECTIONS,
  });
  const listener: Server = certificate
    ? createTlsServer(
        {
          cert: certificate.chain,
          key: certificate.key,
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: HANDSHAKE_MS,
        },
        (socket) => http.accept(socket),
      )
    : createServer({ noDelay: true }, (socket) => http.accept(socket));
  listener.maxConnections = MAX_CONNECTIONS;
  try {
    const port = await listenClearly(listen, (where) => startListening(listener, where));
    const advertise = options.advertise.map(({ host }) => ({ host, port }));
    addresses = advertisedAddresses({ advertise, listen, port });
    if (certificate) addresses = certifiedAddresses(addresses, certificate);
  } catch (error) {
    await http.close();
    throw error;
  }
  return {
    addresses,
    tls: certificate !== undefined,
    async [Symbol.asyncDispose]() {
      listener.close();
      await http.close();
    },
  };
}
