import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Address } from '../../src/core/address.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { certificateFor } from '../../src/network/wire/certificate.ts';
import { plaintextWire } from '../../src/network/wire/plaintext-wire.ts';
import { openTlsWire } from '../../src/network/wire/tls-wire.ts';
import type { Wire } from '../../src/network/wire/wire.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { freshKey } from '../../test/support/fresh-key.ts';

/** The two ends of one kind of connection, as bare as Node has them or as peerdex makes them. */
export interface Ends {
  /** Not listening yet; `onSocket` gets what has sent its first bytes. */
  server(onSocket: (socket: Socket) => void): Server;
  /** Resolves when bytes may be sent; what comes is read into one buffer of 1 MiB, and its length told. */
  dial(address: Address, read: (bytes: number) => void): Promise<Socket>;
}

export const KINDS = ['node-tcp', 'peerdex-plaintext', 'node-tls', 'peerdex-tls'] as const;
export type Kind = (typeof KINDS)[number];

/** Each read is used up before the next begins, so that all share it. */
const BUFFER = Buffer.alloc(2 ** 20);

export async function openEnds(kind: Kind): Promise<Ends> {
  if (kind === 'peerdex-plaintext') return overWire(plaintextWire);
  if (kind === 'peerdex-tls') return overWire(await openTlsWire(freshKey()));
  return kind === 'node-tcp' ? bareTcp() : bareTls();
}

function overWire(wire: Wire): Ends {
  return {
    server: (onSwarm) =>
      wire.listener({
        onSwarm,
        onHttp: (socket) => socket.destroy(),
        limits: { handshakes: 1e6, handshakesOfOne: 1e6 },
        clock: systemClock,
        log: silentLog,
      }),
    dial: (address, read) =>
      wire.dial({
        address,
        protocol: 'swarm',
        expect: undefined,
        onread: { buffer: BUFFER, read: (bytes) => read(bytes.byteLength) },
      }),
  };
}

function bareTcp(): Ends {
  return {
    server: (onSocket) => createServer({ noDelay: true }, onSocket),
    dial: ({ host, port }, read) =>
      ready('connect', connectTcp({ host, port, noDelay: true, onread: reader(read) })),
  };
}

async function bareTls(): Promise<Ends> {
  const key = freshKey();
  const cert = certificateFor(key);
  return {
    server: (onSocket) => createTlsServer({ key: key.pem, cert, minVersion: 'TLSv1.3' }, onSocket),
    dial: ({ host, port }, read) =>
      ready(
        'secureConnect',
        connectTls({ host, port, rejectUnauthorized: false, ...{ onread: reader(read) } }),
      ),
  };
}

function reader(read: (bytes: number) => void) {
  return {
    buffer: BUFFER,
    callback: (bytes: number) => {
      read(bytes);
      return true;
    },
  };
}

function ready(event: 'connect' | 'secureConnect', socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket)).once('error', reject);
  });
}

/** What a dialling end sends first. */
export const GREETING = PREFACE;
