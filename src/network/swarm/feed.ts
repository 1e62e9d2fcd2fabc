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

/** Most bytes of the next read: all that the buffer holds, but what the limit of a connection wants at once. */
export const mostOf = ({ connection }: Feeding): number =>
  connection()?.reading.most ?? Number.POSITIVE_INFINITY;

/**
 * Gives the parser what was read, once there is a connection as fast as its limit allows. What is no frame ends the connection with a
 * goodbye, or the socket before hello; what did so at once is returned.
 */
export function feed(feeding: Feeding, bytes: Buffer, socket: Socket): PeerdexError | undefined {
  const open = feeding.connection();
  if (!open) return parse(feeding, bytes, socket);
  let error: PeerdexError | undefined;
  open.reading.take(bytes, (piece) => {
    error = parse(feeding, piece, socket);
  });
  return error;
}

function parse(
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
