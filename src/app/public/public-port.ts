import type { Address } from '../../core/address.ts';
import type { Clock } from '../../core/clock.ts';
import type { PortLimits } from '../../core/limits/limits.ts';
import type { Log } from '../../core/ports/log.ts';
import { createHttpServer } from '../../network/http/server.ts';
import type { SwarmNetwork } from '../../network/swarm/swarm-network.ts';
import type { Wire } from '../../network/wire/wire.ts';
import { peerOperations } from '../../protocol/http/peer/operations.ts';
import { advertisedAddresses, listenClearly, ownNames, startListening } from '../listen.ts';
import { VERSION } from '../version.ts';
import { type PublicParts, publicHandlers } from './public-handlers.ts';

export interface PublicPortOptions {
  readonly listen: Address;
  readonly advertise: readonly Address[];
  readonly wire: Wire;
  readonly swarm: SwarmNetwork;
  readonly parts: PublicParts;
  readonly limits: PortLimits;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PublicPort extends AsyncDisposable {
  readonly addresses: readonly Address[];
  /** Takes nobody in any more, and lets answers that are under way finish for at most so long. */
  finish(ms: number): Promise<void>;
}

/** The peer's one public TCP port: HTTP and the swarm protocol side by side. */
export async function openPublicPort(options: PublicPortOptions): Promise<PublicPort> {
  const { listen, advertise, wire, swarm, parts, limits, clock, log } = options;
  let addresses: readonly Address[] = [];
  const http = await createHttpServer({
    title: 'peerdex peer',
    version: VERSION,
    operations: peerOperations,
    handlers: publicHandlers(parts),
    allowedHosts: () => ownNames([listen, ...addresses]),
    log,
    requestLog: true,
    limits,
  });
  const listener = wire.listener({
    onHttp: (socket) => http.accept(socket),
    onSwarm: (socket) => swarm.accept(socket),
    limits,
    clock,
    log,
  });
  try {
    const port = await listenClearly(listen, (where) => startListening(listener, where));
    addresses = advertisedAddresses({ advertise, listen, port });
  } catch (error) {
    await http.close();
    throw error;
  }
  return {
    addresses,
    finish(ms) {
      listener.close();
      return http.close(ms);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await swarm.stop();
      await http.close();
    },
  };
}
