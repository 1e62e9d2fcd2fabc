import type { Socket } from 'node:net';
import { asPeerdexError, type PeerdexError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/log.ts';
import type { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import type { Connection } from './connection.ts';

/** A socket that is read, and the connection once both sides have said hello. */
export interface Feeding {
  readonly parser: FrameParser;
  readonly address: string;
  readonly log: Log;
  readonly connection: () => Connection | undefined;
}

/** Gives the parser what was read. What is no frame ends the connection with a goodbye, or the socket before hello; and is returned. */
export function feed(
  { parser, address, log, connection }: Feeding,
  bytes: Buffer,
  socket: Socket,
): PeerdexError | undefined {
  if (connection()?.ended || socket.writableEnded) return undefined; // what comes after our goodbye is nobody's
  try {
    parser.push(bytes);
    return undefined;
  } catch (cause) {
    const error = asPeerdexError(cause);
    log.warn(`${address}: ${error.message}`, { address });
    connection()?.close('protocol', error.message);
    if (!connection()) socket.destroy();
    return error;
  }
}
