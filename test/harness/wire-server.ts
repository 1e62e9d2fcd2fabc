import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Address } from '../../src/core/address.ts';
import { systemClock } from '../../src/core/clock.ts';
import { type Log, silentLog } from '../../src/core/ports/log.ts';
import type { PublicListenerOptions } from '../../src/network/listener.ts';
import type { Wire } from '../../src/network/wire/wire.ts';

/** A wire's public listener on a free port; tells of sockets that it hands on by the events `swarm` and `http`, of warnings by `warn`. */
export class WireServer extends EventEmitter<{ swarm: [Socket]; http: [Socket]; warn: [string] }> {
  readonly address: Address;
  readonly warnings: readonly string[];
  readonly #close: () => Promise<void>;

  static async start(wire: Wire, options: Partial<PublicListenerOptions> = {}): Promise<WireServer> {
    const warnings: string[] = [];
    const sockets = new Set<Socket>();
    const log: Log = {
      ...silentLog,
      warn(message) {
        warnings.push(message);
        started?.emit('warn', message);
      },
    };
    const keep = (kind: 'swarm' | 'http') => (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      started?.emit(kind, socket);
    };
    const server = wire.listener({
      onHttp: keep('http'),
      onSwarm: keep('swarm'),
      clock: systemClock,
      log,
      ...options,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const started = new WireServer({ host: '127.0.0.1', port }, warnings, async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    });
    return started;
  }

  private constructor(address: Address, warnings: readonly string[], close: () => Promise<void>) {
    super();
    this.address = address;
    this.warnings = warnings;
    this.#close = close;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
