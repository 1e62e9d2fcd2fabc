import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Address } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import type { PortLimits } from '../../core/limits/limits.ts';
import type { Log } from '../../core/ports/log.ts';
import { createHttpServer } from '../../network/http/server.ts';
import { limitConnections } from '../../network/wire/limit-connections.ts';
import { oncePerSource } from '../../network/wire/once-per-source.ts';
import { tlsFront } from '../../network/wire/tls-front.ts';
import { linkOperations } from '../../protocol/http/peer/link-operations.ts';
import { advertisedAddresses, listenClearly, ownNames, startListening } from '../listen.ts';
import { VERSION } from '../version.ts';
import { type Certificate, certifiedAddresses } from './certificate.ts';
import { type LinkAnswers, linkHandlers } from './link-answer.ts';

export interface LinkPortOptions {
  readonly listen: Address;
  /** What others are told of the public port; here only the hosts count. */
  readonly advertise: readonly Address[];
  /** With one the listener speaks HTTPS, without plain HTTP. */
  readonly certificate?: Certificate | undefined;
  readonly parts: LinkAnswers;
  readonly limits: PortLimits;
  readonly clock: Clock;
  readonly log: Log;
}

export interface LinkPort extends AsyncDisposable {
  /** As links name it, best first. */
  readonly addresses: readonly Address[];
  readonly tls: boolean;
  /** As the public port does. */
  finish(ms: number): Promise<void>;
}

/** A listener for people outside the network: it serves links and nothing else. */
export async function openLinkPort(options: LinkPortOptions): Promise<LinkPort> {
  const { listen, certificate, parts, limits, log } = options;
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
    limits,
  });
  const listener = makeListener(options, (socket) => http.accept(socket));
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
    finish(ms) {
      listener.close();
      return http.close(ms);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await http.close();
    },
  };
}

function makeListener(
  { certificate, limits, clock, log }: LinkPortOptions,
  accept: (socket: Socket) => void,
): Server {
  const warn = oncePerSource(clock, (message, address) =>
    log.warn(message, { event: 'connection-refused', address }),
  );
  if (!certificate) {
    const server = createServer({ noDelay: true }, (socket) => {
      if (admits(socket)) accept(socket);
    });
    const admits = limitConnections(server, limits, warn);
    return server;
  }
  const tls = createTlsServer(
    {
      cert: certificate.chain,
      key: certificate.key,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.headerMs,
    },
    accept,
  );
  return tlsFront(tls, { limits, clock, warn });
}
