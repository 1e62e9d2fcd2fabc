import type { Socket } from 'node:net';
import { asPeerdexError, type PeerdexError } from '../../core/errors.ts';
import type { FrameParser } from '../../protocol/swarm/frame-parser.ts';
import type { Connection } from './connection.ts';
import type { RefusalLog } from './refusal-log.ts';

/** A socket that is read, and the connection once both sides have said hello. */
export interface Feeding {
  readonly parser: FrameParser;
  readonly address: string;
  /** Whose it is until there is a connection: a host, or the peer that was dialled. */
  readonly source: string;
  readonly refusals: RefusalLog;
  readonly connection: () => Connection | undefined;
}

/** Gives the parser what was read. What is no frame ends the connection with a goodbye, or the socket before hello; and is returned. */
export function feed(
  { parser, address, source, refusals, connection }: Feeding,
  bytes: Buffer,
  socket: Socket,
): PeerdexError | undefined {
  if (connection()?.ended || socket.writableEnded) return undefined; // what comes after our goodbye is nobody's
  try {
    parser.push(bytes);
    return undefined;
  } catch (cause) {
    const error = asPeerdexError(cause);
    const open = connection();
    if (open) open.close('protocol', error.message);
    else {
      refusals(`${address}: ${error.message}`, { source, cause: 'protocol', address });
      socket.destroy();
    }
    return error;
  }
}
